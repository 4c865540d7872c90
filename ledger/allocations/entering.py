"""Entering what a document promises, and what the giver says and does of it.

One person enters a promise, another confirms it: only then is it expected and may anything be
entered of it. That an amount was released is a fact told by the giver, which who records may note
alone; that one lapsed, and that an event did not happen, needs a second person like a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.allocations import entering_faults as faults
from ledger.allocations.attributing import begin, curve_of
from ledger.allocations.curve import live
from ledger.allocations.expecting import expect, waiting_fen
from ledger.allocations.standing import Standing, known, standing_in
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, refuse_if
from ledger.fundcheck import is_restricted
from ledger.money import Money
from ledger.registry import allocations, claims, entries, oplog, papers
from ledger.registry.allocation_moves import ARRIVED
from ledger.registry.allocations import (
    APPROVED,
    BASIC,
    GENERAL,
    LAPSED,
    PREFIX,
    PROJECT,
    REFUSED,
    RELEASED,
    SPECIAL,
    UNDONE,
    WAITING,
    AllocationRow,
    EventRow,
)
from ledger.tree.words import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Promise:
    """An allocation as its document says it; ``paper`` is the document's digest."""

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
    paper: str | None = None


# ---- promises ----------------------------------------------------------------------------------


def approve(registry: Registry, one: Promise, user: User, now: datetime) -> AllocationRow:
    """Enter what a document promises; it waits until somebody else confirms it.

    Who records for the unit may. Refused for an account or fund that is not open, special money on
    a fund without a restriction, a document that was entered already, days out of order.
    """
    workflow.demand(user, "record", one.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, one.unit)
        return enter_in(conn, [one], user, now)[0]


def enter_in(
    conn: Connection, promises: Sequence[Promise], user: User, now: datetime
) -> list[AllocationRow]:
    """:func:`approve` for several promises of one unit, all or none, in a caller's transaction.

    The caller has checked the maker's right.
    """
    entered: list[AllocationRow] = []
    for one in promises:
        refuse_if(_faults(conn, one))
        begin(conn, one.unit)
        last = claims.last_number(conn, one.unit, f"{PREFIX}{one.year}-")
        row = AllocationRow(
            one.unit, allocations.next_code(conn, one.unit, one.year, last),
            safe_text(one.document), safe_text(one.giver), one.level, one.year, one.nature,
            one.use, safe_text(one.name), one.amount.fen, one.account, one.fund, one.approved,
            one.release_by, one.arrive_by, one.spend_by, user.id,
            now.isoformat(timespec="seconds"), WAITING, one.paper,
        )  # fmt: skip
        allocations.add(conn, row)
        _log(conn, row, "allocation.approve", user, now, one.amount.text)
        entered.append(row)
    return entered


def confirm(
    registry: Registry, unit: str, code: str, user: User, now: datetime, number: int | None = None
) -> Standing:
    """Confirm what waits: the promise, or the event of a number; its money is expected then.

    Who may approve for the unit may, and is not who entered it. Without a number it is the promise,
    or the one event that waits. An undoing counts from the day of its confirmation on.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        if number is None and row.state == WAITING:
            _another(conn, row.user, user)
            _still_good(conn, row)
            allocations.decide(conn, row, APPROVED, user.id, now)
            row = known(conn, unit, code)
            _log(conn, row, "allocation.confirm", user, now, Money(row.fen).text)
        else:
            _confirm_event(conn, row, _one_waiting(conn, row, number), user, now)
        expect(conn, row, now.date())
        return standing_in(conn, unit, code, now.date())


def refuse(
    registry: Registry, unit: str, code: str, reason: str, user: User, now: datetime,
    number: int | None = None,
) -> Standing:  # fmt: skip
    """Refuse what waits, or take one's own entry back: it stays, and counts for nothing."""
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        if number is None and row.state == WAITING:
            _own_or_checker(row.user, user, unit)
            allocations.decide(conn, row, REFUSED, user.id, now)
        else:
            event = _one_waiting(conn, row, number)
            _own_or_checker(event.user, user, unit)
            allocations.decide_event(conn, row, event.number, REFUSED, user.id, now)
        _log(conn, row, "allocation.refuse", user, now, safe_text(reason)[:300])
        return standing_in(conn, unit, code, now.date())


