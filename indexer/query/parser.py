"""Query text to tree, by recursive descent over characters.

    query    = [ either ]
    either   = all { "OR" all }
    all      = item { [ "AND" ] item }
    item     = ( "NOT" | "-" ) item | "(" either ")" | field ":" value | phrase | term
    value    = "(" either of bare values ")" | phrase | comparison | range | text
    phrase   = '"' text '"' [ "~" number ]        also « » and curly quotes
    term     = text | text "*" | text "~" [ 1 | 2 ]

A backslash takes the special meaning from the next character. Marks without a letter or digit are skipped.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from indexer.query.ast import And, Everything, Fuzzy, Is, Node, Not, Or, Phrase, Prefix, Query, Word
from indexer.query.errors import QueryError
from indexer.query.fields import FIELDS, Field, nearest
from indexer.query.ranges import BadValue, read_range
from indexer.query.width import phrase_width, widest_slop

LONGEST = 4000
"""Code points a query may have."""
DEEPEST = 40
MOST_PARTS = 256
_QUOTES = {'"': '"', "«": "»", "“": "”„“", "„": "“”"}
_FIELD = re.compile(r"([A-Za-z_]+):")
_OPERATOR = re.compile(r"(AND|OR|NOT)(?=[\s()\"«“„]|$)")
_SLOP = re.compile(r"~(\d*)")


def parse(text: str) -> Query:
    """The query that `text` describes; empty text means everything.

    Raises QueryError, which points at the character it could not read.
    """
    if len(text) > LONGEST:
        raise QueryError(f"The query is longer than {LONGEST} characters. Shorten it.", text, LONGEST)
    reader = _Reader(text)
    root = reader.whole()
    return Query(root)


@dataclass(slots=True)
class _Term:
    """A run of plain text with its escapes taken out; `marks` are the places of unescaped * and ~ in `text`."""

    text: str
    start: int
    marks: list[int]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.parts = 0

    def whole(self) -> Node:
        self._space()
        if self.at == len(self.text):
            return Everything()
        node = self._either(None)
        if self.at < len(self.text):
            raise self._error("This closing bracket has no opening one. Remove it or write \\) for the character.")
        if node is None:
            raise QueryError("There is no word to search for here.", self.text, 0)
        return node

    def _either(self, field: Field | None) -> Node | None:
        options: list[Node | None] = [self._all(field)]
        while self._operator("OR"):
            options.append(self._all(field))
        return _joined(Or, options)

    def _all(self, field: Field | None) -> Node | None:
        if self._peek_operator() in ("AND", "OR"):
            raise self._error("An operator needs something before it. Put a word there, or quotes around it.")
        items: list[Node | None] = [self._item(field)]
        while True:
            joined = self._operator("AND")
            self._space()
            ended = self.at == len(self.text) or self.text[self.at] == ")" or self._peek_operator() == "OR"
            if ended and joined:
                raise self._error("An operator needs something after it.")
            if ended:
                return _joined(And, items)
            items.append(self._item(field))

    def _item(self, field: Field | None) -> Node | None:
        self._space()
        start = self.at
        if self.at == len(self.text) or self.text[self.at] == ")":
            raise self._error("A word, phrase or field is missing here.")
        if self._peek_operator() in ("AND", "OR"):
            raise self._error("Two operators stand side by side. Remove one, or put quotes around the word.")
        self.depth += 1
        self.parts += 1
        if self.depth > DEEPEST or self.parts > MOST_PARTS:
            raise self._error("The query has too many parts or brackets within brackets. Make it simpler.")
        if self._operator("NOT") or self._minus():
            inner = self._item(field)
            node: Node | None = None if inner is None else Not(inner)
        elif self.text[self.at] == "(":
            node = self._group(field)
        elif self.text[self.at] in _QUOTES:
            phrase = self._quoted()
            node = self._value(field, phrase, start) if field else self._phrase(phrase, start)
        elif field:
            node = self._value(field, self._term().text, start)
        else:
            node = self._named() or self._word(self._term())
        self.depth -= 1
        return node

    def _group(self, field: Field | None) -> Node | None:
        opened = self.at
        self.at += 1
        self._space()
        if self.text[self.at : self.at + 1] == ")":
            raise QueryError("These brackets are empty. Remove them.", self.text, opened)
        node = self._either(field)
        if self.text[self.at : self.at + 1] != ")":
            raise QueryError("This bracket is not closed. Add ) or write \\( for the character.", self.text, opened)
        self.at += 1
        return node

    def _named(self) -> Node | None:
        """A `field:value`, or None when no field name stands here."""
        found = _FIELD.match(self.text, self.at)
        if not found:
            return None
        start, name = self.at, found[1]
        field = FIELDS.get(name.lower())
        if field is None:
            near = nearest(name)
            raise QueryError(
                f"There is no field {name!r}. If the colon belongs to the text, write \\: or use quotes.",
                self.text,
                start,
                f"{near}:" if near else "",
            )
        self.at = found.end()
        if self.at == len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
            raise self._error(f"{field.name}: has no value. Write it right after the colon.")
        begin = self.at
        if self.text[self.at] == "(":
            return self._group(field)
        if self.text[self.at] in _QUOTES:
            return self._value(field, self._quoted(), begin)
        return self._value(field, self._term().text, begin)

    def _value(self, field: Field, value: str, start: int) -> Node:
        if field.shape in ("whole", "decimal", "date"):
            try:
                return read_range(field, value)
            except BadValue as fault:
                raise QueryError(f"{field.name}: takes {fault}.", self.text, start) from None
        normal = field.normal(value)
        if not normal:
            raise QueryError(f"{field.name}: has no value.", self.text, start)
        allowed = field.allowed() if field.allowed else ()
        if allowed and normal not in allowed:
            near = difflib.get_close_matches(normal, allowed, n=1, cutoff=0.6)
            raise QueryError(
                f"{field.name}: takes one of {', '.join(allowed)}.",
                self.text,
                start,
                f"{field.name}:{near[0]}" if near else "",
            )
        return Is(field.name, normal)

    def _phrase(self, phrase: str, start: int) -> Node | None:
        slop = 0
        found = _SLOP.match(self.text, self.at)
        if found:
            number = found[1]
            if not number or len(number) > 2:
                raise self._error("Write how many other words may stand between, from 0 to 10.", '"..."~3')
            slop = int(number)
            widest = widest_slop(phrase)
            if slop > widest:
                raise self._error(
                    f"For a phrase of {phrase_width(phrase)} words at most ~{widest} is possible.", f"~{widest}"
                )
            self.at = found.end()
        if not any(c.isalnum() for c in phrase):
            return None
        return Phrase(phrase, slop)

    def _word(self, term: _Term) -> Node | None:
        text, marks = term.text, term.marks
        if text == "*" and marks == [0]:
            return Everything()
        if not marks:
            return Word(text) if any(c.isalnum() for c in text) else None
        stem, mark, tail = text[: marks[0]], text[marks[0]], text[marks[0] + 1 :]
        letters = sum(c.isalnum() for c in stem)
        if mark == "*" and not tail:
            if letters < 2:
                raise QueryError("A * needs at least two letters before it.", self.text, term.start)
            return Prefix(stem)
        if mark == "~" and len(marks) == 1 and tail in ("", "1", "2"):
            if letters < 3:
                raise QueryError("A ~ needs a word of at least three letters before it.", self.text, term.start)
            return Fuzzy(stem, int(tail) if tail else 2 if letters > 7 else 1)
        at = self.text.find(mark, term.start)
        advice = (
            "A * stands at the end of a word only." if mark == "*" else "A ~ stands at the end of a word, with 1 or 2."
        )
        raise QueryError(f"{advice} Write \\{mark} for the character itself.", self.text, at)

    def _term(self) -> _Term:
        start = self.at
        letters: list[str] = []
        marks: list[int] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace() or char in "()" or char in _QUOTES:
                break
            if char == "\\":
                self.at += 1
                if self.at == len(self.text):
                    raise QueryError("A backslash needs a character after it.", self.text, self.at - 1, "\\\\")
                char = self.text[self.at]
            elif char in "*~":
                marks.append(len(letters))
            letters.append(char)
            self.at += 1
        return _Term("".join(letters), start, marks)

    def _quoted(self) -> str:
        opened = self.at
        closing = _QUOTES[self.text[opened]]
        self.at += 1
        letters: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in closing:
                return "".join(letters)
            if char == "\\" and self.at < len(self.text):
                char = self.text[self.at]
                self.at += 1
            letters.append(char)
        raise QueryError(f"This quote is not closed. Add {closing[0]} at the end of the phrase.", self.text, opened)

    def _minus(self) -> bool:
        following = self.text[self.at + 1 : self.at + 2]
        if self.text[self.at] != "-" or not following or following.isspace() or following == ")":
            return False
        self.at += 1
        return True

    def _operator(self, name: str) -> bool:
        if self._peek_operator() != name:
            return False
        self.at += len(name)
        self._space()
        return True

    def _peek_operator(self) -> str:
        self._space()
        found = _OPERATOR.match(self.text, self.at)
        return found[1] if found else ""

    def _space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _error(self, problem: str, suggestion: str = "") -> QueryError:
        return QueryError(problem, self.text, self.at, suggestion)


def _joined(kind: type[And] | type[Or], nodes: list[Node | None]) -> Node | None:
    """The nodes as one: brackets of the same kind are dissolved, so that equal meaning is an equal tree."""
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, kind):
            flat.extend(node.parts)
        elif node is not None:
            flat.append(node)
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
