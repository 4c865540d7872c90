"""Dues by list: what members owe for a month, and what an employer withheld of it under one code.

The employer pays one sum and sends a list. Entering the list puts the members' open claims of the
month under the list's code, so that the one deposit settles each of them. The list's total has to
be what it claims to be; a member without an open claim of that amount is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from importers import listing
from importers.listing import ListEntered, Target
from importers.lists import read_list
from importers.templates import DUES_LIST
from ledger import workflow
from ledger.errors import Finding, finding, refuse_if
from ledger.money import Money, total
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import claims, members, oplog

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from importers.lists import FilledIn
    from ledger.registry import Registry, User

__all__ = ["OWED", "WITHHELD", "ListEntered", "Owed", "enter_list", "enter_owed"]

WITHHELD: Final = DUES_LIST.asking("number", "amount", facts=("month",))
#: The simplest list: a member's number and what they owe.
OWED: Final = DUES_LIST.asking("number", "due", sum_of="due")


def enter_list(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime
) -> ListEntered:
    """Put a payroll list's claims under its code; Refused with every finding if a row is wrong.

    A list without a code is given the next one.
    """
    workflow.demand(user, "record", unit)
    read = read_list(data, name, WITHHELD)
    refuse_if(listing.too_long(len(read.rows), name))
    month = read.month("month")
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        before = listing.entered_before(conn, registry, unit, data, DUES_LIST.name)
        if before is not None and not read.fact("code"):
            return before
        code = read.fact("code") or listing.next_code(conn, registry, unit, "DK", month.year)
        refuse_if(listing.being_paid(claims.of_list(conn, unit, code), code, name))
        codes = _claims_of(conn, unit, read, code, month, name)
        claims.set_list(conn, unit, codes, code)
        payer = read.fact("unit")
        listing.keep(conn, registry, unit, code, DUES_LIST.name, data, name, payer, user, now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="payroll.enter", object=code,
            detail=f"{len(codes)} members",
        )  # fmt: skip
    return ListEntered(code, str(month), len(codes), read.total)


def _claims_of(
    conn: Connection, unit: str, read: FilledIn, code: str, month: Month, name: str
) -> list[str]:
    """The claim of each row; Refused with every row that has none, or several."""
    known = members.by_numbers(conn, unit, {row.text("number") for row in read.rows})
    owed: dict[str, list[claims.ClaimRow]] = {}
    for row in claims.of_members(conn, unit, {member.id for member in known.values()}):
        if row.month == str(month) and row.member is not None:
            owed.setdefault(row.member, []).append(row)
    found: list[Finding] = []
    codes: list[str] = []
    for listed in read.rows:
        number, amount = listed.text("number"), listed.money("amount")
        member = known.get(number)
        due = [
            row
            for row in (owed.get(member.id, []) if member is not None else [])
            if row.state == claims.OPEN
            and row.fen == amount.fen
            and row.currency == amount.currency
            and row.list_code in (None, code)
        ]
        if len(due) == 1:
            codes.append(due[0].code)
        else:
            found.append(_no_claim(name, listed.line, number, amount, month, len(due)))
    refuse_if(found)
    return codes


def _no_claim(
    name: str, place: int, number: str, amount: Money, month: Month, count: int
) -> Finding:
    who = number[:20]
    return finding(
        "payroll-claim",
        f"会员 {who} 在 {month} 有 {count} 笔 {amount.grouped} 的未缴应收"
        if count
        else f"会员 {who} 没有 {month} 的 {amount.grouped} 未缴应收",
        f"member {who} has {count} open claims of {amount.grouped} in {month}"
        if count
        else f"member {who} has no open claim of {amount.grouped} in {month}",
        "核对编号、金额与月份；此清单未登记",
        "check number, amount and month; nothing of this list was entered",
        file=name,
        line=place,
    )


# ---- what is owed ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """The claims that a list made: member's number, code and amount of each."""

    claims: tuple[tuple[str, str, Money], ...]

    @property
    def amount(self) -> Money:
        return total(amount for _, _, amount in self.claims)


def enter_owed(
    registry: Registry,
    unit: str,
    month: Month,
    data: bytes,
    name: str,
    to: Target,
    user: User,
    now: datetime,
) -> Owed:
    """A claim of each member of a list for the month; Refused with every row that is wrong.

    The list is our template for dues, or any table of 会员编号 and 应缴.
    """
    workflow.demand(user, "record", unit)
    read = read_list(data, name, OWED)
    stated = read.facts.get("month")
    if stated is not None and stated != month:
        refuse_if([_other_month(name, stated, month)])
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        refuse_if(listing.unknown(conn, unit, [to]))
        known = members.by_numbers(conn, unit, {row.text("number") for row in read.rows})
        owing = {
            claim.member
            for claim in claims.of_members(conn, unit, {one.id for one in known.values()})
            if claim.month == str(month)
            and claim.account == to.account
            and claim.state != claims.VOID
        }
        last = claims.last_number(conn, unit, f"HY{month.year}-")
        fresh: list[claims.ClaimRow] = []
        told: list[tuple[str, str, Money]] = []
        faults: list[Finding] = []
        for row in read.rows:
            number, amount = row.text("number"), row.money("due")
            member = known.get(number)
            if member is None:
                zh, en = "没有这名会员", "there is no such member"
            elif member.id in owing:
                zh, en = "此月已登记", "the month was entered already"
            else:
                code = make_code("HY", month.year, last + 1 + len(fresh))
                fresh.append(
                    claims.ClaimRow(
                        unit, code, "dues", member.id, to.account, to.fund, str(month),
                        amount.fen, amount.currency, claims.OPEN, None,
                    )
                )  # fmt: skip
                told.append((number, code, amount))
                continue
            faults.append(_bad_row(name, row.line, zh, en))
        refuse_if(faults)
        claims.add_many(conn, fresh)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="claims.add", object=str(month),
            detail=f"{len(fresh)} claims",
        )  # fmt: skip
    return Owed(tuple(told))


def _bad_row(file: str, row: int, zh: str, en: str) -> Finding:
    return finding(
        "dues-row", zh, en, "改正此行；名单要么全收，要么不收",
        "correct this row; the list is taken whole or not at all", file=file, line=row,
    )  # fmt: skip


def _other_month(file: str, stated: object, month: Month) -> Finding:
    return finding(
        "dues-month",
        f"清单是 {stated} 的，要登记的是 {month}",
        f"the list is of {stated}, and {month} is to be entered",
        "核对月份",
        "check the month",
        file=file,
    )
