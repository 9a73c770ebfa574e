"""Every lexicon row found in one folded text, with its evidence in the original."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from chyrak.records import Span
from chyrak.text import Folded
from nlp.lexicon.matcher import Hit, Matcher, Row
from nlp.lexicon.mend import mend
from nlp.lexicon.negation import Negation
from nlp.lexicon.tokens import tokenise


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row found: where in the original, on which tokens, and whether the text denies it."""

    row: Row
    span: Span
    first: int
    last: int
    denied: bool


class Findings:
    """What `matcher` finds in `folded`, asked for by owner and sense."""

    def __init__(self, matcher: Matcher, negation: Negation, folded: Folded) -> None:
        tokens = tokenise(folded.text)
        self.tokens, self.forms = mend(tokens, matcher.forms(tokens), matcher.words, folded)
        self._folded = folded
        self._rows = matcher.rows
        self._negation = negation
        self._hits: dict[tuple[str, str], list[Hit]] = defaultdict(list)
        senses = matcher.senses
        for hit in matcher.find(self.tokens, self.forms):
            self._hits[senses[hit.row]].append(hit)
        self.owners = frozenset(owner for owner, _ in self._hits)

    def cues(self, stance: str, said_by: Iterable[str]) -> list[Row]:
        """The stance's cues found, less those that are words of a phrase of the indicators `said_by`.

        "Куплю почку" sells nothing, and "мы не мошенники" warns of nobody.
        """
        hits = self._hits.get((stance, "stance"), ())
        if not hits:
            return []
        phrases = (hit for name in said_by for hit in self._hits.get((name, "present"), ()))
        taken = {place for hit in phrases for place in range(hit.first, hit.last + 1)}
        if taken:
            hits = [hit for hit in hits if not taken.issuperset(range(hit.first, hit.last + 1))]
        return [self._rows[hit.row] for hit in hits]

    def has(self, owner: str, sense: str) -> bool:
        """Whether any row of `owner` was found in this sense."""
        return (owner, sense) in self._hits

    def evidence(self, owner: str, sense: str) -> list[Evidence]:
        """What was found of `owner` in this sense, less what its `unless`, `food` and `denied` rows cover."""
        hits = self._hits.get((owner, sense))
        if not hits:
            return []
        friends = [(h.first, h.last) for h in self._hits.get((owner, "unless"), ())]
        if sense != "food":
            friends += [(food.first, food.last) for food in self.evidence(owner, "food") if not food.denied]
        refused = [(h.first, h.last) for h in self._hits.get((owner, "denied"), ())] if sense == "present" else []
        found = []
        for hit in hits:
            if _covered(hit, friends):
                continue
            denied = _covered(hit, refused) or self._negation.denies(hit, self.tokens, self.forms, self._folded.text)
            found.append(Evidence(self._rows[hit.row], self.span(hit.first, hit.last), hit.first, hit.last, denied))
        return found

    def span(self, first: int, last: int) -> Span:
        """The original text from token `first` to token `last`."""
        start, end = self._folded.span(self.tokens.starts[first], self.tokens.ends[last])
        return Span(start, end, self._folded.original[start:end])

    def has_class(self, symbol: int) -> bool:
        """Whether any token is a member of a one-word class."""
        return symbol in self._symbols

    @cached_property
    def _symbols(self) -> frozenset[int]:
        """Of all tokens together."""
        return frozenset().union(*self.forms)


def _covered(hit: Hit, stretches: list[tuple[int, int]]) -> bool:
    if not stretches:
        return False
    left, right = hit.path[0][0], hit.path[-1][0]
    return any(left <= last and first <= right for first, last in stretches)
