"""The quick way to a folded view gives, sign for sign, what the table of signs says."""

from __future__ import annotations

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from chyrak import text as folding

_ODD_ONES = "абвёЁABCΣσςİıßﬁ１½ӘәҢңÝýŇň🙂\u0301\u00ad\u200b\ud800"


def test_every_sign_there_is_looks_the_same_both_ways() -> None:
    signs = map(chr, range(sys.maxunicode + 1))
    assert not [sign for sign in signs if folding._even_view(sign) != sign.translate(folding._TABLE)]


@settings(max_examples=1000, deadline=None)
@given(st.text(st.one_of(st.sampled_from(_ODD_ONES), st.characters()), max_size=40))
def test_every_text_looks_the_same_both_ways(text: str) -> None:
    assert folding._even_view(text) == text.translate(folding._TABLE)
