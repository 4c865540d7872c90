"""The desk of a unit that keeps assets, and of a sister that sees what is given to it alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ledger.registry import asset_requests, assets, drafts
from ledger.registry.asset_requests import RequestRow
from ledger.registry.assets import AssetRow
from ledger.registry.drafts import DraftRow
from reports.web.app import create_app
from tests.assets.keeping import NOW, SISTER, UNIT, Keeping, begin
from tests.web.desk import PDF, Browser

DESK = f"/desk/{UNIT}/assets"
REQUESTS = f"{DESK}/requests"
SISTERS = f"/desk/{SISTER}/assets"
#: Whoever may look at the unit: treasurer, checkers, cashier and keeper, auditor.
SEEING, STRANGERS = ("zhou", "lin", "gao", "chen", "shen"), ("admin", "qian", "sun")
__all__ = ["DESK", "NOW", "REQUESTS", "SISTER", "SISTERS", "UNIT", "AssetDesk", "at", "shared"]


@dataclass
class AssetDesk:
    keeping: Keeping
    app: Flask
    browsers: dict[str, Browser] = field(default_factory=dict)

    def as_(self, login: str) -> Browser:
        if login not in self.browsers:
            self.browsers[login] = Browser(self.app.test_client(), login)
        return self.browsers[login]

    def waiting(self, unit: str = UNIT) -> list[DraftRow]:
        with self.keeping.registry.read() as conn:
            return drafts.in_states(conn, unit, drafts.UNDECIDED)

    def approve_all(self) -> None:
        """Whatever waits is approved by the checkers."""
        for draft in self.waiting():
            self.keeping.approve(draft.id)

    def cards(self, unit: str = UNIT) -> list[AssetRow]:
        with self.keeping.registry.read() as conn:
            return assets.of_unit(conn, unit)

    def requests(self, unit: str = UNIT) -> list[RequestRow]:
        with self.keeping.registry.read() as conn:
            return asset_requests.of_unit(conn, unit)

    def state(self, code: str, unit: str = UNIT) -> str:
        with self.keeping.registry.read() as conn:
            row = asset_requests.find(conn, unit, code)
        assert row is not None
        return row.state

    def enter(self, way: str, /, **fields: object) -> TestResponse:
        """Send the form of a way in which an asset comes, as its page gives it."""
        zhou = self.as_("zhou")
        page = f"{DESK}/new?way={way}"
        given = {"way": way, "after": hidden(zhou.get(page), "after")}
        return zhou.send(page, f"{DESK}/new", **(given | fields))

    def act(self, code: str, name: str, login: str = "zhou", unit: str = UNIT,
            **fields: object) -> TestResponse:  # fmt: skip
        """Send a form of a request's page."""
        page = f"/desk/{unit}/assets/requests"
        return self.as_(login).send(page, f"{page}/{code}/{name}", **fields)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found[1]


def paper(name: str = "张三签字.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), name


def place(answer: TestResponse) -> str:
    """The page that an accepted form leads to."""
    assert answer.status_code == 303, answer.get_data(as_text=True)[:6000]
    return str(answer.headers["Location"])


def refused(answer: TestResponse, status: int = 422) -> str:
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return answer.get_data(as_text=True)


def open_desk(folder: Path, chart: str = "union-2021-basic") -> AssetDesk:
    keeping = begin(folder, chart)
    return AssetDesk(keeping, create_app(keeping.registry.folder, clock=lambda: NOW))


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AssetDesk]:
    """A desk of a test's own."""
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    made = open_desk(tmp_path / "federation")
    yield made
    made.keeping.registry.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssetDesk]:
    """One desk for the tests of a module that only add to it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ledger.clock.now", lambda: NOW)
        made = open_desk(tmp_path_factory.mktemp("assets") / "federation")
        yield made
        made.keeping.registry.close()
