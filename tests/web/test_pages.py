"""From a fund to its vouchers to their papers, and nothing on the way is another figure."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

from flask.testing import FlaskClient

from ledger.model import Model
from ledger.registry import oplog, papers
from tests.house import UNIT
from tests.web.conftest import Desk, small_desk


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


def test_a_voucher_names_its_maker_and_checker(desk: Desk) -> None:
    page = text_of(desk, f"/vouchers/{UNIT}/{desk.first}")
    assert "zhou <span" in page and "lin <span" in page


def test_what_is_posted_while_the_server_runs_is_there_on_the_next_page(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    first = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-03")
    assert "0.01" not in first
    text_of(desk, f"/books/{UNIT}/journal/")
    desk.house.post(desk.house.draft("4321.01", narration="刚刚记的一笔"))
    assert "4,321.01" in text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-03")
    journal = text_of(desk, f"/books/{UNIT}/api/journal_page?page=1&order=desc")
    assert "刚刚记的一笔" in json.loads(journal)["data"]["journal"]
    assert "刚刚记的一笔" in text_of(desk, f"/vouchers/{UNIT}/?least=4000")
    assert "4,321.01" in text_of(desk, "/")
    desk.house.registry.close()


def test_a_book_that_differs_from_its_journal_is_not_shown_anywhere(tmp_path: Path) -> None:
    """Both sides of a voucher are raised: it balances, and Beancount has nothing to object."""
    desk = small_desk(tmp_path)
    number = desk.house.post(desk.house.draft("25.00")).number
    path = desk.house.folder / "2026" / "03.bean"
    kept = path.read_bytes()
    pages = (
        f"/books/{UNIT}/journal/",
        f"/books/{UNIT}/extension/Funds/",
        f"/vouchers/{UNIT}/{number}",
        f"/vouchers/{UNIT}/",
        f"/figures/{UNIT}/funds/2026-03/F01/in",
        f"/statements/{UNIT}/funds/2026-03?format=csv",
    )
    for page in pages:
        assert desk.client("shen").get(page).status_code == 200, page
    path.write_bytes(kept.replace(b"25.00", b"95.00"))
    for page in pages:
        answer = desk.client("shen").get(page)
        assert answer.status_code == 503, page
        assert "95.00" not in answer.get_data(as_text=True)
    assert "暂不能读取" in text_of(desk, "/")
    path.write_bytes(kept)
    for page in pages:
        assert desk.client("shen").get(page).status_code == 200, page
    desk.house.registry.close()


def test_text_that_looks_like_markup_stays_text(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    evil = "</script><img src=x onerror=alert(1)>{{}}"
    number = desk.house.post(desk.house.draft("25.00", narration=evil, payee=evil)).number
    for page in (
        f"/vouchers/{UNIT}/{number}",
        f"/vouchers/{UNIT}/?q=%3C/script%3E",
        f"/vouchers/{UNIT}/?least=%3Cimg",
        f"/figures/{UNIT}/funds/2026-03/F01/in",
        f"/statements/{UNIT}/journal/2026-03",
        "/?q=%3Cimg+src%3Dx",
        f"/books/{UNIT}/extension/Funds/?time=%3Cimg+src%3Dx%3E",
        f"/books/{UNIT}/journal/?filter=%3Cimg+src%3Dx%3E",
    ):
        shown = desk.client("shen").get(page).get_data(as_text=True)
        assert "<img" not in shown and "</script><i" not in shown, page
    journal = text_of(desk, f"/books/{UNIT}/api/journal_page?page=1&order=desc")
    assert "<img" not in json.loads(journal)["data"]["journal"]
    desk.house.registry.close()


def test_a_paper_that_could_run_script_is_only_saved(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    for name in ("evil.html", "evil.svg", "evil.xhtml", "evil"):
        content = f"<svg xmlns='http://www.w3.org/2000/svg'><script>{name}</script></svg>"
        digest = papers.store_bytes(
            desk.house.registry, UNIT, content.encode(), name,
            user=desk.house.maker.id, now=desk.house.now,
        )  # fmt: skip
        answer = desk.client("shen").get(f"/papers/{UNIT}/{digest}")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].endswith('.bin"')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["Cache-Control"] == "no-store"
    desk.house.registry.close()


def test_chinese_letters_come_along_for_machines_that_have_none(desk: Desk) -> None:
    sheet = desk.client().get("/assets/fonts.css").get_data(as_text=True)
    fonts = re.findall(r'url\("([^"]+)"\)', sheet)
    assert len(fonts) == 2
    for font in fonts:
        answer = desk.client().get(font)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "font/ttf"


def test_what_a_crash_left_out_is_appended_before_the_page_is_shown(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    desk.house.post(desk.house.draft("25.00"))
    desk.house.post(desk.house.draft("26.00"))
    path = desk.house.folder / "2026" / "03.bean"
    whole = path.read_bytes()
    path.write_bytes(whole[:-60])
    assert "26.00" in text_of(desk, f"/vouchers/{UNIT}/")
    assert path.read_bytes() == whole
    desk.house.registry.close()


def test_two_books_read_at_once_keep_their_own_addresses(desk: Desk) -> None:
    """Fava keeps addresses in one cache for all its applications of a process."""
    clients = {login: desk.client(login) for login in ("shen", "zhou")}

    def pages(login: str, unit: str) -> list[str]:
        client = desk.app.test_client()
        client.set_cookie("mingbai", cookie_of(clients[login]))
        return [
            client.get(f"/books/{unit}/{path}").get_data(as_text=True)
            for _ in range(5)
            for path in ("extension/Funds/", "journal/", "balance_sheet/", "api/ledger_data")
        ]

    with ThreadPoolExecutor(4) as pool:
        tiny = [pool.submit(pages, "zhou", UNIT) for _ in range(2)]
        other = [pool.submit(pages, "shen", "other") for _ in range(2)]
        for page in (page for done in tiny for page in done.result()):
            assert "/books/other" not in page and "别的单位" not in page
        for page in (page for done in other for page in done.result()):
            assert f"/books/{UNIT}/" not in page and "小河工会" not in page


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie("mingbai")
    assert found is not None
    return found.value
