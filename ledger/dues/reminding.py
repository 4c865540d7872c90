"""Reminders of dues that are late: whom to remind, of what, and by which code they pay.

They are printed or handed to somebody who sends them; the program sends nothing. Nobody is reminded
who asked not to be, and by text message nobody whose phone is not known. Who was reminded, of how
much and when, is kept.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.dues.arrears import arrears_on
from ledger.dues.dossier import dossier_from_json
from ledger.money import Money
from ledger.registry import (
    claims,
    dues_schemes,
    member_facts,
    members,
    oplog,
    persons,
    reminders,
    units,
)
from ledger.registry.claims import DUES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.dues.arrears import Unpaid
    from ledger.dues.dossier import Consent
    from ledger.registry import Registry, User

#: A member who consented to this wants no reminders; one who took ``REMINDERS`` back neither.
NO_REMINDERS: Final = "no-reminders"
REMINDERS: Final = "reminders"
#: Characters with which a spreadsheet would begin a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Reminder:
    """One member's: what is late of which months, and the code of the oldest to pay by."""

    member: str
    number: str
    name: str
    phone: str
    fen: int
    months: tuple[Unpaid, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Reminding:
    """Whom to remind; who asked not to be, and whom nobody can reach, by number."""

    unit: str
    unit_name: str
    on: date
    reminders: tuple[Reminder, ...]
    opted_out: tuple[str, ...]
    unreachable: tuple[str, ...]


def remind(
    registry: Registry,
    unit: str,
    on: date,
    how: str,
    user: User,
    now: datetime,
    numbers: Iterable[str] = (),
) -> Reminding:
    """Whom to remind of what is late on a day; the act is kept, because it reads names and phones.

    ``how`` is a letter or a text message; with ``numbers`` only those members are looked at.
    Raises: NotAllowed without the right to record.
    """
    workflow.demand(user, "record", unit)
    found = arrears_on(registry, unit, on)
    wanted = set(numbers)
    late = [row for row in found.rows if row.overdue > 0 and (not wanted or row.number in wanted)]
    with registry.write() as conn:
        ids = {row.member for row in late}
        out = _opted_out(conn, registry, unit, ids, on)
        who = members.with_ids(conn, ids - out)
        known = persons.read_many(conn, registry.vault, {row.person for row in who.values()})
        codes = _codes(conn, unit, ids - out)
        made: list[Reminder] = []
        lost: list[str] = []
        for row in late:
            if row.member in out:
                continue
            data = known.get(who[row.member].person) if row.member in who else None
            if data is None or (how == reminders.SMS and not data.phone):
                lost.append(row.number)
                continue
            months = tuple(one for one in row.months if one.late > 0)
            fen = sum(one.fen for one in months)
            code = codes.get(row.member, "")
            made.append(Reminder(row.member, row.number, data.name, data.phone, fen, months, code))
        amounts = {one.member: one.fen for one in made}
        reminders.add_many(conn, unit, how, amounts, user=user.id, day=on, now=now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="dues.remind", object=how,
            detail=f"{on} {len(made)} members",
        )  # fmt: skip
        name = units.find(conn, unit).name
    opted = tuple(sorted(row.number for row in late if row.member in out))
    return Reminding(unit, name, on, tuple(made), opted, tuple(lost))


def _opted_out(
    conn: Connection, registry: Registry, unit: str, ids: set[str], on: date
) -> set[str]:
    """Those who said that they want no reminders, for any of their dues."""
    keys = persons.keys_of_members(conn, registry.vault, ids)
    out = set()
    for scheme in dues_schemes.of_unit(conn, unit):
        for member, text in member_facts.of_unit(conn, keys, unit, scheme.rule).items():
            if wants_none(dossier_from_json(member, text).consents, on):
                out.add(member)
    return out & ids


def wants_none(consents: Iterable[Consent], on: date) -> bool:
    """Whether a member asked not to be reminded, or took their consent to it back."""
    said = [one for one in consents if one.what in (NO_REMINDERS, REMINDERS) and one.since <= on]
    if any(one.what == NO_REMINDERS and one.holds_on(on) for one in said):
        return True
    agreed = [one for one in said if one.what == REMINDERS]
    return bool(agreed) and not any(one.holds_on(on) for one in agreed)


def _codes(conn: Connection, unit: str, ids: set[str]) -> dict[str, str]:
    """The code of each member's oldest open claim."""
    found: dict[str, str] = {}
    for row in claims.of_members(conn, unit, ids):
        if row.kind == DUES and row.state == claims.OPEN and row.member is not None:
            found.setdefault(row.member, row.code)
    return found


def sms_csv(found: Reminding) -> bytes:
    """Number, phone, amount and code of each, for whoever sends text messages; with a BOM for
    spreadsheets, and without cells that one would take for a formula."""
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(("会员编号", "手机号", "金额", "缴费码"))
    for one in found.reminders:
        out.writerow(_safe((one.number, one.phone, Money(one.fen).text, one.code)))
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _safe(cells: Iterable[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
