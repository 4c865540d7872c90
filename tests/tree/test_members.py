"""A unit is merged: its members go along under new ids, with what they owe or without."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger import workflow
from ledger.dues import transferring
from ledger.errors import NotAllowed, Refused
from ledger.money import CNY
from ledger.period import Month
from ledger.registry import (
    Registry,
    User,
    claims,
    dues_schemes,
    member_transfers,
    members,
    oplog,
    persons,
    users,
)
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.persons import PersonData
from ledger.tree.changing import close
from ledger.tree.handing_over import HandedOver, Merging, merge
from ledger.tree.moving_members import Moved
from tests.consolidation.tree import DUES, GRANT
from tests.tree.conftest import NOW

DAY, CLOSED = date(2026, 9, 1), date(2026, 9, 2)
DECISION = "示工〔2026〕9号"


class World:
    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        with registry.read() as conn:
            self.admin, self.zhou, self.lin = (
                users.of_login(conn, login) for login in ("admin", "zhou", "lin")
            )

    def member(self, unit: str, number: str, person: str | None = None) -> str:
        with self.registry.write() as conn:
            vault = self.registry.vault
            person = person or persons.add(conn, vault, PersonData(f"示例{unit}{number}"), NOW)
            return members.add(
                conn, person=person, unit=unit, number=number, joined=date(2025, 1, 1)
            )

    def claim(self, member: str, code: str, fen: int, state: str = claims.OPEN) -> None:
        row = claims.ClaimRow(
            "yuan", code, claims.DUES, member, DUES, "F01", "2026-08", fen, CNY, state, None,
            "union-member",
        )  # fmt: skip
        with self.registry.write() as conn:
            claims.add_many(conn, [row])

    def merge(self) -> HandedOver:
        one = Merging("yuan", "xue", DAY, DECISION, {}, members=True)
        return merge(self.registry, one, self.zhou, NOW)

    def approve(self, done: HandedOver) -> None:
        for draft in (done.closing, done.opening):
            workflow.approve(self.registry, draft, self.lin, NOW)

    def close(self, user: User | None = None, what: str = "along") -> Moved:
        by = user or self.admin
        return close(self.registry, "yuan", CLOSED, DECISION, by, NOW, open_claims=what)

    def of(self, unit: str) -> dict[str, str]:
        with self.registry.read() as conn:
            return {row.number: row.state for row in members.all_members(conn, unit)}


@pytest.fixture
def world(with_people: Path, tmp_path: Path) -> Iterator[World]:
    registry = Registry.open(shutil.copytree(with_people, tmp_path / "federation"))
    yield World(registry)
    registry.close()


def test_members_go_along_with_what_they_owe_and_are_traced(world: World) -> None:
    world.member("xue", "001")
    first, second = world.member("yuan", "001"), world.member("yuan", "002")
    world.claim(first, "HY2026-0001-7", 2000)
    world.claim(second, "HY2026-0002-5", 1000, claims.PAID)
    done = world.merge()
    assert done.members == 2
    assert world.of("yuan") == {"001": "active", "002": "active"}  # nothing moves before it closes
    world.approve(done)
    assert world.close() == Moved(2, 1)
    assert world.of("yuan") == {"001": "transferred", "002": "transferred"}
    # Whose number was taken there has the old unit's name before it.
    assert world.of("xue") == {"001": "active", "yuan-001": "active", "002": "active"}
    with world.registry.read() as conn:
        (trace,) = member_transfers.of_member(conn, first)
        assert trace.new_member and trace.new_member != first
        assert (trace.user, trace.answered_by) == (world.zhou.id, world.admin.id)
        assert trace.paid_through == "2026-08"
        (row,) = claims.of_member(conn, "xue", trace.new_member)
        assert (row.fen, row.account, row.fund, row.state) == (2000, GRANT, "F02", claims.OPEN)
        assert {one.state for one in claims.of_member(conn, "yuan", first)} == {claims.VOID}
        assert {one.state for one in claims.of_member(conn, "yuan", second)} == {claims.PAID}
        acts = [act.action for act in oplog.entries(conn, "yuan", date(2026, 9, 1), CLOSED)]
        acts += [act.action for act in oplog.entries(conn, "yuan", CLOSED, date(2026, 9, 9))]
    assert {"member.transfer-ask", "member.transfer-accept", "unit.members"} <= {*acts}


def test_what_is_owed_is_the_same_before_and_after(world: World) -> None:
    amounts = {"001": 1, "002": 2_000, "003": 333}
    for place, (number, fen) in enumerate(amounts.items(), start=1):
        world.claim(world.member("yuan", number), f"HY2026-000{place}-X", fen)
    world.approve(world.merge())
    assert world.close() == Moved(3, 3)
    with world.registry.read() as conn:
        open_there = claims.in_state(conn, "xue", claims.OPEN)
        assert not claims.in_state(conn, "yuan", claims.OPEN)
    assert sum(row.fen for row in open_there if row.kind == claims.DUES) == sum(amounts.values())
    assert len({row.code for row in open_there}) == len(open_there)


def test_claims_stay_by_decision(world: World) -> None:
    first = world.member("yuan", "001")
    world.claim(first, "HY2026-0001-7", 2000)
    world.approve(world.merge())
    assert world.close(what="stay") == Moved(1, 0)
    with world.registry.read() as conn:
        (row,) = claims.of_member(conn, "yuan", first)
    assert row.state == claims.OPEN


def test_claims_that_nobody_would_collect_hold_the_closing_up(world: World) -> None:
    first = world.member("yuan", "001")
    world.claim(first, "HY2026-0001-7", 2000)
    with world.registry.write() as conn:
        dues_schemes.put(conn, SchemeRow("xue", "party", GRANT, "F02", "DF"), user="u", now=NOW)
        claim = claims.ClaimRow(
            "yuan", "TF2026-0001-3", claims.DUES, first, DUES, "F01", "2026-08", 5, CNY,
            claims.OPEN, None, "league",
        )  # fmt: skip
        claims.add_many(conn, [claim])
    world.approve(world.merge())
    with pytest.raises(Refused, match="no-scheme"):
        world.close()
    assert world.of("yuan") == {"001": "active"}  # all of it or nothing
    assert world.close(what="stay") == Moved(1, 0)


def test_who_proposed_the_merger_moves_nobody(world: World) -> None:
    world.member("yuan", "001")
    world.approve(world.merge())
    with pytest.raises(NotAllowed):
        world.close(world.zhou)
    assert world.of("yuan") == {"001": "active"}


def test_a_member_of_both_units_and_a_transfer_that_waits_hold_a_merger_up(world: World) -> None:
    first = world.member("yuan", "001")
    with world.registry.read() as conn:
        row = members.find(conn, first)
    assert row is not None
    world.member("xue", "009", row.person)
    with pytest.raises(Refused, match="member-twice"):
        world.merge()
    with world.registry.write() as conn:
        members.set_state(conn, first, members.LEFT, date(2026, 8, 1))
    second = world.member("yuan", "002")
    with world.registry.read() as conn:
        other = members.find(conn, second)
    assert other is not None
    paid = Month(2026, 8)
    transferring.ask(world.registry, other, "xian", DAY, paid, "信", world.zhou, NOW)
    with pytest.raises(Refused, match="transfers-wait"):
        world.merge()
    assert not workflow.waiting(world.registry, "yuan")  # nothing is half proposed
