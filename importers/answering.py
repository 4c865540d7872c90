"""What a person does about what waits: answer, take a suggestion, set aside, dispose.

An answer may be changed until its voucher is posted; a line that was set aside may still be
answered; a parked row stays in sight until somebody says what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from importers import payers
from importers.drafting import OtherSide, draft_of_line
from importers.inbox import Owed
from importers.rule_table import unit_rules
from importers.settling import suggest_other_side
from importers.undoing import said
from importers.verdict import Settled, with_fee, worth
from ledger import settlement, workflow
from ledger.dues.credits import pay_back
from ledger.dues.receiving import Payment, member_numbered, receive
from ledger.entry import meta_of
from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money, total
from ledger.registry import drafts, oplog, staging, statement_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry import Registry, User, Vault


def question(registry: Registry, unit: str, number: int) -> staging.LineRow:
    """A line that may be answered: an open one, or one whose answer may still be changed."""
    with registry.read() as conn:
        return _answerable(conn, registry, unit, number)


def _answerable(conn: Connection, registry: Registry, unit: str, number: int) -> staging.LineRow:
    line = staging.find_line(conn, registry.vault, unit, number) if _fits(number) else None
    if line is None or line.state == staging.UNDONE:
        raise Refused(
            finding(
                "no-question",
                f"没有流水 {number}",
                f"there is no line {number}",
                "用 mingbai inbox 查看待办",
                "see what waits with mingbai inbox",
            )
        )
    if line.state == staging.POSTED:
        raise Refused(
            finding(
                "line-posted",
                f"流水 {number} 已入账",
                f"line {number} is in the book already",
                "要更正请先冲销凭证，冲销后它又是待回答的问题",
                "to correct it, reverse its voucher: then it is a question again",
            )
        )
    return line


def _fits(number: int) -> bool:
    """Whether a number may be a line's: a database counts in 63 bits."""
    return 0 < number < 2**63


def _freed(
    conn: Connection, registry: Registry, unit: str, number: int, user: User, now: datetime
) -> staging.LineRow:
    """The line, with a draft that its maker has waiting for it withdrawn."""
    line = _answerable(conn, registry, unit, number)
    states = drafts.UNDECIDED
    for row in drafts.by_source(conn, unit, f"bank:{line.import_id}", states):
        workflow.withdraw_in(conn, row.id, user, now)
    return _answerable(conn, registry, unit, number)


def answer(
    registry: Registry,
    unit: str,
    number: int,
    sides: Sequence[OtherSide],
    user: User,
    now: datetime,
    *,
    narration: str = "",
    payee: str = "",
    decision: str = "",
    papers: tuple[str, ...] = (),
    day: date | None = None,
) -> str:
    """Draft a line as a person says; the draft's id. The statement itself is its first paper.

    A draft of the same maker that waits for this line is replaced. ``day`` is given where the
    line's own month is closed: it is entered on a later day.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        line = _freed(conn, registry, unit, number, user, now)
        file = statement_files.file_by_number(conn, unit, line.file)
        sides = _grossed_up(conn, registry.vault, line, sides)
        default = "银行收款" if line.fen > 0 else "银行付款"
        draft = draft_of_line(
            line,
            sides,
            narration=narration or default,
            payee=payee,
            meta=meta_of({"decision": decision}),
            day=_day(line, day),
            papers=tuple(dict.fromkeys((*papers, file.digest))) if file else papers,
        )
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        _keep_answer(conn, registry, line, draft, draft_id, user, now, "")
    return draft_id


@dataclass(frozen=True, slots=True)
class OfMember:
    """Who a line is of, where it does not simply pay what is claimed: in part, above, or twice.

    ``codes`` are the claims that the payer named. Of money out they are the credits that are paid
    back.
    """

    number: str
    codes: tuple[str, ...] = ()
    rule: str | None = None
    voluntary: Money | None = None
    up: tuple[str, str] | None = None


def answer_member(
    registry: Registry,
    unit: str,
    number: int,
    whose: OfMember,
    user: User,
    now: datetime,
    *,
    narration: str = "",
    day: date | None = None,
) -> tuple[str, tuple[Finding, ...]]:
    """Draft a line as a member's payment, or as their refund; the draft's id, and warnings.

    What is paid in part divides the claim, what is beyond is the member's credit. Withdrawing the
    draft and reversing its voucher take both back.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        line = _freed(conn, registry, unit, number, user, now)
        file = statement_files.file_by_number(conn, unit, line.file)
        member = member_numbered(conn, unit, whose.number)
        on = _day(line, day)
        if line.fen > 0:
            paid = Payment(
                member.id, worth(line), on, whose.codes, whose.rule, whose.voluntary, whose.up
            )
            received = receive(conn, registry, unit, paid)
            parts, warnings = received.parts, received.warnings
            words = received.narration(Words("会费", "dues"))
        else:
            parts = tuple(pay_back(conn, unit, member.id, -worth(line).fen, whose.codes, on))
            warnings, words = (), "退还多缴会费"
        sides: Sequence[OtherSide] = [
            OtherSide(part.account, part.fund, Money(part.fen, part.currency), part.meta)
            for part in parts
        ]
        sides = _grossed_up(conn, registry.vault, line, sides)
        draft = draft_of_line(
            line, sides, narration=narration or words, day=on,
            papers=(file.digest,) if file else (),
        )  # fmt: skip
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        _keep_answer(conn, registry, line, draft, draft_id, user, now, "")
    return draft_id, warnings


