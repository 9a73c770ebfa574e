"""One page, one address."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.canonical import canonical_url

SAME = "https://news.example/2026/11/story_1/"
LETTERS = "abzAZ09-._~%/?&=+#;:@!$'()*,[] яқңӯ\u200b\\|^`\"<>\t"
PARTS = st.text(alphabet=LETTERS, max_size=30)


@pytest.mark.parametrize(
    "spelled",
    [
        SAME,
        "HTTPS://News.Example/2026/11/story_1/",
        "https://news.example:443/2026/11/story_1/",
        "https://news.example./2026/11/story_1/",
        SAME + "#comments",
        SAME + "?utm_source=tg&utm_medium=post",
        SAME + "?fbclid=1&ysclid=2",
        SAME + "amp",
        SAME + "amp/?utm_source=x",
        SAME + "?amp=1",
        SAME + "?outputType=amp#top",
        "  " + SAME + "\n",
        "https://news.example/2026/11/story_1/;jsessionid=0AF3",
    ],
)
def test_the_spellings_of_one_address_become_one(spelled: str) -> None:
    assert canonical_url(spelled).rstrip("/") == SAME.rstrip("/")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://b.example/ad?id=1", "https://b.example/ad?id=2"),
        ("https://b.example/ad/1", "https://b.example/ad/1/phones"),
        ("https://b.example/Ad/1", "https://b.example/ad/1"),
        ("https://www.b.example/ad", "https://b.example/ad"),
        ("http://b.example:8080/ad", "http://b.example/ad"),
        ("https://b.example/camp", "https://b.example/c"),
    ],
)
def test_addresses_of_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_www_is_dropped_only_where_the_source_says_so() -> None:
    assert canonical_url("https://www.b.example/ad", www="strip") == "https://b.example/ad"
    assert canonical_url("https://www.b.example/ad") == "https://www.b.example/ad"


def test_parameters_come_in_one_order() -> None:
    assert canonical_url("https://b.example/ad?b=2&a=1") == canonical_url("https://b.example/ad?a=1&b=2")


@pytest.mark.parametrize("text", ["", "mailto:a@b.example", "tel:+996555000101", "http://", "http://[bad", "просто"])
def test_what_is_no_web_address_is_left_alone(text: str) -> None:
    assert canonical_url(text) == text.strip()


@settings(deadline=None)
@given(st.sampled_from(["http", "HTTPS", "https"]), PARTS, PARTS, PARTS)
def test_a_canonical_address_is_canonical(scheme: str, host: str, path: str, query: str) -> None:
    once = canonical_url(f"{scheme}://h{host}.example/{path}?{query}")
    assert canonical_url(once) == once


@settings(deadline=None)
@given(PARTS, st.sampled_from(["utm_source=a", "gclid=b", "yclid=", "amp=1", "UTM_Term=z"]))
def test_tracking_never_makes_a_new_page(path: str, tracking: str) -> None:
    bare = "https://b.example/ad/" + path.translate(str.maketrans("", "", "?#"))
    assert canonical_url(f"{bare}?{tracking}") == canonical_url(bare)
