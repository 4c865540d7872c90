"""What a checker is told of a batch, and whether rules let it be approved: judged anew each time.

Two units may have entered aid for one person before either was approved: whoever comes second is
told, or refused where a rule says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.aid.limits import Earlier, Planned, judge, span
from ledger.aid.marks import sealed_under
from ledger.aid.recipients import recipients_of
from ledger.aid.terms import Terms, terms
from ledger.errors import CannotRun, Finding, NotAllowed, finding
from ledger.registry import aid, member_merges, persons, same_persons
from ledger.registry.aid import Stood
from ledger.registry.persons import PersonData
from ledger.registry.vault import unseal_with
from ledger.seeing import may_know

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User, Vault


@dataclass(frozen=True)
class Named:
    """Who a payment went to, for those who may know it; ``data`` is None for one who is erased."""

    person: str
    member: str
    data: PersonData | None
    account: str


def judged(
    conn: Connection, vault: Vault, unit: str, known: Terms,
    planned: Sequence[tuple[Planned, tuple[str, ...]]], user: User | None, but: str = "",
) -> list[Finding]:  # fmt: skip
    """What rules say of payments with the ids of who they are for; not of the batch ``but``.

    ``user`` is who is told: of another unit's payments only what they may browse.
    """
    if not planned:
        return []
    ids = {one for _, alike in planned for one in alike}
    digests = recipients_of(conn, vault, sorted(ids))
    first, last = span(known, planned[0][0].day)
    every = {digest for found in digests.values() for digest in found}
    paid: dict[str, list[Stood]] = {}
    for old in aid.of_recipients(conn, every, first, last):
        if (old.row.unit, old.row.batch) != (unit, but):
            paid.setdefault(old.row.recipient, []).append(old)
    earlier: dict[str, list[Earlier]] = {}
    for one, alike in planned:
        mine = {digest for id in alike for digest in digests[id]}
        found = sorted(
            (old for digest in mine for old in paid.get(digest, ())),
            key=lambda old: (old.row.day, old.row.unit, old.row.code),
        )
        earlier[one.person] = [_earlier(old, unit, user) for old in found]
    return judge(known, [one for one, _ in planned], earlier)


def _earlier(old: Stood, unit: str, user: User | None) -> Earlier:
    row = old.row
    told = user is not None and user.may("browse", row.unit)
    return Earlier(
        row.unit == unit, row.unit if told else "", row.code, row.kind, row.reason, row.day, row.fen
    )


def of_batch(registry: Registry, conn: Connection, unit: str, batch: str, user: User | None) -> (
    list[Finding]
):  # fmt: skip
    """What rules say of a batch as it was entered; its rows count from 1."""
    rows = aid.of_batch(conn, unit, batch)
    if not rows:
        raise no_batch(batch)
    known = terms(registry, conn, unit, rows[0].day)
    merged = member_merges.persons(conn)
    ids = [_who(registry.vault, row)[0] for row in rows]
    people = [merged.get(one, one) for one in ids]
    data = persons.read_many(conn, registry.vault, set(people))
    whole = [data.get(one, PersonData("")) for one in people]
    same = same_persons.same_as(conn, registry.vault, whole)
    planned = [
        (Planned(line, person, row.kind, row.reason, row.fen, row.day),
         tuple(sorted({person, *alike})))
        for line, (row, person, alike) in enumerate(zip(rows, people, same, strict=True), start=1)
    ]  # fmt: skip
    found = judged(conn, registry.vault, unit, known, planned, user, batch)
    return [*found, known.missing_told] if known.missing_told is not None else found


def names(registry: Registry, conn: Connection, rows: Sequence[aid.AidRow]) -> list[Named]:
    """Who these payments are for. Who calls has asked whether the reader may know, and logs it."""
    vault = registry.vault
    who = [_who(vault, row) for row in rows]
    ids = {person for person, _ in who}
    data, keys = persons.read_many(conn, vault, ids), persons.keys_of(conn, vault, ids)
    found = []
    for row, (person, member) in zip(rows, who, strict=True):
        key = keys.get(person)
        account = ""
        if key is not None:
            context = sealed_under(row.unit, row.code)
            account = json.loads(unseal_with(key, row.said, context=context))
        found.append(Named(person, member, data.get(person), account))
    return found


def demand_names(user: User, unit: str) -> None:
    """Raise NotAllowed unless the user may know whom the unit aided."""
    if not may_know(user, unit):
        raise NotAllowed(
            finding(
                "not-allowed",
                f"用户 {user.id} 不能查看单位 {unit} 的受助人",
                f"user {user.id} may not see whom unit {unit} aided",
                "受助人只给登记人与审核人看", "only who records or checks aid may see them",
            )
        )  # fmt: skip


def _who(vault: Vault, row: aid.AidRow) -> tuple[str, str]:
    person, member = json.loads(vault.unseal(row.who, context=sealed_under(row.unit, row.code)))
    return person, member


def no_batch(batch: str) -> CannotRun:
    return CannotRun(
        finding(
            "no-aid", f"没有帮扶批次 {batch[:24]}", f"there is no batch of aid {batch[:24]}",
            "用 mingbai aid list 查看", "see mingbai aid list",
        )
    )  # fmt: skip
