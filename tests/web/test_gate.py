"""Fava behind the gate: two written lists, and nothing outside them answers."""

from __future__ import annotations

from typing import cast

import pytest
from flask import Flask

from reports.web import gate
from reports.web.handing import Shelf
from tests.house import UNIT
from tests.web.conftest import Desk


def fava_of(desk: Desk) -> Flask:
    shelf = cast("Shelf", desk.app.extensions["mingbai-shelf"])
    opened = shelf.book(UNIT)
    assert opened is not None
    return opened.fava


def test_every_endpoint_of_this_fava_is_listed(desk: Desk) -> None:
    endpoints = {rule.endpoint for rule in fava_of(desk).url_map.iter_rules()}
    assert endpoints - gate.OPEN - gate.CLOSED == set()
    assert set() == gate.OPEN & gate.CLOSED


def test_no_endpoint_outside_the_list_answers(desk: Desk) -> None:
    """Every rule of Fava's map is asked for, with every method, by someone who may browse."""
    client = desk.client("shen")
    fill = {

        "bfile": UNIT, "report_name": "editor", "extension_name": "Other", "name": "Assets",
        "endpoint": "x", "filename": "x", "entry_hash": "0", "account_name": "Assets",
        "aggregation_key": "account", "page_slug": "x", "query": "x", "result_format": "csv",
    }  # fmt: skip
    for rule in fava_of(desk).url_map.iter_rules():
        values = {name: fill.get(name, "x") for name in rule.arguments}
        if rule.endpoint in gate.OPEN and rule.endpoint not in ("report", "extension_report"):
            continue
        built = rule.build({**values, "filename": "x"}, append_unknown=False)
        assert built is not None
        path = f"/books{built[1].removeprefix('/books')}"
        for method in sorted(rule.methods or ()):
            answer = client.open(path, method=method)
            assert answer.status_code in (302, 303, 401, 403, 404, 405), (rule.endpoint, method)
            if answer.status_code in (302, 303):
                assert answer.headers["Location"].endswith(("/extension/Funds/", "/login"))


@pytest.mark.parametrize("name", sorted(gate.CLOSED_REPORTS))
def test_closed_reports_stay_closed(desk: Desk, name: str) -> None:
    assert desk.client("shen").get(f"/books/{UNIT}/{name}/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "income_statement/",
        "balance_sheet/",
        "trial_balance/",
        "journal/",
        "extension/Allocations/",
        "extension/Assets/",
        "extension/Audit/",
        "extension/Budget/",
        "extension/Dues/",
        "extension/Federation/",
        "extension/Funds/",
        "extension/Gifts/",
        "account/Assets:102-银行存款:01-基本户/",
        "api/balance_sheet",
        "api/income_statement",
        "api/trial_balance",
        "api/ledger_data",
        "api/changed",
        "api/errors",
    ],
)
def test_open_pages_answer(desk: Desk, path: str) -> None:
    answer = desk.client("shen").get(f"/books/{UNIT}/{path}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["api/source", "api/add_entries", "journal/", "extension/Funds/"])
def test_nothing_is_ever_written_through_fava(desk: Desk, method: str, path: str) -> None:
    answer = desk.client("zhou").open(f"/books/{UNIT}/{path}", method=method)
    assert answer.status_code in (401, 403, 404, 405)


def test_pages_hold_no_paths_of_the_server_and_no_other_unit(desk: Desk) -> None:
    client = desk.client("zhou")
    ours = (
        "extension/Allocations/",
        "extension/Assets/",
        "extension/Budget/",
        "extension/Dues/",
        "extension/Federation/",
        "extension/Funds/",
        "extension/Gifts/",
    )
    for path in (*ours, "journal/", "api/ledger_data", "balance_sheet/"):
        text = client.get(f"/books/{UNIT}/{path}").get_data(as_text=True)
        assert str(desk.house.registry.folder) not in text
        assert "别的单位" not in text


@pytest.mark.parametrize(
    "query",
    [
        "filter=%28a%2B%2B%29%2B",
        "account=%28a*%29*",
        "interval=day2",
        "page=-1",
        "filter=" + "a" * 300,
        "time=0001-9999",
        "time=1000+-+2998",
    ],
)
def test_costly_or_odd_filters_are_refused(desk: Desk, query: str) -> None:
    answer = desk.client("zhou").get(f"/books/{UNIT}/journal/?{query}")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        f"/books/{UNIT}/../other/journal/",
        f"/books/{UNIT}/%2e%2e/other/journal/",
        f"/books/{UNIT}//journal/",
        f"/books/{UNIT}/journal%00/",
        "/books/%2e%2e/journal/",
        "/books/OTHER/journal/",
    ],
)
def test_odd_paths_reach_no_other_book(desk: Desk, path: str) -> None:
    answer = desk.client("zhou").get(path)
    assert answer.status_code in (302, 303, 308, 403, 404)
    assert "别的单位" not in answer.get_data(as_text=True)
