"""Entering an allocation and what happens to it; money comes and goes by drafts as always.

A promise is entered once, from its document. A claim of its code waits in the book, so that the
bank's line finds it; what comes in parts is entered with :func:`arrive`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.allocations.standing import ALLOCATION, Standing, stands
from ledger.draft_text import draft_from_json
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.fundcheck import is_restricted
from ledger.money import CNY, Money
from ledger.registry import allocations, claims, drafts, entries, oplog
from ledger.registry.allocations import (
    BASIC,
    GENERAL,
    LAPSED,
    PREFIX,
    PROJECT,
    RELEASED,
    SPECIAL,
    UNDONE,
    AllocationRow,
)
from ledger.tree.changing import LEVELS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

CLAIM_KIND = "allotment"


@dataclass(frozen=True, slots=True)
class Promise:
    """An allocation as its document says it."""

    unit: str
    document: str
    giver: str
    level: str
    year: int
    nature: str
    use: str
    name: str
    amount: Money
    account: str
    fund: str
    approved: date
    release_by: date | None = None
    arrive_by: date | None = None
    spend_by: date | None = None


def approve(registry: Registry, one: Promise, user: User, now: datetime) -> AllocationRow:
    """Enter what a document promises. Who records for the unit may.

    Refused for an account or fund that is not open, special money on a fund without a restriction,
    a document that was entered already, days out of order.
    """
    workflow.demand(user, "record", one.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, one.unit)
        refuse_if(_faults(conn, one))
        last = claims.last_number(conn, one.unit, f"{PREFIX}{one.year}-")
        row = AllocationRow(
            one.unit, allocations.next_code(conn, one.unit, one.year, last),
            safe_text(one.document), safe_text(one.giver), one.level, one.year, one.nature,
            one.use, safe_text(one.name), one.amount.fen, one.account, one.fund, one.approved,
            one.release_by, one.arrive_by, one.spend_by, user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        allocations.add(conn, row)
        claims.add_many(
            conn,
            [
                claims.ClaimRow(
                    row.unit, row.code, CLAIM_KIND, None, row.account, row.fund,
                    f"{row.year:04d}-{row.approved.month:02d}", row.fen, CNY, claims.OPEN, None,
                    due=row.arrive_by,
                )
            ],
        )  # fmt: skip
        _log(conn, row, "allocation.approve", user, now, one.amount)
    return row


def release(
    registry: Registry, unit: str, code: str, amount: Money, day: date, note: str, user: User,
    now: datetime,
) -> Standing:  # fmt: skip
    """Say that the giver released an amount. Refused beyond what was promised."""
    return _event(registry, unit, code, RELEASED, amount, day, note, user, now)


def lapse(
    registry: Registry, unit: str, code: str, amount: Money, day: date, note: str, user: User,
    now: datetime,
) -> Standing:  # fmt: skip
    """Say that an amount will not come any more. Refused beyond what is outstanding."""
    return _event(registry, unit, code, LAPSED, amount, day, note, user, now)


def undo(
    registry: Registry, unit: str, code: str, number: int, user: User, now: datetime
) -> Standing:
    """Take an event back: both stay, and it counts no more."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _known(conn, unit, code)
        found = {one.number: one for one in allocations.events(conn, unit, code)}
        gone = {one.undoes for one in found.values()}
        if number not in found or number in gone or found[number].kind == UNDONE:
            raise Refused(
                finding(
                    "no-event", f"没有可撤销的第 {number} 项", f"there is no event {number}",
                    "用 mingbai allocation show 查看", "see them with mingbai allocation show",
                )
            )  # fmt: skip
        allocations.add_event(conn, row, UNDONE, now.date(), 0, "", user.id, now, undoes=number)
        claim = claims.find(conn, unit, code)
        lapsed = [
            one
            for one in allocations.events(conn, unit, code)
            if one.kind == LAPSED and one.number not in {*gone, number}
        ]
        if found[number].kind == LAPSED and not lapsed and claim is not None:
            before = standing(registry, unit, code, now.date())
            if claim.state == claims.VOID and not before.arrived:
                claims.set_state(conn, unit, [code], claims.OPEN)  # the whole is expected again
        _log(conn, row, "allocation.undo", user, now, Money(found[number].fen))
    return standing(registry, unit, code, now.date())


