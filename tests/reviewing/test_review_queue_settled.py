"""What the database leaves out of the queue is exactly what the rule of readers calls decided."""

from __future__ import annotations

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_parts import NOW, PEOPLE, Town

from chyrak.records import Decision
from store import decisions, people, queue

READERS = sorted(name for name, (role, _) in PEOPLE.items() if role in decisions.DECIDING_ROLES)
FLAGGED = ("hostess", "hostess_repost", "teens", "scam", "shift")
Word = tuple[str, str, str, bool, bool]
"""Advert, reader, outcome, release, senior."""

WORDS = st.lists(
    st.tuples(
        st.sampled_from(FLAGGED),
        st.sampled_from(READERS),
        st.sampled_from(("referred", "needs_more", "unfounded")),
        st.booleans(),
        st.booleans(),
    ),
    max_size=14,
)


class _Undone(Exception):
    """Ends the transaction without keeping what was said in it."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
def test_eth_03_an_advert_waits_in_the_queue_until_the_rule_of_readers_is_met(
    town: Town, words: list[tuple[str, str, str, bool, bool]]
) -> None:
    with contextlib.suppress(_Undone), town.store.main.begin() as c:
        for name, reader, outcome, release, senior in words:
            word = Decision(town.ids[name], 1, reader, outcome, "seen", NOW, release)
            decisions.record(c, word, people.by_name(c, reader), senior=senior)
        states = decisions.states(c, [town.ids[name] for name in FLAGGED])
        waiting = {key for key, state in states.items() if state != "decided"}
        few, all_of_them = queue.pending(c, 2), queue.pending(c, 100)
        raise _Undone
    assert len(few) == min(2, len(waiting))
    assert {row.posting_id for row in all_of_them} == waiting
