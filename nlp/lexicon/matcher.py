"""Finds every lexicon row in a text: rows share one trie of symbols, walked from each token.

The walk does no more than follow edges that exist, so its cost grows with what the text holds and not with the
number of rows; gaps are bounded and stop at the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from chyrak.text import fold
from nlp.lexicon.letters import uzbek_cyrillic
from nlp.lexicon.pattern import Choice, ClassOf, Gap, Sequence_, Word, parse
from nlp.lexicon.tokens import BARRIER, Tokens, tokenise
from nlp.lexicon.words import REMEMBERED, STEM_LANGUAGES, Forms, Words

_MOST_KINDS = 20_000
_NONE: Mapping[int, _Node] = {}
_LONGEST = 12
"""Tokens of a path beyond which numbers are no longer joined; keeps the walk's depth small on any text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern of the lexicon. `owner` is an indicator, cue or stance id; `sense` what a hit says of it."""

    owner: str
    sense: str
    language: str
    pattern: str
    confidence: str = "H"
    reviewed: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """Row number and the tokens it was found on; `path` holds (token, symbol) of each consumed token."""

    row: int
    path: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """Its first token."""
        return self.path[0][0]

    @property
    def last(self) -> int:
        """Its last token."""
        return self.path[-1][0]


class _Node:
    """There are tens of thousands, most with one edge and nothing else: what is empty is shared."""

    __slots__ = ("edges", "gaps", "loops", "rows")

    def __init__(self) -> None:
        self.edges: dict[int, _Node] = {}
        self.loops: Mapping[int, _Node] = _NONE
        self.gaps: tuple[tuple[int, _Node], ...] = ()
        self.rows: tuple[int, ...] = ()

    def takes(self, symbols: Iterable[int], distance: int) -> bool:
        """Whether a row goes on with a token of these symbols that stands `distance` tokens behind."""
        ahead: list[Mapping[int, _Node]] = [after.edges for width, after in self.gaps if distance <= width + 1]
        if distance == 1:
            ahead += (self.edges, self.loops)
        return any(symbol in edges for symbol in symbols for edges in ahead)


class _Kind:
    """Tokens with the same symbols: which rows begin at one, and, asked once, where they lead and what may follow."""

    __slots__ = ("ahead", "barrier", "number", "reach", "starts", "steps", "symbols", "whole")

    def __init__(self, number: int, symbols: tuple[int, ...], root: Mapping[int, _Node], *, barrier: bool) -> None:
        self.number = number
        self.symbols = symbols
        self.barrier = barrier
        self.starts = tuple((symbol, root[symbol]) for symbol in symbols if symbol in root)
        self.whole = sum(1 << place for place, (_, node) in enumerate(self.starts) if node.rows)
        widths = [width + 1 for _, node in self.starts for width, _ in node.gaps]
        if any(node.edges or node.loops for _, node in self.starts):
            widths.append(1)
        self.reach = max(widths, default=0)
        self.ahead: tuple[dict[int, int], ...] = tuple({} for _ in range(self.reach))
        self.steps: dict[int, tuple[tuple[int, _Node], ...]] = {}

    def along(self, edges: dict[int, _Node]) -> tuple[tuple[int, _Node], ...]:
        """The edges of a node that such a token goes along; nodes stay, so their identity serves as a key."""
        found = self.steps.get(id(edges))
        if found is None:
            if len(edges) < len(self.symbols):
                found = tuple((symbol, node) for symbol, node in edges.items() if symbol in self.symbols)
            else:
                found = tuple((symbol, edges[symbol]) for symbol in self.symbols if symbol in edges)
            self.steps[id(edges)] = found
        return found

    def going_on(self, other: _Kind, distance: int) -> int:
        """The starts, as bits, that a token of kind `other` so far behind leads on from."""
        return sum(1 << place for place, (_, node) in enumerate(self.starts) if node.takes(other.symbols, distance))