# ---- events ------------------------------------------------------------------------------------


def release(
    registry: Registry, unit: str, code: str, amount: Money, day: date, note: str, user: User,
    now: datetime,
) -> Standing:  # fmt: skip
    """Say that the giver released an amount. Refused beyond what was promised and did not lapse."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = confirmed(conn, unit, code)
        release_in(conn, row, amount, day, note, user, now)
        expect(conn, row, now.date())
        return standing_in(conn, unit, code, now.date())


def release_in(
    conn: Connection, row: AllocationRow, amount: Money, day: date, note: str, user: User,
    now: datetime,
) -> None:  # fmt: skip
    """:func:`release` in a caller's transaction, of a promise that may still wait."""
    events = live(allocations.events(conn, row.unit, row.code), date.max)
    most = row.fen - sum(one.fen for one in events)
    refuse_if(_bad_event(row, amount, most, day, now))
    note = safe_text(note)[:300]
    allocations.add_event(conn, row, RELEASED, day, amount.fen, note, user.id, now)
    _log(conn, row, "allocation.released", user, now, amount.text)


def lapse(
    registry: Registry, unit: str, code: str, amount: Money, day: date, note: str, user: User,
    now: datetime,
) -> Standing:  # fmt: skip
    """Say that an amount will not come any more; it waits for a second person.

    Refused beyond what is outstanding on that day and later, drafts of arrivals that wait included.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = confirmed(conn, unit, code)
        refuse_if(_bad_event(row, amount, _may_lapse(conn, row, day), day, now))
        note = safe_text(note)[:300]
        allocations.add_event(conn, row, LAPSED, day, amount.fen, note, user.id, now, state=WAITING)
        _log(conn, row, "allocation.lapsed", user, now, amount.text)
        return standing_in(conn, unit, code, now.date())


def undo(
    registry: Registry, unit: str, code: str, number: int, user: User, now: datetime
) -> Standing:
    """Take an event back; it waits for a second person. Both stay.

    What waits itself is not undone: it is refused.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        every = allocations.events(conn, unit, code)
        found = {one.number: one for one in live(every, date.max)}
        asked = {one.undoes for one in every if one.state == WAITING}
        if number not in found or number in asked:
            raise Refused(faults.no_event(number))
        allocations.add_event(
            conn, row, UNDONE, now.date(), 0, "", user.id, now, undoes=number, state=WAITING
        )
        _log(conn, row, "allocation.undo", user, now, Money(found[number].fen).text)
        return standing_in(conn, unit, code, now.date())


def _confirm_event(
    conn: Connection, row: AllocationRow, event: EventRow, user: User, now: datetime
) -> None:
    _another(conn, event.user, user)
    day = None
    if event.kind == LAPSED:
        most = _may_lapse(conn, row, event.day)
        if event.fen > most:
            raise Refused(faults.too_much(row, Money(max(0, most))))
    if event.kind == UNDONE:
        day = now.date()  # what was shown until today is not changed by it
    allocations.decide_event(conn, row, event.number, APPROVED, user.id, now, day)
    _log(conn, row, "allocation.confirm", user, now, f"{event.kind} {Money(event.fen).text}")


def _may_lapse(conn: Connection, row: AllocationRow, day: date) -> int:
    """What is outstanding on every day from ``day`` on, less what drafts would let arrive."""
    return curve_of(conn, row).outstanding(day) - waiting_fen(conn, row, ARRIVED)


def _one_waiting(conn: Connection, row: AllocationRow, number: int | None) -> EventRow:
    rows = [e for e in allocations.events(conn, row.unit, row.code) if e.state == WAITING]
    found = [one for one in rows if number in (None, one.number)]
    if len(found) != 1:
        raise Refused(faults.nothing_waits(row, [one.number for one in rows]))
    return found[0]


def confirmed(conn: Connection, unit: str, code: str) -> AllocationRow:
    """The allocation of a code; Refused while it waits, or if it was refused."""
    row = known(conn, unit, code)
    if row.state != APPROVED:
        raise Refused(faults.not_confirmed(row))
    return row


