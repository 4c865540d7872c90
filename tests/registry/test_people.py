"""Persons are sealed, users act in roles, sessions end: nothing of it can be read off the disk."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.registry import Vault, ids, members, persons, sessions, users
from ledger.registry.persons import PersonData
from ledger.registry.schema import person_key
from tests.house import PASSWORD, UNIT, House

ROOT = Path(__file__).parents[2]

PERSON = PersonData(
    "欧阳例子", phone="13800000000", identity="110101199001010000", accounts=("6222",)
)


def test_a_person_is_found_by_what_is_known_and_read_back(house: House) -> None:
    vault = house.registry.vault
    with house.registry.write() as conn:
        person = persons.add(conn, vault, PERSON, house.now)
        assert persons.find(conn, vault, "name", "欧阳 例子") == [person]
        assert persons.find(conn, vault, "phone", "１３８００００００００") == [person]
        assert persons.find(conn, vault, "account", "6222") == [person]
        assert persons.find(conn, vault, "name", "欧阳") == []
        assert persons.read(conn, vault, person) == PERSON


def test_erasing_a_person_leaves_an_id_and_nothing_else(house: House) -> None:
    vault = house.registry.vault
    with house.registry.write() as conn:
        person = persons.add(conn, vault, PERSON, house.now)
        member = members.add(conn, person=person, unit=UNIT, number="0001", joined=date(2026, 1, 1))
        persons.erase(conn, person)
        assert persons.read(conn, vault, person) is None
        assert persons.find(conn, vault, "name", PERSON.name) == []
        assert members.by_number(conn, UNIT, "0001") is not None
        assert member.startswith("m-")


def test_nothing_of_a_person_stands_in_the_database_file(small_house: House) -> None:
    with small_house.registry.write() as conn:
        persons.add(conn, small_house.registry.vault, PERSON, small_house.now)
    folder = small_house.registry.folder
    data = b"".join(path.read_bytes() for path in folder.glob("registry.db*"))
    for text in (PERSON.name, PERSON.phone, PERSON.identity):
        assert text.encode() not in data
        assert text.encode("utf-16-le") not in data


def test_an_erased_persons_key_is_overwritten_on_disk(small_house: House) -> None:
    """A key that could be read back from a free page, or from the log, was not erased."""
    registry = small_house.registry
    with registry.write() as conn:
        person = persons.add(conn, registry.vault, PERSON, small_house.now)
        wrapped = conn.execute(select(person_key.c.wrapped)).scalar_one()
    files = list(registry.folder.glob("registry.db*"))
    assert any(wrapped in path.read_bytes() for path in files)
    with registry.write() as conn:
        persons.erase(conn, person)
    registry.wipe()
    for path in registry.folder.glob("registry.db*"):
        assert wrapped not in path.read_bytes(), path.name


def test_wiping_works_on_both_databases(house: House) -> None:
    house.registry.wipe()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三月欧阳例子会费", True),
        ("欧阳例子", True),
        ("付 欧阳例子 差旅", True),
        ("阿依古丽·买买提 补助", True),
        ("paid to Anna Example today", True),
        ("欧阳例孑", False),
        ("三月会费", False),
        ("", False),
    ],
)
def test_a_full_name_inside_a_text_is_seen(house: House, text: str, found: bool) -> None:
    vault = house.registry.vault
    with house.registry.write() as conn:
        for name in (PERSON.name, "阿依古丽·买买提", "Anna Example"):
            persons.add(conn, vault, PersonData(name), house.now)
        assert persons.names_in(conn, vault, text) is found


def test_a_name_never_gets_into_a_book(house: House) -> None:
    with house.registry.write() as conn:
        persons.add(conn, house.registry.vault, PERSON, house.now)
    with pytest.raises(Refused, match="name-in-book") as caught:
        house.post(house.draft(narration="收欧阳例子会费"))
    assert PERSON.name not in str(caught.value)


def test_sealed_bytes_open_only_where_they_were_sealed(house: House) -> None:
    vault = house.registry.vault
    sealed = vault.seal("密".encode(), context="a")
    assert vault.unseal(sealed, context="a") == "密".encode()
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for broken, context in ((sealed, "b"), (altered, "a"), (b"", "a"), (b"x" * 12, "a")):
        with pytest.raises(CannotRun, match="sealed"):
            vault.unseal(broken, context=context)
    with pytest.raises(CannotRun, match="sealed"):
        Vault(b"0" * 32).unseal(sealed, context="a")
    assert vault.seal(b"x", context="a") != vault.seal(b"x", context="a")


def test_ids_are_random_and_readable() -> None:
    found = {ids.new("m") for _ in range(1000)}
    assert len(found) == 1000
    assert all(len(one) == 12 and not set(one[2:]) & set("ILOU") for one in found)


def test_a_password_costs_what_it_should(tmp_path: Path) -> None:
    """In a process of its own, where no test has made passwords quick."""
    code = "from ledger.registry.users import _hasher; print(_hasher().hash('x'))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    cost = re.search(r"\$argon2id\$v=19\$m=([0-9]+),t=([0-9]+),", told.stdout)
    assert cost is not None
    assert int(cost[1]) >= 19 * 1024 and int(cost[2]) >= 2  # OWASP's least for Argon2id


# ---- users -------------------------------------------------------------------------------------


def test_a_password_lets_in_and_a_wrong_one_does_not(house: House) -> None:
    assert users.authenticate(house.registry, "zhou", PASSWORD, house.now) == house.maker
    for login, password in (("zhou", "wrong"), ("nobody", PASSWORD), ("zhou", "")):
        with pytest.raises(NotAllowed, match="wrong-login"):
            users.authenticate(house.registry, login, password, house.now)


def test_five_failures_lock_a_login_for_a_while(house: House) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed):
            users.authenticate(house.registry, "zhou", "wrong", house.now)
    with pytest.raises(NotAllowed):
        users.authenticate(house.registry, "zhou", PASSWORD, house.later(minutes=14))
    assert users.authenticate(house.registry, "zhou", PASSWORD, house.later(minutes=16))


@pytest.mark.parametrize(
    "roles",
    [
        {("tiny", "cashier"), ("tiny", "treasurer")},
        {("tiny", "cashier"), ("*", "checker")},
        {("*", "cashier"), ("tiny", "accountant")},
        {("*", "administrator"), ("tiny", "treasurer")},
        {("*", "administrator"), ("tiny", "cashier")},
        {("*", "auditor"), ("tiny", "treasurer")},
        {("tiny", "auditor"), ("tiny", "checker")},
        {("*", "king")},
        set(),
    ],
)
def test_roles_that_exclude_each_other_are_refused(
    house: House, roles: set[tuple[str, str]]
) -> None:
    with house.registry.write() as conn, pytest.raises(Refused, match="bad-user"):
        users.add(conn, login="new", password="long enough", roles=frozenset(roles), now=house.now)


@pytest.mark.parametrize(
    ("login", "password"), [("zhou", "long enough"), ("Bad Login", "long enough"), ("new", "short")]
)
def test_bad_logins_and_passwords_are_refused(house: House, login: str, password: str) -> None:
    with house.registry.write() as conn, pytest.raises(Refused, match="bad-user"):
        users.add(
            conn,
            login=login,
            password=password,
            roles=frozenset({("*", "auditor")}),
            now=house.now,
        )


def test_rights_follow_roles_and_units(house: House) -> None:
    assert house.maker.may("record", UNIT)
    assert not house.maker.may("record", "other")
    assert not house.maker.may("approve", UNIT)
    assert house.reader.may("browse", "any")
    assert not house.reader.may("record", UNIT)
    assert house.reader.may("audit", UNIT)
    assert not house.maker.may("audit", UNIT)
    assert not house.administrator.may("browse", UNIT)
    assert not house.administrator.may("approve", UNIT)


def test_a_session_ends_by_itself_and_by_closing(house: House) -> None:
    with house.registry.write() as conn:
        token = sessions.open(conn, house.maker, "web", house.now)
        assert sessions.user(conn, token, house.now) == house.maker
        assert sessions.user(conn, token + "x", house.now) is None
        assert sessions.user(conn, token, house.now + timedelta(hours=9)) is None
        sessions.close(conn, token)
        assert sessions.user(conn, token, house.now) is None


def test_member_numbers_are_given_once_in_a_unit(house: House) -> None:
    with house.registry.write() as conn:
        person = persons.add(conn, house.registry.vault, PERSON, house.now)
        members.add(conn, person=person, unit=UNIT, number="7", joined=date(2026, 1, 1))
        with pytest.raises(Refused, match="member-number"):
            members.add(conn, person=person, unit=UNIT, number="7", joined=date(2026, 1, 1))
        found = members.of_person(conn, UNIT, person)
        assert found is not None and found.number == "7"
        assert [row.number for row in members.all_members(conn, UNIT)] == ["7"]
        with pytest.raises(Refused, match="no-name"):
            persons.add(conn, house.registry.vault, PersonData("  "), house.now)
