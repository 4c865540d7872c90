"""Waivers: what is not there when a month is closed, until when it comes, and that two know of it.

One person asks with a reason, another one confirms. A waiver of papers ends by the paper; one that
runs out refuses every later closing. What was counted, or confirmed by a bank, is entered the same
way, with its paper, and has to be what the book says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.account import account_code
from ledger.canonical_reader import parse_voucher
from ledger.checklist.balances import is_cash
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding
from ledger.period import Month
from ledger.registry import (
    closing_rules,
    entries,
    imports,
    month_states,
    oplog,
    papers,
    persons,
    waivers,
)
from ledger.registry.waivers import ASKED, BANK, COUNT, ENDED, PAPERS, WaiverRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.money import Money
    from ledger.registry import Registry, User

#: A waiver lasts at most so many days from the day on which it is asked.
LONGEST: Final = 366


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that somebody hands in: its bytes and its name."""

    data: bytes
    name: str


def ask(
    registry: Registry, unit: str, kind: str, subject: str, user: User, now: datetime, *,
    until: date, reason: str, month: Month | None = None,
) -> WaiverRow:  # fmt: skip
    """Ask that something may be outstanding until a day; another person confirms it.

    ``subject`` is the number of a voucher without a paper, a money account (with its ``month``), or
    a transfer's reference. Refused for a day that is past or more than a year ahead.
    """
    workflow.demand(user, "record", unit)
    if not 0 <= (until - now.date()).days <= LONGEST:
        raise Refused(_bad_until(until))
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        why = _reason(conn, registry, reason)
        if kind == PAPERS:
            of = _of_voucher(conn, unit, subject)
        elif kind == BANK:
            subject = _account(conn, registry, unit, subject)
            of = str(month)
        else:
            of = str(month or Month.of(now.date()))
            subject = safe_text(subject)[:120]
        if not subject:
            raise Refused(_no_subject())
        _refuse_twice(conn, unit, kind, subject, of)
        code = waivers.next_code(conn, unit, now.year)
        at = now.isoformat(timespec="seconds")
        row = WaiverRow(unit, code, kind, subject, of, until, None, why, "", user.id, at)
        waivers.add(conn, row)
        _log(conn, row, user, now, "ask", until.isoformat())
    return row


