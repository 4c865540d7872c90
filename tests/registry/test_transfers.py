"""Transfers between units have gapless references, and are found by unit, day and origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from ledger.clock import CHINA
from ledger.registry import Registry, transfers, units
from tests.house import House

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry.create(tmp_path / "federation", id="qinghe", name="青禾区总工会")
    with registry.write() as conn:
        for unit, upper in (("qu", None), ("jie", "qu")):
            units.add(
                conn, unit=unit, name=unit, name_en="", chart="union-2021-basic",
                opened=date(2026, 1, 1), limit_fen=0, upper=upper,
            )  # fmt: skip
    yield registry
    registry.close()


@pytest.fixture
def both(house: House) -> Registry:
    """The same two units on either database."""
    with house.registry.write() as conn:
        for unit, upper in (("qu", None), ("jie", "qu")):
            units.add(
                conn, unit=unit, name=unit, name_en="", chart="union-2021-basic",
                opened=date(2026, 1, 1), limit_fen=0, upper=upper,
            )  # fmt: skip
    return house.registry


def expect(conn: Connection, **changed: Any) -> transfers.Transfer:
    facts: dict[str, Any] = {
        "payer": "qu", "payee": "jie", "kind": "allocation", "fen": 120_000,
        "day": date(2026, 3, 20), "origin": "plan:P1", "narration": "基层补助", "user": "u-1",
        "now": NOW,
    }  # fmt: skip
    return transfers.expect(conn, **{**facts, **changed})


def test_references_of_a_year_have_no_gap(two: Registry) -> None:
    with two.write() as conn:
        made = [expect(conn).reference for _ in range(3)]
        next_year = expect(conn, day=date(2027, 1, 5)).reference
    assert [code[:11] for code in made] == ["ZZ2026-0001", "ZZ2026-0002", "ZZ2026-0003"]
    assert next_year.startswith("ZZ2027-0001-")


def test_a_transfer_is_found_by_either_unit_and_by_origin(two: Registry) -> None:
    with two.write() as conn:
        one = expect(conn)
        up = expect(conn, payer="jie", payee="qu", kind="remittance", origin="remit:x")
    with two.read() as conn:
        assert transfers.touching(conn, ["jie"]) == transfers.all_transfers(conn) == [one, up]
        assert transfers.touching(conn, ["nobody"]) == []
        assert transfers.of_origin(conn, ["remit:x"]) == [up]
        assert transfers.find(conn, one.reference) == one
        assert transfers.find(conn, "ZZ2026-9999-0") is None


@pytest.mark.parametrize(
    "wrong", [{"kind": "gift"}, {"fen": 0}, {"fen": -1}, {"payee": "qu"}], ids=str
)
def test_what_is_no_transfer_is_refused(two: Registry, wrong: dict[str, Any]) -> None:
    with two.write() as conn, pytest.raises(ValueError, match="no transfer"):
        expect(conn, **wrong)


def test_a_refusal_keeps_its_reason(two: Registry) -> None:
    with two.write() as conn:
        one = expect(conn)
        transfers.refuse(conn, one.reference, "账户已注销")
    with two.read() as conn:
        found = transfers.find(conn, one.reference)
    assert found is not None
    assert found.refused == "账户已注销"


def test_what_persons_say_is_kept_in_order_and_the_last_of_a_voucher_holds(both: Registry) -> None:
    with both.write() as conn:
        one, other = expect(conn).reference, expect(conn).reference
        for action, reference, number in (
            ("match", one, "收-202603-0001"), ("match", other, "收-202603-0002"),
            ("unmatch", other, "收-202603-0002"), ("match", other, "收-202603-0001"),
        ):  # fmt: skip
            transfers.act(conn, reference, action, "u-1", NOW, unit="jie", voucher=number)
        transfers.act(conn, one, "close", "u-1", NOW, note="双方一致")
    with both.read() as conn:
        assert transfers.links(conn) == {("jie", "收-202603-0001"): other}
        assert [a.action for a in transfers.acts(conn, one)] == ["match", "close"]
        assert transfers.settled(conn) == {one: "close"}


def test_transfers_are_found_by_units_and_by_references(both: Registry) -> None:
    with both.write() as conn:
        one = expect(conn)
        transfers.set_target(conn, "jie", "support", "Income:403", "F01", "u-1", NOW)
        transfers.set_target(conn, "jie", "support", "Income:404", "F02", "u-1", NOW)
    with both.read() as conn:
        assert transfers.touching(conn, ["jie"]) == transfers.touching(conn, ["qu", "x"]) == [one]
        assert transfers.touching(conn, ["tiny"]) == []
        assert transfers.with_references(conn, [one.reference, "ZZ2026-9999-0"]) == [one]
        assert transfers.with_references(conn, []) == []
        assert transfers.targets(conn, "jie") == {"support": ("Income:404", "F02")}
