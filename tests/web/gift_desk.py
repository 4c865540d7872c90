"""A unit that people give to, with its desk, and a sibling unit whose treasurer sees none of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from ledger.founding import Founding, found_unit
from ledger.money import Money
from ledger.registry import drafts, gifts, users
from ledger.registry.drafts import DraftRow
from ledger.registry.gifts import EventRow
from reports.web.app import create_app
from tests.gifts.giving import NOW, UNIT, Giving, begin
from tests.web.desk import Browser

DESK = f"/desk/{UNIT}"
SIBLING = "bei"
#: Whoever records or checks in the unit, and whoever does neither.
KNOWING, OTHERS = ("zhou", "lin", "gao"), ("shen", "admin", "beizhou")
__all__ = ["DESK", "NOW", "SIBLING", "UNIT", "GiftDesk", "at", "shared"]


@dataclass
class GiftDesk:
    giving: Giving
    app: Flask
    browsers: dict[str, Browser] = field(default_factory=dict)

    def as_(self, login: str) -> Browser:
        if login not in self.browsers:
            self.browsers[login] = Browser(self.app.test_client(), login)
        return self.browsers[login]

    def waiting(self) -> list[DraftRow]:
        with self.giving.registry.read() as conn:
            return drafts.in_states(conn, UNIT, drafts.UNDECIDED)

    def approve_all(self) -> None:
        """Whatever waits is approved by the checkers."""
        for draft in self.waiting():
            self.giving.approve(draft.id)

    def gifts(self) -> list[gifts.GiftRow]:
        with self.giving.registry.read() as conn:
            return gifts.of_unit(conn, UNIT)

    def events(self, code: str) -> list[EventRow]:
        with self.giving.registry.read() as conn:
            return gifts.events(conn, UNIT, [code]).get(code, [])


def open_desk(folder: Path, chart: str = "npo-2024") -> GiftDesk:
    giving = begin(folder, chart)
    found_unit(
        giving.registry,
        Founding(SIBLING, "北会（示例）", chart, date(2026, 1, 1), Money(10**9)), NOW,
    )  # fmt: skip
    with giving.registry.write() as conn:
        users.add(
            conn, login="beizhou", password="correct horse",
            roles=frozenset({(SIBLING, "treasurer")}), now=NOW,
        )  # fmt: skip
    return GiftDesk(giving, create_app(giving.registry.folder, clock=lambda: NOW))


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GiftDesk]:
    """A desk of a test's own."""
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    made = open_desk(tmp_path / "federation")
    yield made
    made.giving.registry.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GiftDesk]:
    """One desk for the tests of a module that only add to it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ledger.clock.now", lambda: NOW)
        made = open_desk(tmp_path_factory.mktemp("gifts") / "federation")
        yield made
        made.giving.registry.close()
