"""Binding a fund to the uses that a rule permits.

The directive stands in ``funds.bean`` with every permitted use and its article: a rule file that
changes later changes nothing of what a book says. A fund is bound for good; a later version of the
same rule takes the place of the earlier one from its own day on.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import canonical, usecheck, workflow
from ledger.bound_funds import FILE, bindings
from ledger.canonical_reader import parse_voucher
from ledger.chart import load_chart
from ledger.errors import Finding, finding, refuse_if
from ledger.journal import Pen, open_pen
from ledger.period import Month
from ledger.registry import entries, month_states, oplog, units
from ledger.rules.rulebook import load
from ledger.rules.spending_tables import UseTable
from ledger.rules.table import Place
from ledger.usecheck import Binding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


def bind(
    registry: Registry, unit: str, fund: str, rule: str, user: User, now: datetime, since: date
) -> Binding:
    """Bind a fund by the uses of ``rule`` in force on ``since``.

    Refused if no such table is in force, if another rule binds the fund, or if the book has
    vouchers from that day on that the rule does not permit.
    """
    workflow.demand(user, "close", unit)
    with open_pen(registry, unit, now) as pen:
        return bind_in(pen, registry, fund, rule, user, since)


def bind_in(pen: Pen, registry: Registry, fund: str, rule: str, user: User, since: date) -> Binding:
    """:func:`bind` while the caller holds the unit's pen, and has asked for the right."""
    conn, unit = pen.conn, pen.unit
    row = entries.funds(conn, unit, [fund]).get(fund)
    facts = units.find(conn, unit)
    table = load(registry.folder, unit)[0].in_force(UseTable, rule, since, Place.of(facts))
    known = bindings(conn, unit)
    bound = _of_table(fund, table, since, facts.chart)
    refuse_if(_faults(conn, unit, row, bound, [one for one in known if one.fund == fund]))
    refuse_if(_breaches(conn, unit, bound, known))
    text = canonical.uses_text(
        since.isoformat(), fund, rule, bound.table, bound.source, bound.uses, bound.accounts
    )
    pen.directives("uses", text, file=FILE, day=since, key=f"uses:{fund}:{since}:{len(known)}")
    oplog.record(
        conn, at=pen.now, user=user.id, unit=unit, action="fund.bind", object=fund,
        detail=f"{bound.table} from {since}",
    )  # fmt: skip
    return bound


def _of_table(fund: str, table: UseTable, since: date, chart: str) -> Binding:
    uses = {use.id: f"{use.name.zh} {use.article}".strip()[:300] for use in table.uses}
    prefix = f"{table.head.rule}/"
    accounts = {
        account.code: account.use.removeprefix(prefix)
        for account in load_chart(chart).accounts
        if account.use.startswith(prefix)
    }
    head = table.head
    return Binding(fund, since, head.rule, head.key, head.source[:300], uses, accounts)


def _faults(
    conn: Connection, unit: str, row: entries.FundRow | None, bound: Binding, before: list[Binding]
) -> Iterator[Finding]:
    closed = month_states.last_closed(conn, unit)
    if row is None:
        what = ("没有这一资金", "there is no such fund")
    elif bound.since < row.opened or (row.closed is not None and bound.since >= row.closed):
        what = ("资金在该日未设立或已撤销", "the fund is not open on that day")
    elif any(one.rule != bound.rule for one in before):
        what = (f"已受 {before[0].rule} 约束", f"{before[0].rule} binds it already")
    elif any(one.since >= bound.since for one in before):
        what = ("该日或其后已有约束", "it is bound from that day on, or later, already")
    elif closed is not None and str(Month.of(bound.since)) <= closed:
        what = ("该月已结账", "that month is closed")
    else:
        return
    yield finding(
        "bad-binding", f"资金 {bound.fund[:40]}：{what[0]}", f"fund {bound.fund[:40]}: {what[1]}",
        "核对资金、规则与日期", "check fund, rule and day",
    )  # fmt: skip


def _breaches(
    conn: Connection, unit: str, bound: Binding, known: list[Binding]
) -> Iterator[Finding]:
    """Vouchers from the day on that the rule does not permit; reversed ones cancel out."""
    capital = {name for name, row in entries.accounts(conn, unit).items() if row.capital}
    drafts = {
        voucher.number: voucher.draft
        for text in entries.texts_naming(conn, unit, f'fund: "{bound.fund}"')
        if (voucher := parse_voucher(text.decode())).draft.day >= bound.since
    }
    gone = {draft.reverses for draft in drafts.values()}
    opened = units.find(conn, unit).opened
    for number, draft in drafts.items():
        if draft.reverses or number in gone:
            continue
        wrong = usecheck.use_findings(
            usecheck.spend_lines(draft), [*known, bound], draft.day, capital,
            opening="opening" in draft.tags and draft.day == opened,
        )  # fmt: skip
        if wrong:
            yield finding(
                "binding-breached",
                f"凭证 {number} 不合所要约束的用途：{wrong[0].what.zh}",
                f"voucher {number} is not as the rule permits: {wrong[0].what.en}",
                "先冲销更正，或从更晚的日期起约束",
                "reverse and correct it first, or bind the fund from a later day on",
            )