def count(
    registry: Registry, unit: str, account: str, month: Month, amount: Money, user: User,
    now: datetime, *, paper: Paper, reason: str,
) -> WaiverRow:  # fmt: skip
    """Enter what was counted, or what a bank confirmed, at the end of ``month``; with its paper.

    It proves the account once another person confirmed it. Whoever handles cash may enter it.
    """
    if not user.may("handle-cash", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        why = _reason(conn, registry, reason)
        name = _account(conn, registry, unit, account, cash=True)
        _refuse_twice(conn, unit, COUNT, name, str(month))
        digest = papers.store_in(
            conn, registry, unit, paper.data, paper.name, user=user.id, now=now
        )
        code = waivers.next_code(conn, unit, now.year)
        at = now.isoformat(timespec="seconds")
        row = WaiverRow(
            unit, code, COUNT, name, str(month), None, amount.fen, why, digest, user.id, at
        )
        waivers.add(conn, row)
        _log(conn, row, user, now, "count", amount.text)
    return row


def confirm(registry: Registry, unit: str, code: str, user: User, now: datetime) -> WaiverRow:
    """Confirm what another person asked for or counted."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _find(conn, unit, code)
        workflow.demand_other(
            conn, user, [row.maker],
            "申请暂缓或登记盘点的人不能自己确认",
            "nobody confirms a waiver or a count of their own",
        )  # fmt: skip
        if row.state != ASKED or (row.until is not None and row.until < now.date()):
            raise Refused(_nothing_to_do(code))
        waivers.confirm(conn, unit, code, user.id, now)
        _log(conn, row, user, now, "confirm", "")
        return _find(conn, unit, code)


def end(
    registry: Registry, unit: str, code: str, user: User, now: datetime, *,
    paper: Paper | None = None, note: str = "",
) -> WaiverRow:  # fmt: skip
    """End a waiver: papers by the paper that came, others with a note.

    What nobody confirmed yet is taken back, by who asked or by who might have confirmed it.
    """
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _find(conn, unit, code)
        if row.state == ENDED:
            raise Refused(_nothing_to_do(code))
        said = safe_text(note)[:300]
        if said:
            said = _reason(conn, registry, said)
        if row.state != ASKED and row.kind == PAPERS and paper is None:
            raise Refused(_needs_paper(row))
        if paper is None and not said:
            raise Refused(_no_reason())
        digest = ""
        if paper is not None:
            workflow.demand(user, "record", unit)
            digest = papers.store_in(
                conn, registry, unit, paper.data, paper.name, user=user.id, now=now
            )
        waivers.end(conn, unit, code, user.id, now, digest, said)
        _log(conn, row, user, now, "end", digest or said)
        return _find(conn, unit, code)


def set_rule(
    registry: Registry, unit: str, key: str, user: User, now: datetime, *, day: date,
    required: bool, reason: str,
) -> None:  # fmt: skip
    """Say what is required before a month is closed, from ``day`` on, and why.

    Only who administers does: those who close months do not choose what they are asked. Months that
    are closed are not asked again; refused for a day in one of them.
    """
    workflow.demand(user, "administer", "*")
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        why = _reason(conn, registry, reason)
        last = month_states.last_closed(conn, unit)
        if key not in closing_rules.KEYS or (last and day < Month.parse(last).next().first):
            raise Refused(_bad_rule(last))
        closing_rules.add(
            conn, unit, key, day, required=required, reason=why, user=user.id, now=now
        )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="closing.rule", object=key,
            detail=f"{day} {'required' if required else 'optional'}",
        )  # fmt: skip


# ---- inside ------------------------------------------------------------------------------------


def _of_voucher(conn: Connection, unit: str, number: str) -> str:
    """The month of a voucher that lacks a paper."""
    row = entries.by_number(conn, unit, number)
    if row is None:
        raise Refused(
            finding(
                "no-voucher",
                f"单位 {unit} 没有凭证 {number[:40]}",
                f"unit {unit} has no voucher {number[:40]}",
                "用 mingbai report … journal 查凭证号",
                "look the number up with mingbai report … journal",
            )
        )
    if parse_voucher(row.text.decode()).draft.papers:
        raise Refused(
            finding(
                "has-paper",
                f"凭证 {number} 已有附件，无须暂缓",
                f"voucher {number} has a paper: there is nothing to waive",
                "用 mingbai show 查看附件",
                "see it with mingbai show",
            )
        )
    return str(Month.of(row.day))


def _account(
    conn: Connection, registry: Registry, unit: str, said: str, *, cash: bool = False
) -> str:
    """A money account by its name or code: one with statements, or cash where that is counted."""
    names = {row.account for row in imports.accounts(conn, registry.vault, unit)}
    if cash:
        names |= {name for name in entries.accounts(conn, unit) if is_cash(name)}
    found = [name for name in sorted(names) if said in (name, account_code(name))]
    if len(found) != 1:
        raise Refused(
            finding(
                "no-money-account",
                f"{said[:60]} 不是登记了对账单的账户或库存现金",
                f"{said[:60]} is no account with statements, and no cash",
                "写科目全名或代码；mingbai account 登记账户",
                "write its name or code; register accounts with mingbai account",
            )
        )
    return found[0]


def _find(conn: Connection, unit: str, code: str) -> WaiverRow:
    row = waivers.find(conn, unit, code)
    if row is None:
        raise Refused(_nothing_to_do(code))
    return row


def _refuse_twice(conn: Connection, unit: str, kind: str, subject: str, month: str) -> None:
    for row in waivers.of_kinds(conn, unit, (kind,)):
        if row.subject == subject and row.month == month and row.state == ASKED:
            raise Refused(
                finding(
                    "waiver-asked",
                    f"{row.code} 已为此申请，待另一人确认",
                    f"{row.code} asks for this already and waits for another person",
                    "请另一人确认，或先撤回",
                    "have it confirmed, or take it back first",
                )
            )


def _reason(conn: Connection, registry: Registry, text: str) -> str:
    said = safe_text(text)[:300]
    if not said:
        raise Refused(_no_reason())
    if persons.names_in(conn, registry.vault, said):
        raise Refused(
            finding(
                "name-in-reason",
                "原因中有已登记人员的姓名",
                "the reason holds the name of a registered person",
                "以编号等代码代替姓名",
                "write the person's id instead",
            )
        )
    return said


def _log(
    conn: Connection, row: WaiverRow, user: User, now: datetime, act: str, detail: str
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=f"waiver.{act}", object=row.code,
        detail=f"{row.kind} {row.subject} {detail}".strip()[:200],
    )  # fmt: skip


def _no_reason() -> Finding:
    return finding(
        "no-reason", "须写明原因", "a reason is needed", "用 --reason 或 --note 写明",
        "give --reason or --note",
    )  # fmt: skip


def _no_subject() -> Finding:
    return finding(
        "no-subject", "须写明暂缓什么", "say what is waived", "给出调拨编号",
        "give the transfer's reference",
    )  # fmt: skip


def _bad_until(until: date) -> Finding:
    return finding(
        "bad-until",
        f"暂缓的期限 {until} 已过，或超过一年",
        f"the waiver's last day {until} is past, or more than a year ahead",
        "写今后一年以内的日期",
        "give a day within the year to come",
    )


def _nothing_to_do(code: str) -> Finding:
    return finding(
        "no-waiver",
        f"没有可办理的 {code[:24]}，或已过期、已了结",
        f"there is no {code[:24]} to deal with, or it ran out or ended",
        "用 mingbai waiver list 查看",
        "see mingbai waiver list",
    )


def _needs_paper(row: WaiverRow) -> Finding:
    return finding(
        "needs-paper",
        f"{row.code} 待补的是凭证 {row.subject} 的附件，须附上才能了结",
        f"{row.code} waits for the paper of voucher {row.subject}; it ends with that",
        "加 --paper FILE；不会再有附件的，冲销该凭证",
        "give --paper FILE; where none will come, reverse the voucher",
    )


def _bad_rule(last: str | None) -> Finding:
    keys = "、".join(closing_rules.KEYS)
    return finding(
        "bad-rule",
        f"结账要求为 {keys} 之一，日期在已结账的月份（{last or '无'}）之后",
        f"what is required is one of {', '.join(closing_rules.KEYS)}, from a day after the last "
        f"closed month ({last or 'none'})",
        "核对名称与日期",
        "check name and day",
    )
