"""From a fund to its vouchers to their papers, and nothing on the way is another figure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ledger.model import Model
from ledger.registry import oplog
from tests.house import UNIT
from tests.web.conftest import Desk


def text_of(desk: Desk, path: str, login: str = "shen") -> str:
    answer = desk.client(login).get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_home_page_lists_the_units_of_the_user_only(desk: Desk) -> None:
    assert "别的单位" not in text_of(desk, "/", "zhou")
    assert "小河工会" in text_of(desk, "/", "zhou")
    assert "别的单位" in text_of(desk, "/", "shen")


def test_the_funds_page_says_what_the_book_says(desk: Desk) -> None:
    page = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-03")
    model = Model.open(desk.house.folder)
    held = sum(
        cell.net
        for cell in model.cells()
        if cell.fund == "F03" and cell.account.startswith("Assets:")
    )
    model.close()
    assert held == 49_50
    assert "49.50" in page
    assert "30.50" in page
    assert f"/figures/{UNIT}/funds/2026-03/F03/out" in page


def test_every_figure_of_the_funds_page_opens(desk: Desk) -> None:
    page = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-03")
    links = set(re.findall(r'href="(/figures/[^"]+)"', page))
    assert len(links) >= 15
    client = desk.client("shen")
    for link in links:
        assert client.get(link).status_code == 200, link


def test_a_figure_leads_to_its_vouchers_and_they_to_their_papers(desk: Desk) -> None:
    page = text_of(desk, f"/figures/{UNIT}/funds/2026-02/F01/in")
    links = re.findall(r'href="(/vouchers/[^"]+)"', page)
    assert [unquote(link) for link in links] == [f"/vouchers/{UNIT}/{desk.first}"]
    voucher = text_of(desk, links[0])
    assert f"/papers/{UNIT}/{desk.paper}" in voucher
    assert desk.house.checker.id in voucher
    answer = desk.client("shen").get(f"/papers/{UNIT}/{desk.paper}")
    assert answer.get_data() == "日期,金额\n".encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with desk.house.registry.read() as conn:
        acts = [act.object for act in oplog.entries(conn, UNIT) if act.action == "open-paper"]
    assert f"sha256:{desk.paper}" in acts


def test_figures_of_the_statements_open_as_well(desk: Desk) -> None:
    page = text_of(desk, f"/figures/{UNIT}/balance-sheet/2026-03/assets")
    assert "174.50" in page


def test_a_reversed_voucher_says_so_and_so_does_its_reversal(desk: Desk) -> None:
    model = Model.open(desk.house.folder)
    numbers = {line.number for line in model.lines() if line.narration.startswith("冲销")}
    model.close()
    (number,) = numbers
    page = text_of(desk, f"/vouchers/{UNIT}/{number}")
    assert "这张凭证冲销" in page
    original = re.findall(r'class="code" href="/vouchers/[^/]+/([^"]+)"', page)[0]
    assert "已被冲销" in text_of(desk, f"/vouchers/{UNIT}/{original}")


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    client = desk.client("shen")
    for path in (
        f"/vouchers/{UNIT}/收-202603-0099",
        f"/vouchers/{UNIT}/x",
        f"/figures/{UNIT}/funds/2026-03/F99/in",
        f"/figures/{UNIT}/nothing/2026-03/1",
        f"/figures/{UNIT}/balance-sheet/2026-99/1",
        f"/papers/{UNIT}/{'0' * 64}",
        f"/papers/{UNIT}/..%2f..%2fmaster.key",
    ):
        assert client.get(path).status_code == 404, path