class Matcher:
    """All rows and word classes compiled. `find` is the one thing to call."""

    def __init__(self, rows: Iterable[Row], classes: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self.rows = tuple(rows)
        self.senses = tuple((row.owner, row.sense) for row in self.rows)
        self.words = Words()
        self._root = _Node()
        self._kinds: dict[tuple[int, ...], _Kind] = {}
        self._kind_of: dict[str, _Kind] = {}
        self._long: dict[str, list[Sequence_]] = {}
        self._class_symbols: dict[str, int] = {}
        self._symbols: dict[tuple[Word | ClassOf | Choice | Gap, bool], int] = {}
        for name, members in classes.items():
            self._add_class(name, members)
        for number, row in enumerate(self.rows):
            for sequence in parse(row.pattern):
                for written in _scripts(sequence, row.language):
                    self._add(number, written, row.language)
        self.words.close()

    def class_symbol(self, name: str) -> int:
        """The symbol of a word class, for those who look at single tokens."""
        return self._class_symbols[name]

    def forms(self, tokens: Tokens) -> list[Forms]:
        """Symbols of every token."""
        return self.words.of_all(tokens.words)

    def find(self, tokens: Tokens, forms: list[Forms] | None = None) -> list[Hit]:
        """Every row found, by first token; a row is reported once for each token it can start at, shortest first."""
        words = tokens.words
        if forms is None:
            forms = self.forms(tokens)
        if len(self._kind_of) > REMEMBERED or len(self._kinds) > _MOST_KINDS:
            self._kinds.clear()
            self._kind_of.clear()
        known = self._kind_of
        try:
            kinds = [known[word] for word in words]
        except KeyError:
            kinds = [known.get(word) or self._know(word, forms[place]) for place, word in enumerate(words)]
        hits: dict[tuple[int, int], Hit] = {}
        for place, kind in enumerate(kinds):
            if not kind.starts:
                continue
            leading = _leading_on(kind, kinds, place) if kind.reach else 0
            wanted = kind.whole | leading
            for bit, (symbol, node) in enumerate(kind.starts) if wanted else ():
                if leading >> bit & 1:
                    self._walk(node, ((place, symbol),), kinds, hits)
                elif wanted >> bit & 1:
                    _note(node, ((place, symbol),), hits)
        return list(hits.values())

    def _know(self, word: str, forms: Forms) -> _Kind:
        key = (-1,) if word == BARRIER else tuple(forms)
        kind = self._kinds.get(key)
        if kind is None:
            symbols = tuple(forms)
            kind = self._kinds[key] = _Kind(len(self._kinds), symbols, self._root.edges, barrier=word == BARRIER)
        self._kind_of[word] = kind
        return kind

    def _walk(
        self,
        node: _Node,
        path: tuple[tuple[int, int], ...],
        kinds: list[_Kind],
        hits: dict[tuple[int, int], Hit],
    ) -> None:
        if node.rows:
            _note(node, path, hits)
        place = path[-1][0] + 1
        if place >= len(kinds):
            return
        if node.edges:
            for symbol, child in kinds[place].along(node.edges):
                self._walk(child, (*path, (place, symbol)), kinds, hits)
        if node.loops and len(path) < _LONGEST:
            for symbol in kinds[place].symbols:
                if again := node.loops.get(symbol):
                    self._walk(again, (*path, (place, symbol)), kinds, hits)
        for width, after in node.gaps:
            for step, kind in enumerate(kinds[place : place + width + 1], place):
                if kind.barrier:
                    break
                for symbol, child in kind.along(after.edges) if kind.symbols else ():
                    self._walk(child, (*path, (step, symbol)), kinds, hits)

    def _add_class(self, name: str, members: Mapping[str, Iterable[str]]) -> None:
        symbol = self._class_symbols[name] = self.words.new_class()
        self._long[name] = []
        for language, patterns in members.items():
            for pattern in patterns:
                for sequence in parse(pattern):
                    for written in _scripts(sequence, language):
                        if len(written) == 1:
                            self.words.join(self._symbol(written[0], language), symbol)
                            if isinstance(written[0], ClassOf):
                                self._long[name].extend(self._long.get(written[0].name, ()))
                        else:
                            self._long[name].append(tuple(_as_stems(written, language)))

    def _symbol(self, item: Word | ClassOf | Choice | Gap, language: str) -> int:
        key = (item, language in STEM_LANGUAGES)
        symbol = self._symbols.get(key)
        if symbol is None:
            symbol = self._symbols[key] = self._new_symbol(item, language)
        return symbol

    def _new_symbol(self, item: Word | ClassOf | Choice | Gap, language: str) -> int:
        if isinstance(item, Word):
            return self.words.word(_folded(item.text), stem=_is_stem(item, language), by_sound=not item.exact)
        if isinstance(item, Choice):
            return self.words.one_of(self._symbol(word, language) for word in item.words)
        if isinstance(item, ClassOf) and item.name == "n":
            if item.low is None or item.high is None:
                return self.words.number
            return self.words.whole_number(item.low, item.high)
        if isinstance(item, ClassOf) and item.name in self._class_symbols:
            return self._class_symbols[item.name]
        raise KeyError(str(item))

    def _add(self, row: int, sequence: Sequence_, language: str) -> None:
        nodes = [self._root]
        for item in sequence:
            nodes = self._after(nodes, item, language)
        for node in nodes:
            if row not in node.rows:
                node.rows = (*node.rows, row)

    def _after(self, nodes: list[_Node], item: Word | ClassOf | Choice | Gap, language: str) -> list[_Node]:
        """The nodes that `item` leads to, made where there are none yet."""
        if isinstance(item, Gap):
            return [self._gap(node, item.words) for node in nodes]
        if isinstance(item, ClassOf) and item.name == "range":
            for symbol in (self.words.number, self.words.word("-", stem=False), self.words.number):
                nodes = [self._edge(node, symbol) for node in nodes]
            return nodes
        symbol = self._symbol(item, language)
        ends = [self._edge(node, symbol) for node in nodes]
        if isinstance(item, ClassOf):
            if item.name == "n" and item.low is None:
                for end in ends:
                    self._number_tail(end)
            for sequence in self._long.get(item.name, ()):
                inner = nodes
                for part in sequence:
                    inner = self._after(inner, part, "")
                ends += inner
        return ends

    @staticmethod
    def _gap(node: _Node, words: int) -> _Node:
        for width, after in node.gaps:
            if width == words:
                return after
        node.gaps = (*node.gaps, (words, _Node()))
        return node.gaps[-1][1]

    def _number_tail(self, node: _Node) -> None:
        """A number may be followed by its multiplier, or by a dash and a second number, and stay one number."""
        dash = self.words.word("-", stem=False)
        if dash in node.loops:
            return
        multiplier = self._class_symbols.get("mult")
        second = _Node()
        second.loops = {self.words.number: node}
        node.loops = {dash: second} if multiplier is None else {dash: second, multiplier: node}

    def _edge(self, node: _Node, symbol: int) -> _Node:
        after = node.edges.get(symbol)
        if after is None:
            after = node.edges[symbol] = _Node()
        return after


def _leading_on(kind: _Kind, kinds: list[_Kind], place: int) -> int:
    """The starts at `place`, as bits, of rows that go on with one of the tokens behind; most go no further."""
    found = 0
    for distance, other in enumerate(kinds[place + 1 : place + 1 + kind.reach]):
        if other.barrier:
            break
        if other.symbols:
            known = kind.ahead[distance]
            bits = known.get(other.number)
            if bits is None:
                bits = known[other.number] = kind.going_on(other, distance + 1)
            found |= bits
    return found


def _note(node: _Node, path: tuple[tuple[int, int], ...], hits: dict[tuple[int, int], Hit]) -> None:
    """The rows that end at `node`; of two ways to the same row the longer."""
    for row in node.rows:
        key = (row, path[0][0])
        if key not in hits or len(path) > len(hits[key].path):
            hits[key] = Hit(row, path)


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return fold(word).text


def _is_stem(word: Word, language: str) -> bool:
    if word.exact:
        return False
    return word.prefix or (language in STEM_LANGUAGES and len(word.text) >= 4)


def _as_stems(sequence: Sequence_, language: str) -> Iterable[Word | ClassOf | Choice | Gap]:
    """The items with the language's habit of matching stems written into them."""
    for item in sequence:
        yield Word(item.text, prefix=_is_stem(item, language), exact=item.exact) if isinstance(item, Word) else item


def _scripts(sequence: Sequence_, language: str) -> list[Sequence_]:
    """The sequence as written; for Uzbek also in Cyrillic."""
    if language != "uz":
        return [sequence]
    return list(dict.fromkeys([sequence, tuple(_cyrillic(item) for item in sequence)]))


def _cyrillic(item: Word | ClassOf | Choice | Gap) -> Word | ClassOf | Choice | Gap:
    if isinstance(item, Word):
        return Word(uzbek_cyrillic(_folded(item.text)), item.prefix, item.exact)
    if isinstance(item, Choice):
        return Choice(
            frozenset(
                w if isinstance(w, ClassOf) else Word(uzbek_cyrillic(_folded(w.text)), w.prefix, w.exact)
                for w in item.words
            )
        )
    return item


def found_in(matcher: Matcher, text: str) -> list[Row]:
    """Rows of `matcher` found in an original text; for examples in data files and for tests."""
    return [matcher.rows[hit.row] for hit in matcher.find(tokenise(fold(text).text))]
