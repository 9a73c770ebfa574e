"""What the components have read in one text so far; each fills its own fields and reads those before it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from chyrak.records import Contact, Exploitation, Indicator, Level, Pay, Place, Protective, Reason, Span, Stance
from chyrak.text import Folded
from nlp.lexicon import Hit, Lexicon, Row
from nlp.lexicon.tokens import Tokens, tokenise


@dataclass(frozen=True, slots=True)
class Evidence:
    """One lexicon row found: the row, where in the original text, and whether the text denies it."""

    row: Row
    span: Span
    first: int
    last: int
    denied: bool


class Findings:
    """Every row of a lexicon found in a folded text, by (owner, sense)."""

    def __init__(self, lexicon: Lexicon, folded: Folded) -> None:
        self.tokens: Tokens = tokenise(folded.text)
        self.forms = lexicon.matcher.forms(self.tokens)
        self._folded = folded
        self._lexicon = lexicon
        self._hits: dict[tuple[str, str], list[Hit]] = defaultdict(list)
        rows = lexicon.matcher.rows
        for hit in lexicon.matcher.find(self.tokens, self.forms):
            row = rows[hit.row]
            self._hits[(row.owner, row.sense)].append(hit)

    def rows(self, owner: str, sense: str) -> list[Row]:
        """The rows of `owner` found in this sense, denied or not."""
        return [self._lexicon.matcher.rows[hit.row] for hit in self._hits.get((owner, sense), ())]

    def has(self, owner: str, sense: str) -> bool:
        """Whether any row of `owner` was found in this sense."""
        return (owner, sense) in self._hits

    def evidence(self, owner: str, sense: str) -> list[Evidence]:
        """What was found of `owner` in this sense, in reading order, less what its `unless` rows cover."""
        hits = self._hits.get((owner, sense))
        if not hits:
            return []
        friends = [(h.first, h.last) for h in self._hits.get((owner, "unless"), ())]
        found = []
        for hit in hits:
            if any(hit.first <= last and first <= hit.last for first, last in friends):
                continue
            denied = self._lexicon.negation.denies(hit, self.tokens, self.forms, self._folded.text)
            row = self._lexicon.matcher.rows[hit.row]
            found.append(Evidence(row, self.span(hit.first, hit.last), hit.first, hit.last, denied))
        return found

    def span(self, first: int, last: int) -> Span:
        """The original text from token `first` to token `last`."""
        start, end = self._folded.span(self.tokens.starts[first], self.tokens.ends[last])
        return Span(start, end, self._folded.original[start:end])

    def has_class(self, symbol: int) -> bool:
        """Whether any token is a member of a one-word class."""
        return any(symbol in forms for forms in self.forms)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the trained model thinks: the chance that a reviewer would want to see it, and of each stance."""

    wanted: float
    stances: dict[str, float]


@dataclass
class Draft:
    """A reading in the making. `body` is title, newline, text."""

    body: str
    folded: Folded
    languages: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    pay: Pay | None = None
    places: tuple[Place, ...] = ()
    findings: Findings | None = None
    opinion: Opinion | None = None
    stance: Stance = Stance.OTHER
    indicators: tuple[Indicator, ...] = ()
    protective: tuple[Protective, ...] = ()
    uncounted: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    exploitation: tuple[Exploitation, ...] = ()
    score: float = 0.0
    level: Level = Level.NONE
    reasons: tuple[Reason, ...] = field(default=())