def _event(
    registry: Registry, unit: str, code: str, kind: str, amount: Money, day: date, note: str,
    user: User, now: datetime,
) -> Standing:  # fmt: skip
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _known(conn, unit, code)
        before = standing(registry, unit, code, now.date())
        released = sum(one.fen for one in before.events if one.kind == RELEASED)
        most = before.outstanding_fen if kind == LAPSED else row.fen - released
        if amount.fen <= 0 or amount.fen > most:
            raise Refused(_too_much(row, Money(most)))
        if day < row.approved or day > now.date():
            raise Refused(_bad_day(row))
        allocations.add_event(conn, row, kind, day, amount.fen, safe_text(note)[:300], user.id, now)
        if kind == LAPSED:
            _free_claim(conn, row, day)  # the whole will not come in one any more
        _log(conn, row, f"allocation.{kind}", user, now, amount)
    return standing(registry, unit, code, now.date())


def arrive(
    registry: Registry, unit: str, code: str, amount: Money, money: str, day: date, user: User,
    now: datetime,
) -> str:  # fmt: skip
    """Propose the draft of what arrived, the whole or a part; its id.

    Refused beyond what is outstanding.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _known(conn, unit, code)
        before = standing(registry, unit, code, now.date())
        most = before.outstanding_fen - _waiting(conn, row, "arrive")
        if amount.fen <= 0 or amount.fen > most:
            raise Refused(_too_much(row, Money(most)))
        claim = claims.find(conn, unit, code)
        whole = claim is not None and claim.state == claims.OPEN and claim.fen == amount.fen
        if not whole:
            _free_claim(conn, row, now.date())  # what comes in parts is entered in parts
        said = meta_of({ALLOCATION: code, "claim": code if whole else None})
        lines = (
            Posting(money, amount, row.fund),
            Posting(row.account, -amount, row.fund, said),
        )
        source = f"allocation:arrive:{code}:{day}:{amount.text}:{before.arrived_fen}"
        draft = build_draft(
            unit=unit, day=day, kind=voucher_class(lines), postings=lines, source=source,
            narration=safe_text(f"{row.name} 到账 {row.document}"),
        )  # fmt: skip
        return workflow.propose_in(conn, registry, draft, user.id, now)


def give_back(
    registry: Registry, unit: str, code: str, amount: Money, money: str, day: date,
    decision: str, user: User, now: datetime,
) -> str:  # fmt: skip
    """Propose the draft of what goes back to the giver; its id.

    Refused beyond what is held, and without the decision or document that asks for it.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _known(conn, unit, code)
        before = standing(registry, unit, code, now.date())
        most = before.held_fen - _waiting(conn, row, "return")
        if amount.fen <= 0 or amount.fen > most:
            raise Refused(_too_much(row, Money(most)))
        if not safe_text(decision):
            raise Refused(
                finding(
                    "no-decision", "退回须写明依据文号", "a return names the paper it rests on",
                    "用 --decision 写明", "give --decision",
                )
            )  # fmt: skip
        said = meta_of({ALLOCATION: code, "decision": safe_text(decision)})
        lines = (Posting(row.account, amount, row.fund, said), Posting(money, -amount, row.fund))
        source = f"allocation:return:{code}:{day}:{amount.text}:{before.returned_fen}"
        draft = build_draft(
            unit=unit, day=day, kind=voucher_class(lines), postings=lines, source=source,
            narration=safe_text(f"{row.name} 退回 {row.document}"),
        )  # fmt: skip
        return workflow.propose_in(conn, registry, draft, user.id, now)


def standing(registry: Registry, unit: str, code: str, on: date) -> Standing:
    """One allocation as of a day; CannotRun if there is none of that code."""
    for one in stands(registry, unit, on):
        if one.row.code == code:
            return one
    raise _none(code)


def _known(conn: Connection, unit: str, code: str) -> AllocationRow:
    row = allocations.find(conn, unit, code)
    if row is None:
        raise _none(code)
    return row


