"""What takes two persons takes two persons: one under two logins does nothing for themselves."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from ledger import workflow
from ledger.checklist import waivers
from ledger.errors import NotAllowed, Refused
from ledger.registry import User, logins, members, persons, users
from ledger.registry.waivers import PAPERS
from tests.cli.command import by_user, mingbai
from tests.house import PASSWORD, UNIT, House

LEDGER = Path(__file__).parents[2] / "ledger"


def member(house: House, number: str = "001") -> str:
    """A member of the unit; the person."""
    with house.registry.write() as conn:
        person = persons.add(conn, house.registry.vault, persons.PersonData("欧阳示例"), house.now)
        members.add(conn, person=person, unit=UNIT, number=number, joined=date(2020, 1, 1))
    return person


def twins(house: House, *roles: str) -> list[User]:
    """One person under a login for each role."""
    person = member(house)
    with house.registry.write() as conn:
        return [
            users.add(
                conn, login=f"ouyang{place}", password=PASSWORD, now=house.now, person=person,
                roles=frozenset({(UNIT, role)}),
            )
            for place, role in enumerate(roles)
        ]  # fmt: skip


def test_nobody_checks_their_own_voucher_under_another_login(house: House) -> None:
    maker, checker = twins(house, "treasurer", "checker")
    draft = workflow.propose(house.registry, house.draft(), maker, house.now)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        workflow.approve(house.registry, draft, checker, house.now)
    assert house.approve(draft).number


def test_two_approvals_are_of_two_persons(small_house: House) -> None:
    house = small_house
    one, other = twins(house, "checker", "checker")
    draft = workflow.propose(house.registry, house.draft("20000.00"), house.maker, house.now)
    workflow.approve(house.registry, draft, one, house.now)
    with pytest.raises(Refused, match="approved-already"):
        workflow.approve(house.registry, draft, other, house.now)
    workflow.approve(house.registry, draft, house.checker, house.now)


def test_nobody_confirms_their_own_waiver_under_another_login(small_house: House) -> None:
    house = small_house
    maker, checker = twins(house, "treasurer", "checker")
    number = house.post(house.draft(day=date(2026, 1, 5))).number
    row = waivers.ask(
        house.registry, UNIT, PAPERS, number, maker, house.now, until=date(2026, 3, 31),
        reason="在途",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        waivers.confirm(house.registry, UNIT, row.code, checker, house.now)
    waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)


def test_whoever_asks_for_another_person_asks_who_the_logins_are() -> None:
    """Nowhere are two ids held against each other to tell two persons apart."""
    for path in sorted(LEDGER.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "not_oneself(" in text:
            assert "same_person(" in text, path
        for found in re.findall(r"^ +if .*== user\.id.*:$", text, re.MULTILINE):
            raise AssertionError(f"{path}: {found}")


def test_an_administrator_says_who_a_user_is(small_house: House) -> None:
    house = small_house
    person = member(house)
    folder = house.registry.folder

    def admin(command: str, *words: object) -> int:
        return by_user(folder, "admin", command, *words).status

    assert admin("user member", "--login", "zhou", "--member", f"001@{UNIT}") == 0
    with house.registry.read() as conn:
        assert logins.person_of(conn, house.maker.id) == person
        assert not logins.same_person(conn, house.maker.id, house.checker.id)
        own = members.by_number(conn, UNIT, "001")
    assert own is not None
    assert admin("user member", "--login", "lin", "--member", own.id) == 0
    with house.registry.read() as conn:
        assert logins.same_person(conn, house.maker.id, house.checker.id)
    assert admin("user member", "--login", "lin", "--none") == 0
    with house.registry.read() as conn:
        assert not logins.same_person(conn, house.maker.id, house.checker.id)
    for said in ("002@tiny", "001@nowhere", "m-NOBODY", "欧阳示例"):
        told = by_user(folder, "admin", "user member", "--login", "lin", "--member", said)
        assert (told.status, "no-member" in told.err) == (1, True)
        assert "欧阳" not in told.said
    assert by_user(folder, "zhou", "user member", "--login", "lin", "--none").status == 1


def test_roles_that_exclude_each_other_do_so_over_all_logins_of_a_person(
    small_house: House,
) -> None:
    house = small_house
    member(house)
    folder = house.registry.folder
    assert by_user(
        folder, "admin", "user member", "--login", "zhou", "--member", f"001@{UNIT}"
    ).status == 0  # fmt: skip

    def add(login: str, role: str, *words: object) -> str:
        told = mingbai(
            "user", "add", folder, "--login", login, "--role", f"{role}@{UNIT}", *words,
            "--user", "admin", MINGBAI_PASSWORD=PASSWORD, MINGBAI_NEW_PASSWORD=PASSWORD,
        )  # fmt: skip
        return told.err

    assert "a cashier keeps no ledger" in add("kassa", "cashier", "--member", f"001@{UNIT}")
    assert add("kassa", "cashier") == ""
    told = by_user(folder, "admin", "user member", "--login", "kassa", "--member", f"001@{UNIT}")
    assert told.status == 1 and "出纳不得兼管账目" in told.err
    assert "审计人员不得有资金职责" in add("leser", "auditor", "--member", f"001@{UNIT}")
    assert add("leser", "treasurer", "--member", f"001@{UNIT}") == ""
    told = by_user(folder, "admin", "user roles", "--login", "leser", "--role", f"cashier@{UNIT}")
    assert told.status == 1 and "出纳不得兼管账目" in told.err