def _grossed_up(
    conn: Connection, vault: Vault, line: staging.LineRow, sides: Sequence[OtherSide]
) -> Sequence[OtherSide]:
    """An answer for the gross of a line with a fee inside: the fee goes as the unit's rule says."""
    if not line.text.gross or total(side.amount for side in sides) != worth(line):
        return sides
    words = Words("按毛额回答", "answered with the gross")
    made = with_fee(
        line, Settled("H", 100, words, tuple(sides), ""), unit_rules(conn, vault, line.unit)
    )
    return made.sides if isinstance(made, Settled) else sides


def accept_suggestion(
    registry: Registry,
    unit: str,
    number: int,
    user: User,
    now: datetime,
    *,
    day: date | None = None,
) -> str:
    """Draft a line as it was suggested, because a person says so; the draft's id.

    Refused if nothing is suggested for it, or what was suggested is not open any more. ``day`` is
    given where the line's own month is closed. Accepting one side of a transfer suggests the other.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        line = _freed(conn, registry, unit, number, user, now)
        said = staging.last_proposal(conn, number)
        found = None
        if said is not None and said.claims and line.state != staging.DRAFTED:
            owed = Owed.of(conn, registry.vault, unit, [line], {number: said})
            found = owed.settles(line, said)
        if found is None:
            raise Refused(_nothing_suggested(number))
        file = statement_files.file_by_number(conn, unit, line.file)
        draft = draft_of_line(
            line,
            found.sides,
            narration=found.narration,
            day=_day(line, day),
            links=found.links,
            papers=(file.digest,) if file else (),
        )
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        _keep_answer(conn, registry, line, draft, draft_id, user, now, "suggested")
    return draft_id


def correct(registry: Registry, draft_id: str, draft: Draft, user: User, now: datetime) -> None:
    """Put a corrected draft in place of one's own; an answer teaches what it says by now."""
    with registry.write() as conn:
        workflow.amend_in(conn, registry, draft_id, draft, user, now)
        payers.learn_again(conn, registry, draft, draft_id)


def _nothing_suggested(number: int) -> Finding:
    return finding(
        "nothing-suggested",
        f"流水 {number} 没有可接受的建议，或所建议的应收已不再待缴",
        f"nothing is suggested for line {number}, or what was is not open any more",
        "用 mingbai inbox 查看，或写明科目回答",
        "see mingbai inbox, or answer with an account",
    )


def _keep_answer(
    conn: Connection,
    registry: Registry,
    line: staging.LineRow,
    draft: Draft,
    draft_id: str,
    user: User,
    now: datetime,
    note: str,
) -> None:
    """What a person said of a line: its claims are being entered, its payer's account is learnt."""
    settled = workflow.claims_of(draft)
    settlement.on_drafted(conn, draft)
    payers.learn(conn, registry.vault, line, settled, draft_id)
    staging.decide(conn, line.id, user=user.id, kind="draft", note=note, draft=draft_id, now=now)
    answered = replace(line, state=staging.DRAFTED)
    suggest_other_side(conn, registry.vault, line.unit, answered, now)


def _day(line: staging.LineRow, day: date | None) -> date:
    if day is None or day >= line.day:
        return day or line.day
    raise Refused(
        finding(
            "day-before-line",
            f"入账日 {day} 早于流水日 {line.day}",
            f"{day} is before the line's own day {line.day}",
            "写流水当日或其后的日期",
            "give the line's day or a later one",
        )
    )


def set_aside(
    registry: Registry, unit: str, number: int, user: User, now: datetime, reason: str
) -> None:
    """Take a line out of the questions without a draft; the reconciliation goes on showing it.

    A draft of the same maker that waits for it is withdrawn.
    """
    workflow.demand(user, "record", unit)
    note = said(reason)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        _freed(conn, registry, unit, number, user, now)
        staging.decide(conn, number, user=user.id, kind="set-aside", note=note, draft=None, now=now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="line.set-aside", object=str(number)
        )


def dispose(
    registry: Registry, unit: str, file: int, row: int, user: User, now: datetime, reason: str
) -> None:
    """Say what became of a parked row; it leaves the inbox, and stays in the registry."""
    workflow.demand(user, "record", unit)
    note = said(reason)
    with registry.write() as conn:
        if not (_fits(file) and 0 < row < 2**31) or not statement_files.dispose(
            conn, unit, file, row, user=user.id, note=note, now=now
        ):
            raise Refused(
                finding(
                    "no-parked-row",
                    f"没有搁置的行 {file}:{row}",
                    f"no parked row {file}:{row} waits",
                    "用 mingbai inbox 查看搁置的行",
                    "see the parked rows with mingbai inbox",
                )
            )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="row.dispose", object=f"{file}:{row}"
        )