def _waiting(conn: Connection, row: AllocationRow, what: str) -> int:
    """What drafts that wait, or were returned, would enter of an allocation, in fen."""
    states = drafts.UNDECIDED
    return sum(
        abs(posting.amount.fen)
        for one in drafts.in_states(conn, row.unit, states)
        if one.source.startswith(f"allocation:{what}:{row.code}:")
        for posting in draft_from_json(one.payload).postings
        if posting.account == row.account
    )


def _free_claim(conn: Connection, row: AllocationRow, day: date) -> None:
    claim = claims.find(conn, row.unit, row.code)
    if claim is not None and claim.state == claims.OPEN:
        claims.void(conn, row.unit, [row.code], day)


def _log(
    conn: Connection, row: AllocationRow, action: str, user: User, now: datetime, amount: Money
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code,
        detail=amount.text,
    )  # fmt: skip


# ---- findings ----------------------------------------------------------------------------------


def _faults(conn: Connection, one: Promise) -> Iterator[Finding]:
    fund = entries.funds(conn, one.unit, [one.fund]).get(one.fund)
    if one.account not in entries.accounts(conn, one.unit, [one.account]):
        yield _bad(f"没有科目 {one.account[:80]}", f"there is no account {one.account[:80]}")
    elif not one.account.startswith("Income:"):
        yield _bad("拨款记入收入科目", "an allocation comes in on an account of income")
    if fund is None:
        yield _bad(f"没有资金 {one.fund[:40]}", f"there is no fund {one.fund[:40]}")
    elif one.nature == SPECIAL and not is_restricted(fund.restriction):
        yield _bad(
            f"专项拨款须记入限定资金，{one.fund} 不是",
            f"special money goes into a restricted fund; {one.fund} is none",
        )
    if one.nature not in (GENERAL, SPECIAL) or one.use not in (BASIC, PROJECT):
        yield _bad("性质为 general 或 special，用途为 basic 或 project",
                   "it is general or special, for basic or project use")  # fmt: skip
    if one.level and one.level not in LEVELS:
        yield _bad(f"层级须为 {'、'.join(LEVELS)} 之一", f"a level is one of {', '.join(LEVELS)}")
    if one.amount.fen <= 0 or not 2000 <= one.year <= 2998:
        yield _bad("金额须大于零，年度须为年份", "it has an amount above nothing, and a year")
    for text, zh, en in (
        (one.document, "文号", "document"), (one.giver, "拨款单位", "giver"),
        (one.name, "名称", "name"),
    ):  # fmt: skip
        if not safe_text(text):
            yield _bad(f"须写明{zh}", f"its {en} is named")
    days = [day for day in (one.approved, one.release_by, one.arrive_by, one.spend_by) if day]
    if days != sorted(days):
        yield _bad("批准、下达、到账、支出的日期须依次", "its days follow each other")
    document = safe_text(one.document)
    for row in allocations.of_unit(conn, one.unit, one.year):
        if (row.document, row.name) == (document, safe_text(one.name)):
            yield _bad(f"此文号与名称已登记：{row.code}",
                       f"this document and name were entered already: {row.code}")  # fmt: skip


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-allocation", zh, en, "改正后重试", "correct it and try again")


def _none(code: str) -> CannotRun:
    return CannotRun(
        finding(
            "no-allocation", f"没有拨款 {code[:24]}", f"there is no allocation {code[:24]}",
            "用 mingbai allocation list 查看", "see mingbai allocation list",
        )
    )  # fmt: skip


def _too_much(row: AllocationRow, most: Money) -> Finding:
    return finding(
        "too-much", f"拨款 {row.code}：金额须大于零，至多 {most.grouped}",
        f"allocation {row.code}: an amount above nothing, at most {most.grouped}",
        "核对金额", "check the amount",
    )  # fmt: skip


def _bad_day(row: AllocationRow) -> Finding:
    return finding(
        "bad-day", f"日期须在 {row.approved} 之后，不晚于今天",
        f"the day is after {row.approved} and no later than today",
        "核对日期", "check the day",
    )  # fmt: skip
