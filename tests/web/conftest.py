"""One federation for all pages: two units, of which each treasurer sees their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import canonical, reversing, workflow
from ledger.entry import Voucher
from ledger.journal import open_pen, write_book_file
from ledger.money import Money
from ledger.registry import papers, units
from reports.web.app import create_app
from tests.conftest import NOW
from tests.house import ACTIVITY, BANK, UNIT, House, build_house
from tests.web.browser import signed_in


@dataclass
class Desk:
    """The app, and the house whose books it shows. ``paper`` is behind the first voucher."""

    app: Flask
    house: House
    paper: str
    first: str
    signed_in: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, login: str | None = None) -> FlaskClient:
        """A browser; the one that ``login`` signed in with, if given."""
        if login is None:
            return self.app.test_client()
        if login not in self.signed_in:
            self.signed_in[login] = signed_in(self.app, login)
        return self.signed_in[login]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk") / "federation"
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    paper = papers.store_bytes(
        house.registry, UNIT, "日期,金额\n".encode(), "list.csv", user=house.maker.id, now=NOW
    )
    first = house.post(house.draft("125.00", papers=(paper,), day=date(2026, 2, 3)))
    house.post(house.draft("80.00", fund="F03", day=date(2026, 2, 10)))
    spent = house.draft("30.50", debit=ACTIVITY, credit=BANK, fund="F03", kind="付")
    house.post(spent)
    wrong = house.post(house.draft("7.00"))
    back = reversing.reverse(
        house.registry, UNIT, wrong.number, house.maker, NOW, day=date(2026, 3, 6), reason="记错"
    )
    assert isinstance(workflow.approve(house.registry, back, house.checker, NOW), Voucher)
    _other_unit(house, NOW)
    yield Desk(create_app(folder, clock=lambda: NOW), house, paper, first.number)
    house.registry.close()


def small_desk(folder: Path) -> Desk:
    """A desk of its own for a test that posts or alters; its one unit has no voucher yet."""
    house = build_house(folder / "federation", url="sqlite:///registry.db", now=NOW)
    return Desk(create_app(house.registry.folder, clock=lambda: NOW), house, "", "")


def _other_unit(house: House, now: datetime) -> None:
    opened = date(2026, 1, 1)
    with house.registry.write() as conn:
        units.add(
            conn, unit="other", name="别的单位（示例）", name_en="Other", chart="union-2021-basic",
            opened=opened, limit_fen=0, upper=None,
        )  # fmt: skip
    facts = canonical.unit_text(
        opened.isoformat(), "other", "别的单位（示例）", "union-2021-basic", name_en="Other",
        limit=Money(0), upper="",
    )  # fmt: skip
    with open_pen(house.registry, "other", now) as pen:
        pen.directives("unit", facts, file="chart.bean", day=opened, key="unit")
    write_book_file(house.registry, "other")
