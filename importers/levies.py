"""Levies by list: the payrolls that employers declared, and what a tax office collected of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from importers import listing
from importers.lists import read_list
from importers.templates import LEVY_DECLARATION, UNION_FEE_LIST
from ledger import workflow
from ledger.dues.levy_coming import Announced, Coming, announce_in
from ledger.dues.levying import Declaration, Desk, register_in
from ledger.errors import refuse_if
from ledger.registry import claims, employers
from ledger.registry.levies import TAX

if TYPE_CHECKING:
    from importers.list_values import ListRow
    from importers.lists import FilledIn
    from ledger.registry import Registry, User
    from ledger.registry.employers import EmployerRow

#: What an employer says of its union in the list.
FOUNDED = "已建会"


def declare_list(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime
) -> list[Declaration]:
    """The payrolls of a list, all or none; employers that are new are registered with it."""
    workflow.demand(user, "record", unit)
    read = read_list(data, name, LEVY_DECLARATION)
    refuse_if(listing.too_long(len(read.rows), name))
    month = read.month("month")
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        desk = Desk(conn, registry, unit, user, now)
        done = [
            desk.declare(
                _employer(desk, row, month.first), month, row.money("payroll"), f"清单 {name}"
            )
            for row in read.rows
        ]
        desk.log("levy.declare", str(month), f"{len(done)} payrolls by list")
    return done


def announce_tax(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime
) -> Announced:
    """What a tax office collected, employer by employer, for its one deposit: claims in shares.

    The same bytes again change nothing.
    """
    workflow.demand(user, "record", unit)
    read = read_list(data, name, UNION_FEE_LIST)
    refuse_if(listing.too_long(2 * len(read.rows), name))
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        before = listing.entered_before(conn, registry, unit, data, UNION_FEE_LIST.name)
        if before is not None:
            codes = [row.code for row in claims.of_list(conn, unit, before.code)]
            return Announced(before.code, TAX, before.amount, tuple(codes))
        done = announce_in(
            Desk(conn, registry, unit, user, now), read.month("month"), _by_employer(read), TAX,
            read.fact("code"), register=True,
        )  # fmt: skip
        payer = read.fact("payer")
        listing.keep(
            conn, registry, unit, done.code, UNION_FEE_LIST.name, data, name, payer, user, now
        )
    return done


def _by_employer(read: FilledIn) -> list[Coming]:
    """One entry for each employer: several tax receipts of one month are one levy."""
    found: dict[str, Coming] = {}
    for row in read.rows:
        key = row.text("credit_code") or row.text("employer")
        before = found.get(key)
        amount = row.money("amount")
        found[key] = Coming(
            row.text("employer"), amount if before is None else before.amount + amount,
            row.money("payroll"), row.text("credit_code"),
        )  # fmt: skip
    return list(found.values())


def _employer(desk: Desk, row: ListRow, since: date) -> EmployerRow:
    for word in (row.text("credit_code"), row.text("employer")):
        found = employers.called(desk.conn, desk.registry.vault, desk.unit, word) if word else None
        if found is not None:
            return found
    union = since if row.text("union") in ("", FOUNDED) else None
    return register_in(desk, row.text("employer"), row.text("credit_code"), union)
