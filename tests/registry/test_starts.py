"""What tests begin with is the same for each of them, whatever the one before did to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from ledger.registry import Registry, units
from tests import refilling
from tests.conftest import NOW
from tests.house import UNIT, House, build_house
from tests.postgres import Server


def rows(registry: Registry) -> dict[str, list[Any]]:
    """Every row of every table, in the order in which they stand."""
    with registry.read() as conn:
        tables = sorted(inspect(conn).get_table_names())
        return {name: list(conn.execute(text(f'SELECT * FROM "{name}"'))) for name in tables}


def begin(folder: Path, server: Server) -> tuple[House, str]:
    url = server.new_database()
    return build_house(folder, url=url, now=NOW), url


def end(house: House, url: str) -> None:
    house.registry.close()
    refilling.give_back(url)


def test_a_copy_is_not_the_other_copies(tmp_path: Path) -> None:
    one, two = (
        build_house(tmp_path / name, url="sqlite:///registry.db", now=NOW) for name in ("a", "b")
    )
    before = rows(two.registry)
    one.post(one.draft())
    assert rows(two.registry) == before != rows(one.registry)
    assert one.draft().narration not in (two.folder / "2026/03.bean").read_text()
    for house in (one, two):
        house.registry.close()


def test_a_database_is_put_back_as_it_began(tmp_path: Path, postgresql: Server) -> None:
    first, url = begin(tmp_path / "a", postgresql)
    before = rows(first.registry)
    first.post(first.draft())
    with first.registry.write() as conn:
        units.set_place(conn, UNIT, "某省", "")
    assert rows(first.registry) != before
    end(first, url)
    second, url = begin(tmp_path / "b", postgresql)
    assert rows(second.registry) == before
    second.post(second.draft())
    end(second, url)


@pytest.mark.parametrize(
    "order",
    ["CREATE TABLE other (id integer)", "ALTER TABLE unit DISABLE TRIGGER ALL",
     "ALTER TABLE unit ADD COLUMN other text", "ALTER TABLE unit RENAME COLUMN name TO other"],
)  # fmt: skip
def test_a_database_whose_tables_were_altered_is_not_used_again(
    tmp_path: Path, postgresql: Server, order: str
) -> None:
    spoilt, url = begin(tmp_path / "a", postgresql)
    before = rows(spoilt.registry)
    with spoilt.registry.write() as conn:
        conn.execute(text(order))
    end(spoilt, url)
    fresh, url = begin(tmp_path / "b", postgresql)
    assert rows(fresh.registry) == before
    end(fresh, url)
