"""Searching vouchers, statements on screen, and everything as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from zipfile import ZipFile

import pytest

from reports.sources import OF_DUES
from reports.statements import catalogue
from tests.house import UNIT
from tests.web.conftest import Desk


def text_of(desk: Desk, path: str, login: str = "shen", status: int = 200) -> str:
    answer = desk.client(login).get(path)
    assert answer.status_code == status, (path, answer.get_data(as_text=True)[:300])
    return answer.get_data(as_text=True)


def rows(page: str) -> int:
    return page.count('<td class="day">2026-')


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 10),
        ("q=三月会费", 8),
        ("q=冲销", 2),
        ("q=zzz", 0),
        ("account=501", 1),
        ("account=5", 1),
        ("account=会费", 4),
        ("account=10201", 5),
        ("account=999", 0),
        ("fund=F03", 4),
        ("fund=F03&account=102", 2),
        ("least=80&most=125", 4),
        ("least=1,000", 0),
        ("period=2026-02", 4),
        ("period=2026-03..2026-12", 6),
        ("period=2025", 0),
    ],
)
def test_vouchers_are_found_by_each_term(desk: Desk, query: str, count: int) -> None:
    assert rows(text_of(desk, f"/vouchers/{UNIT}/?{query}")) == count


def test_what_was_found_has_totals_and_can_be_taken_home(desk: Desk) -> None:
    page = text_of(desk, f"/vouchers/{UNIT}/?fund=F03")
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    assert foot.count("110.50") == 2
    link = re.findall(r'href="(\?[^"]*format=csv)"', page)[0].replace("&amp;", "&")
    answer = desk.client("shen").get(f"/vouchers/{UNIT}/{link}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    found = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["debit"] for row in found if row["debit"]] == ["80.00", "30.50", "110.50"]


@pytest.mark.parametrize("query", ["least=x", "period=2026-13", "most=1e9", "period=März"])
def test_terms_that_mean_nothing_are_explained(desk: Desk, query: str) -> None:
    assert "写作" in text_of(desk, f"/vouchers/{UNIT}/?{query}", status=400)


def test_a_unit_without_vouchers_says_so(desk: Desk) -> None:
    assert "这一期间没有这样的凭证" in text_of(desk, "/vouchers/other/")
    assert "还没有凭证" in text_of(desk, "/statements/other/")
    assert "还没有资金" in text_of(desk, "/books/other/extension/Funds/")


#: Of a basic union that has no bank account and collects no dues: forms, quota, a bank and a use of
#: dues that it does not have.
REFUSED = (
    "cash-flow", "budgetary-statement", "fiscal-quota", "bank-reconciliation", "dues-use",
    "state-owned",
)  # fmt: skip


def test_a_form_that_the_unit_does_not_have_is_not_offered(desk: Desk) -> None:
    page = text_of(desk, f"/statements/{UNIT}/")
    assert "balance-sheet" in page
    assert not [name for name in REFUSED[:3] if f"/{name}/" in page]
    assert not [name for name in OF_DUES if f"/{name}/" in page]
    for name in REFUSED:
        assert "没有" in text_of(desk, f"/statements/{UNIT}/{name}/2026-03", status=404)


@pytest.mark.parametrize("name", sorted(set(catalogue.STATEMENTS) - set(REFUSED)))
def test_every_statement_is_shown_and_its_figures_open(desk: Desk, name: str) -> None:
    page = text_of(desk, f"/statements/{UNIT}/{name}/2026-03")
    links = re.findall(r'href="(/(?:figures|vouchers)/[^"?]+)"', page)
    for link in links[:12]:
        assert desk.client("shen").get(link).status_code == 200, link


@pytest.mark.parametrize("form", ["xlsx", "pdf", "csv", "json"])
def test_the_funds_are_a_file_in_every_form(desk: Desk, form: str) -> None:
    answer = desk.client("zhou").get(f"/statements/{UNIT}/funds/2026-03?format={form}")
    assert answer.status_code == 200
    assert f'filename="tiny-funds-2026-03.{form}"' in answer.headers["Content-Disposition"]
    data = answer.get_data()
    if form == "json":
        lines = {line["code"]: line["amount"] for line in json.loads(data)["lines"]}
        assert lines["F03"] == "49.50"
        page = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-03")
        assert all(amount in page for amount in lines.values())
    if form == "xlsx":
        assert "xl/workbook.xml" in ZipFile(io.BytesIO(data)).namelist()
    if form == "pdf":
        assert data.startswith(b"%PDF")


def test_the_postings_behind_a_figure_are_a_file(desk: Desk) -> None:
    place = f"/figures/{UNIT}/funds/2026/F03/remaining"
    text = text_of(desk, f"{place}?format=csv").lstrip("\ufeff")
    amounts = [row["amount"] for row in csv.DictReader(io.StringIO(text))]
    assert amounts == ["0.00", "80.00", "-30.50", "49.50"]
    assert desk.client("shen").get(f"{place}?format=exe").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/vouchers/other/",
        "/vouchers/other/?format=csv",
        "/statements/other/",
        "/statements/other/funds/2026-03",
        "/statements/other/operation-log/2026-03?format=csv",
        "/figures/other/funds/2026/all/in?format=csv",
    ],
)
def test_lists_and_files_of_other_units_are_refused(desk: Desk, path: str) -> None:
    assert desk.client("zhou").get(path).status_code == 403
    assert desk.client("admin").get(path).status_code == 403


def test_the_period_is_chosen_by_a_link_and_the_files_stand_below(desk: Desk) -> None:
    page = text_of(desk, f"/books/{UNIT}/extension/Funds/")
    assert 'href="?time=2026-02"' in page
    assert f"/statements/{UNIT}/funds/2026?format=xlsx" in page
    chosen = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-02")
    assert re.search(r'time=2026-02" aria-current="page"', chosen)


def test_months_before_and_after_anything_moved_are_not_drawn(desk: Desk) -> None:
    page = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026")
    charts = page.split('<svelte-component type="charts">')[1].split("</svelte-component>")[0]
    days = re.findall(r'"date":\s*"([0-9-]+)"', charts)
    assert days == ["2026-02-01", "2026-03-01", "2026-02-28", "2026-03-31"]
    empty = text_of(desk, f"/books/{UNIT}/extension/Funds/?time=2026-01")
    assert "svelte-component" not in empty and "没有收支" in empty


def test_an_administrator_sees_no_unit(desk: Desk) -> None:
    page = text_of(desk, "/", "admin")
    assert "还没有可以查阅的单位" in page and "小河工会" not in page
