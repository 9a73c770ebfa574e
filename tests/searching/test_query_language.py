"""The query language: what is read, how it is written back, and how a mistake is shown."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chyrak.errors import WrongUsage
from indexer.query import (
    And,
    Everything,
    Fuzzy,
    Is,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Range,
    Word,
    parse,
)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", Everything()),
        ("   ", Everything()),
        ("*", Everything()),
        ("паспорт", Word("паспорт")),
        ("паспорт виза", And((Word("паспорт"), Word("виза")))),
        ("паспорт AND виза", And((Word("паспорт"), Word("виза")))),
        ("a OR b c OR d", Or((Word("a"), And((Word("b"), Word("c"))), Word("d")))),
        ("(a OR b) c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("((a b)) c", And((Word("a"), Word("b"), Word("c")))),
        ("-a", Not(Word("a"))),
        ("NOT a", Not(Word("a"))),
        ("NOT (a b)", Not(And((Word("a"), Word("b"))))),
        ("--a", Not(Not(Word("a")))),
        ('"у нас паспорт"', Phrase("у нас паспорт")),
        ('"a b"~3', Phrase("a b", 3)),
        ("«a b»", Phrase("a b")),
        ("„a b“", Phrase("a b")),
        ("“a b”~2", Phrase("a b", 2)),
        ("пас*", Prefix("пас")),
        ("паспорт~", Fuzzy("паспорт", 1)),
        ("документы~", Fuzzy("документы", 2)),
        ("паспорт~2", Fuzzy("паспорт", 2)),
        ("lang:KY", Is("lang", "ky")),
        ("LANG:ky", Is("lang", "ky")),
        ("lang:(ky OR kk)", Or((Is("lang", "ky"), Is("lang", "kk")))),
        ("source:(-a b)", And((Not(Is("source", "a")), Is("source", "b")))),
        ('source:"a b"', Is("source", "a b")),
        ("place:ae", Is("place", "AE")),
        ("indicator:i05", Is("indicator", "I05")),
        ("stance:offer", Is("stance", "OFFER")),
        ("type:sex.night", Is("type", "SEX.NIGHT")),
        ("gone:true", Is("gone", "yes")),
        ("campaign:ABC", Is("campaign", "abc")),
        ("level:>=2", Range("level", 2, None)),
        ("level:>2", Range("level", 3, None)),
        ("level:<2", Range("level", None, 1)),
        ("level:2", Range("level", 2, 2)),
        ("level:2..4", Range("level", 2, 4)),
        ("pay:>1500", Range("pay", 1500.0, None, low_open=True)),
        ("pay:<=1500", Range("pay", None, 1500.0)),
        ("pay:..99.5", Range("pay", None, 99.5)),
        ("score:0.5..", Range("score", 0.5, None)),
        ("published:2026-10..", Range("published", date(2026, 10, 1), None)),
        ("published:..2026-10", Range("published", None, date(2026, 10, 31))),
        ("published:2026-02", Range("published", date(2026, 2, 1), date(2026, 2, 28))),
        ("published:2026", Range("published", date(2026, 1, 1), date(2026, 12, 31))),
        ("published:2026-10-01..2026-10-31", Range("published", date(2026, 10, 1), date(2026, 10, 31))),
        ("published:>2026-10", Range("published", date(2026, 11, 1), None)),
        ("published:<2026-10", Range("published", None, date(2026, 9, 30))),
        ("level:(1 OR >=3)", Or((Range("level", 1, 1), Range("level", 3, None)))),
        (r"\OR", Word("OR")),
        (r"\-a", Word("-a")),
        (r"a\ b", Word("a b")),
        (r"http\://x", Word("http://x")),
        (r"a\*", Word("a*")),
        (r'"a \" b"', Phrase('a " b')),
        ("e-mail", Word("e-mail")),
        ("зарплата:1500", Word("зарплата:1500")),
        ("10:30", Word("10:30")),
        ("[a] / b!", And((Word("[a]"), Word("b!")))),
        ("or and not", And((Word("or"), Word("and"), Word("not")))),
        ("a — b", And((Word("a"), Word("b")))),
        ("ORANGE ANDIJAN", And((Word("ORANGE"), Word("ANDIJAN")))),
        ("a OR(b c)", Or((Word("a"), And((Word("b"), Word("c")))))),
    ],
)
def test_query_text_is_read_as_the_tree_it_says(text: str, root: Node) -> None:
    assert parse(text) == Query(root)
    assert parse(str(parse(text))) == Query(root)


@pytest.mark.parametrize(
    ("text", "position", "suggestion"),
    [
        ("(a", 0, ""),
        ("a)", 1, ""),
        ("a ()", 2, ""),
        ('b "a', 2, ""),
        ("«a", 0, ""),
        ("a OR", 4, ""),
        ("OR a", 0, ""),
        ("a AND AND b", 6, ""),
        ("NOT", 3, ""),
        ("levl:3", 0, "level:"),
        ("a langg:ky", 2, "lang:"),
        ("country:AE", 0, "place:"),
        ("qwertz:1", 0, ""),
        ("https://x.example", 0, ""),
        ("level:", 6, ""),
        ("level: 3", 6, ""),
        ("level:high", 6, ""),
        ("level:2.5", 6, ""),
        ("level:4..2", 6, ""),
        ("level:..", 6, ""),
        ("score:1e3", 6, ""),
        ("published:2026-13", 10, ""),
        ("published:2026-02-30", 10, ""),
        ("published:yesterday", 10, ""),
        ("published:>9999", 10, ""),
        ("stance:OFER", 7, "stance:OFFER"),
        ("type:SEX.NITE", 5, "type:SEX.NIGHT"),
        ("gone:maybe", 5, ""),
        ("a*b", 1, ""),
        ("*a", 0, ""),
        ("п*", 0, ""),
        ("a~b", 1, ""),
        ("аб~", 0, ""),
        ("слово~3", 5, ""),
        ('"a b"~', 5, '"..."~3'),
        ('"a b c d e f g h"~9', 17, "~3"),
        ("— ...", 0, ""),
        ("a\\", 1, "\\\\"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_what_to_do(text: str, position: int, suggestion: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    fault = caught.value
    assert isinstance(fault, WrongUsage)
    assert (fault.position, fault.suggestion) == (position, suggestion)
    message, line, caret = str(fault).rsplit("\n", 2)
    assert message
    assert line == f"  {text}"
    assert caret.index("^") == position + 2


def test_the_pointer_of_a_long_query_shows_the_part_around_the_mistake() -> None:
    text = "слово " * 100 + "levl:3 " + "слово " * 100
    with pytest.raises(QueryError) as caught:
        parse(text)
    line, caret = caught.value.pointer.split("\n")
    assert len(line) < 80
    assert line[caret.index("^") :].startswith("levl:3")


@pytest.mark.parametrize("text", ["(" * 60 + "a" + ")" * 60, "a " * 300, "-" * 60 + "a", "x" * 5000])
def test_a_query_beyond_the_limits_is_refused_and_not_suffered(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


_PIECES = [
    *("a", "слово", "o'zbek", "қыз", "😀", "e\u0301", "²", "１", "\x00", "\ud800", "\u200b"),
    *('"', "«", "»", "“", "”", "„", "(", ")", "OR", "AND", "NOT", "-", "~", "~2", "*", ":", "\\", ".."),
    *("level:", "lang:", "published:", "pay:", "type:SEX", "gone:yes", ">=", "<", "=", "2026-10", "5", "-5", "1e5"),
    *(" ", " ", " ", "\n", "\t", "\u00a0"),
]


def test_thousands_of_broken_queries_raise_nothing_but_query_errors() -> None:
    dice = random.Random(20261125)
    read = outside = 0
    for _ in range(10_000):
        text = "".join(dice.choice(_PIECES) for _ in range(dice.randint(0, 16)))
        try:
            query = parse(text)
        except QueryError as fault:
            outside += not 0 <= fault.position <= len(text)
            continue
        read += 1
        assert parse(str(query)) == query, f"{text!r} was written back as {str(query)!r}"
    assert read > 1000
    assert outside == 0


_text = st.text(min_size=1, max_size=12).filter(lambda text: any(c.isalnum() for c in text))
_leaf = st.one_of(
    _text.map(Word),
    st.builds(Phrase, _text, st.just(0)),
    st.text(alphabet="абвqwe'1", min_size=3, max_size=9).filter(lambda t: sum(c.isalnum() for c in t) >= 3).map(Prefix),
    st.builds(Fuzzy, st.text(alphabet="абвгдежз", min_size=3, max_size=12), st.sampled_from([1, 2])),
    st.text(min_size=1, max_size=8).map(str.strip).filter(bool).map(lambda value: Is("source", value)),
    st.integers(0, 9).map(lambda n: Range("level", n, n + 1)),
    st.floats(0, 1e6).map(lambda n: Range("pay", round(n, 3), None, low_open=True)),
    st.dates().map(lambda day: Range("published", None, day)),
)


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else [part])
    return kind(tuple(flat))


_tree = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(And, parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(Or, parts)),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(_tree)
def test_every_tree_is_written_as_text_that_reads_back_equal(root: Node) -> None:
    assert parse(str(Query(root))) == Query(root)


@settings(max_examples=600, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    assert parse(str(query)) == query
