"""What takes two takes two persons: not one under two logins, and nobody is named in a reason."""

from __future__ import annotations

from datetime import date

import pytest

from ledger import reopening
from ledger.errors import NotAllowed, Refused
from ledger.registry import User, members, month_states, oplog, persons, reopenings, users
from ledger.sealing import keys
from tests.house import PASSWORD, UNIT, House
from tests.sealing.months import FEBRUARY, JANUARY, OTHER, reopen, seal


@pytest.fixture
def twice(closed: House) -> tuple[User, User]:
    """One person who has a treasurer's login and a checker's."""
    with closed.registry.write() as conn:
        vault = closed.registry.vault
        person = persons.add(conn, vault, persons.PersonData("欧阳示例"), closed.now)
        members.add(conn, person=person, unit=UNIT, number="001", joined=date(2020, 1, 1))
        one, other = (
            users.add(
                conn, login=login, password=PASSWORD, now=closed.now, person=person,
                roles=frozenset({(UNIT, role)}),
            )
            for login, role in (("ouyang", "treasurer"), ("ouyang2", "checker"))
        )  # fmt: skip
    return one, other


def test_one_person_under_two_logins_opens_no_month(
    closed: House, twice: tuple[User, User]
) -> None:
    one, other = twice
    reopening.ask(closed.registry, UNIT, FEBRUARY, one, closed.now, "漏记")
    for user in (other, closed.maker, closed.reader, closed.administrator, one):
        with pytest.raises(NotAllowed):
            reopening.confirm(closed.registry, UNIT, FEBRUARY, user, closed.now)
    with closed.registry.read() as conn:
        assert month_states.last_closed(conn, UNIT) == "2026-02"
    reopening.confirm(closed.registry, UNIT, FEBRUARY, closed.checker, closed.now)
    with closed.registry.read() as conn:
        assert month_states.last_closed(conn, UNIT) == "2026-01"


def test_one_person_under_two_logins_changes_no_key(
    closed: House, twice: tuple[User, User]
) -> None:
    one, other = twice
    seal(closed, JANUARY)
    keys.ask(closed.registry, UNIT, OTHER.public, one, closed.now, "遗失")
    with pytest.raises(NotAllowed):
        keys.confirm(closed.registry, UNIT, other, closed.now)
    assert keys.confirm(closed.registry, UNIT, closed.checker, closed.now).key == OTHER.public


def test_a_reason_names_no_registered_person(closed: House, twice: tuple[User, User]) -> None:
    seal(closed, JANUARY)
    with pytest.raises(Refused, match="name-in-text") as told:
        reopening.ask(
            closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, "欧阳示例的会费漏记"
        )
    assert "欧阳" not in str(told.value)
    with pytest.raises(Refused, match="name-in-text"):
        keys.ask(closed.registry, UNIT, OTHER.public, closed.maker, closed.now, "欧阳示例已离任")


def test_a_reopening_is_kept_with_both_and_only_the_last_month_is_opened(closed: House) -> None:
    registry, now = closed.registry, closed.now
    with pytest.raises(Refused, match="not-last-closed"):
        reopening.ask(registry, UNIT, JANUARY, closed.maker, now, "漏记")
    with pytest.raises(Refused, match="reopen-not-asked"):
        reopening.confirm(registry, UNIT, FEBRUARY, closed.checker, now)
    for user in (closed.checker, closed.reader, closed.administrator):
        with pytest.raises(NotAllowed):
            reopening.ask(registry, UNIT, FEBRUARY, user, now, "漏记")
    reopen(closed, FEBRUARY)
    with registry.read() as conn:
        (row,) = reopenings.of_unit(conn, UNIT)
        acts = [(a.action, a.user) for a in oplog.entries(conn, UNIT) if "reopen" in a.action]
    assert (row.state, row.maker, row.checker) == (
        "confirmed", closed.maker.id, closed.checker.id,
    )  # fmt: skip
    assert acts == [
        ("reopen.ask", closed.maker.id), ("month.reopen", closed.checker.id),
        ("reopen.confirm", closed.checker.id),
    ]  # fmt: skip
