"""The demonstration's facts, from ``books/tiny``: the unit, its users, accounts, funds, members."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import CannotRun, finding
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.registry import User, closing_rules, entries, imports, members, persons, users

if TYPE_CHECKING:
    from ledger.registry import Registry

#: From when on the unit's months are closed with papers, money and transfers proven.
STRICT_FROM: Final = date(2026, 3, 1)
FOLDER: Final = Path(__file__).resolve().parents[3] / "books" / "tiny"


@dataclass(frozen=True, slots=True)
class Member:
    """One line of ``members.csv``; all of them are invented."""

    id: str
    number: str
    name: str
    joined: date
    monthly_base: Money
    pays_by: str


@dataclass(frozen=True)
class Facts:
    """``unit.toml`` and ``members.csv``."""

    unit: dict[str, Any]
    members: tuple[Member, ...]

    @property
    def id(self) -> str:
        return str(self.unit["unit"]["id"])

    @property
    def opened(self) -> date:
        day: date = self.unit["unit"]["opened"]
        return day


def read_facts(folder: Path = FOLDER) -> Facts:
    """The facts in ``folder``; CannotRun if it is not there."""
    try:
        unit = tomllib.loads((folder / "unit.toml").read_text(encoding="utf-8"))
        with (folder / "members.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError as fault:
        raise CannotRun(
            finding(
                "no-demo",
                "找不到演示资料 books/tiny",
                "the demonstration's start, books/tiny, is not here",
                "在源码目录中运行 make demo",
                "run make demo in a checkout of the source",
            )
        ) from fault
    return Facts(
        unit,
        tuple(
            Member(
                row["id"],
                row["number"],
                row["name"],
                date.fromisoformat(row["joined"]),
                yuan(row["monthly_base"]),
                row["pays_by"],
            )
            for row in rows
        ),
    )


def found(registry: Registry, facts: Facts, now: datetime) -> None:
    """Found the unit's book with its accounts and funds."""
    unit = facts.unit["unit"]
    found_unit(
        registry,
        Founding(
            unit=unit["id"],
            name=unit["name"],
            name_en=unit["name_en"],
            chart=unit["chart"],
            opened=unit["opened"],
            limit=yuan(unit["limit"]),
        ),
        now,
    )
    with open_pen(registry, facts.id, now) as pen:
        open_accounts(
            pen,
            [
                entries.AccountRow(row["name"], row["name_en"], "CNY", False, facts.opened, None)
                for row in facts.unit["account"]
            ],
        )
        for row in facts.unit["fund"]:
            declare_fund(
                pen,
                entries.FundRow(
                    row["code"], row["name"], row["name_en"], row["restriction"], row["source"],
                    facts.opened, None,
                ),
            )  # fmt: skip


def register(registry: Registry, facts: Facts, now: datetime) -> dict[str, User]:
    """Register users, members and money accounts; the users by login."""
    vault = registry.vault
    with registry.write() as conn:
        known = {
            row["login"]: users.add(
                conn,
                login=row["login"],
                password=row["password"],
                roles=frozenset(_role(text) for text in row["roles"]),
                now=now,
                id=row["id"],
            )
            for row in facts.unit["user"]
        }
        for one in facts.members:
            person = persons.add(conn, vault, persons.PersonData(one.name), now)
            members.add(
                conn, person=person, unit=facts.id, number=one.number, joined=one.joined, id=one.id
            )
        for row in facts.unit["account"]:
            if "kind" in row:
                imports.add_account(
                    conn,
                    vault,
                    imports.MoneyAccount(
                        facts.id, row["name"], row["kind"], row["name_en"], row["number"],
                        row["fund"],
                    ),
                )  # fmt: skip
        # January and February were taken over from a book without papers; from here on they count.
        for key in closing_rules.FROM_THE_FIRST:
            closing_rules.add(
                conn, facts.id, key, STRICT_FROM, required=True, reason="接管后按规定",
                user=known["admin"].id, now=now,
            )  # fmt: skip
    return known


def _role(text: str) -> tuple[str, str]:
    role, _, unit = text.partition("@")
    return unit, role
