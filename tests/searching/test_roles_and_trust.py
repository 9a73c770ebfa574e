"""The least rights of each role, and whom the client trusts, on a real server with TLS and passwords."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from guarded_elasticsearch import ROLES

from chyrak.errors import AskOperator
from indexer import Document, Removal, SearchRequest, open_engine, parse

pytestmark = pytest.mark.timeout(600)  # the first test of a server waits for its start


def test_each_role_can_do_its_work_and_no_more(
    guarded_url: Callable[[str, str], str], made: Callable[..., Document]
) -> None:
    keeper = open_engine(guarded_url("keeper", "chyrak"))
    with keeper.rebuild() as apply:
        apply([made(id="a", title="паспорт")])
    writer = open_engine(guarded_url("writer", "chyrak"))
    assert writer.apply([made(id="b", title="паспорт"), Removal("a", 1)]).ok == ("b", "a")
    with pytest.raises(AskOperator, match="refuses this user"):
        writer.clear()
    reader = open_engine(guarded_url("reader", "chyrak"))
    reader.refresh()
    assert reader.search(SearchRequest(parse("паспорт"))).total == 1
    assert reader.count() == 1
    assert reader.version_of(["b"]) == {"b": 1}
    assert reader.info().rebuild == ""
    with pytest.raises(AskOperator, match="refuses this user"):
        reader.apply([made(id="c", title="паспорт")])
    for engine in (keeper, writer, reader):
        engine.close()


def test_a_certificate_nobody_vouches_for_is_refused(guarded_url: Callable[[str, str], str]) -> None:
    url = guarded_url("keeper", "chyrak")
    without_ca = url.replace(url[url.index("ca=") : url.index("&user")], "")
    with pytest.raises(AskOperator, match="not trusted"):
        open_engine(without_ca)
    open_engine(f"{without_ca}&verify=no").close()  # allowed on this machine only
    before, option, _ = url.rpartition("password_file=")
    with pytest.raises(AskOperator, match="refuses this user"):
        open_engine(f"{before}{option}{ROLES}")