def _another(conn: Connection, maker: str, user: User) -> None:
    workflow.demand_other(
        conn, user, [maker],
        "登记人不能审批自己登记的事项", "nobody confirms what they entered themselves",
    )  # fmt: skip


def _own_or_checker(maker: str, user: User, unit: str) -> None:
    workflow.demand(user, "record" if maker == user.id else "approve", unit)


def _log(
    conn: Connection, row: AllocationRow, action: str, user: User, now: datetime, detail: str
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code, detail=detail
    )


# ---- findings ----------------------------------------------------------------------------------


def _bad_event(
    row: AllocationRow, amount: Money, most: int, day: date, now: datetime
) -> Iterator[Finding]:
    if amount.fen <= 0 or amount.fen > most:
        yield faults.too_much(row, Money(max(0, most)))
    elif day < row.approved or day > now.date():
        yield faults.bad_day(row)


def _still_good(conn: Connection, row: AllocationRow) -> None:
    """Account and fund may have been closed while the promise waited."""
    fund = entries.funds(conn, row.unit, [row.fund]).get(row.fund)
    account = entries.accounts(conn, row.unit, [row.account]).get(row.account)
    if fund is None or fund.closed or account is None or account.closed:
        raise Refused(faults.bad("科目或资金已关闭", "the account or the fund was closed"))


def _faults(conn: Connection, one: Promise) -> Iterator[Finding]:
    fund = entries.funds(conn, one.unit, [one.fund]).get(one.fund)
    account = entries.accounts(conn, one.unit, [one.account]).get(one.account)
    if account is None or account.closed:
        name = one.account[:80]
        yield faults.bad(f"没有可用的科目 {name}", f"there is no open account {name}")
    elif not one.account.startswith("Income:"):
        yield faults.bad("拨款记入收入科目", "an allocation comes in on an account of income")
    if fund is None or fund.closed:
        yield faults.bad(
            f"没有可用的资金 {one.fund[:40]}", f"there is no open fund {one.fund[:40]}"
        )
    elif one.nature == SPECIAL and not is_restricted(fund.restriction):
        yield faults.bad(
            f"专项拨款须记入限定资金，{one.fund} 不是",
            f"special money goes into a restricted fund; {one.fund} is none",
        )
    if one.nature not in (GENERAL, SPECIAL) or one.use not in (BASIC, PROJECT):
        yield faults.bad("性质为 general 或 special，用途为 basic 或 project",
                         "it is general or special, for basic or project use")  # fmt: skip
    if one.level and one.level not in LEVELS:
        yield faults.bad(
            f"层级须为 {'、'.join(LEVELS)} 之一", f"a level is one of {', '.join(LEVELS)}"
        )
    if one.amount.fen <= 0 or not 2000 <= one.year <= 2998:
        yield faults.bad("金额须大于零，年度须为年份",
                         "it has an amount above nothing, and a year")  # fmt: skip
    yield from _texts(one)
    days = [day for day in (one.approved, one.release_by, one.arrive_by, one.spend_by) if day]
    if days != sorted(days):
        yield faults.bad("批准、下达、到账、支出的日期须依次", "its days follow each other")
    if one.paper is not None and papers.find(conn, one.unit, one.paper) is None:
        yield faults.bad("没有这份附件", "there is no such paper")
    for row in allocations.of_document(conn, one.unit, safe_text(one.document)):
        if row.state != REFUSED and row.name == safe_text(one.name):
            yield faults.bad(
                f"此文号与名称已登记：{row.code}",
                f"this document and name were entered already: {row.code}",
            )


def _texts(one: Promise) -> Iterator[Finding]:
    for text, longest, zh, en in (
        (one.document, 60, "文号", "document"), (one.giver, 100, "拨款单位", "giver"),
        (one.name, 120, "名称", "name"),
    ):  # fmt: skip
        if not 0 < len(safe_text(text)) <= longest:
            yield faults.bad(
                f"须写明{zh}，不超过 {longest} 字", f"its {en} is named, in {longest} characters"
            )
