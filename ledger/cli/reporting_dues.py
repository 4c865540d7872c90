"""The reports that name persons: a roll for members, and a member's own statement and receipt.

They take the right to record, and that they were read is logged before anything is drawn.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.period import Period
    from ledger.registry import Registry, User
    from ledger.registry.members import MemberRow
    from reports.statements.member_dues import Payment

STATEMENT: Final = "member-dues"
RECEIPT: Final = "dues-receipt"
ROLL: Final = "dues-roll"
#: The reports that are of one member.
OWN: Final = (STATEMENT, RECEIPT)


def is_personal(options: argparse.Namespace) -> bool:
    """Whether the report that is asked for names anybody."""
    return options.name in OWN or (options.name == ROLL and options.audience == "members")


def draw(options: argparse.Namespace, period: Period, found: list[Finding]) -> bytes:
    """The report's bytes; Refused where the reader may not see it."""
    from ledger import clock, workflow

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        if options.name == ROLL:
            _log(registry, user, unit, now, f"{ROLL} {period}", "with names")
            return _roll(registry, options, period, found)
        member = _member(registry, options)
        _log(registry, user, unit, now, member.id, f"{options.name} {period}")
        if options.name == RECEIPT:
            return _receipt(registry, options, member, period, found)
        return _statement(registry, options, member, period, found)


def _log(
    registry: Registry, user: User, unit: str, now: datetime, object: str, detail: str
) -> None:
    from ledger.registry import oplog

    with registry.write() as conn:
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="dues.read", object=object, detail=detail
        )


def _member(registry: Registry, options: argparse.Namespace) -> MemberRow:
    from ledger.dues.explaining import member_called

    if not options.member:
        raise Refused(
            finding(
                "no-member-named",
                f"{options.name} 是一名会员的，须写明是谁",
                f"{options.name} is of one member",
                "加 --member m-… 或会员编号",
                "add --member m-… or the member's number",
            )
        )
    member = member_called(registry, options.member, options.unit)
    if member.unit != options.unit:
        # Whose member it is stays with that unit.
        raise Refused(
            finding(
                "no-member",
                "没有这名会员",
                "there is no such member",
                "核对单位与会员代号",
                "check the unit and the member's id",
            )
        )
    return member


def _roll(
    registry: Registry, options: argparse.Namespace, period: Period, found: list[Finding]
) -> bytes:
    from reports.dues_source import named_source
    from reports.render import render
    from reports.statements.dues_roll import build_named

    statement = build_named(named_source(registry, options.unit, period), period)
    return render(statement, options.format, findings=found)


def _statement(
    registry: Registry,
    options: argparse.Namespace,
    member: MemberRow,
    period: Period,
    found: list[Finding],
) -> bytes:
    from reports.member_source import member_source
    from reports.render import render
    from reports.statements.member_dues import build

    source, file = member_source(registry, member, period)
    return render(build(source, file, period), options.format, findings=found)


def _receipt(
    registry: Registry,
    options: argparse.Namespace,
    member: MemberRow,
    period: Period,
    found: list[Finding],
) -> bytes:
    from ledger.period import Month
    from reports.member_source import member_source
    from reports.pdf.receipt import MOST, Receipt, draw_receipt
    from reports.statements.dues_rows import rule_words

    source, file = member_source(registry, member, period)
    paid = file.paid_in(period)
    _refuse_unfit(options, paid, MOST)
    rules = {claim.rule for claim in source.dues.claims} if source.dues else set()
    what = rule_words(rules.pop() if len(rules) == 1 else "")
    receipt = Receipt(
        source.unit, source.facts.name, str(period), member.id, member.number, file.name, what,
        paid, source.model.digest(Month.of(period.last)),
    )  # fmt: skip
    return draw_receipt(receipt, found)


def _refuse_unfit(options: argparse.Namespace, paid: tuple[Payment, ...], most: int) -> None:
    if options.format != "pdf":
        what = ("收据只有 pdf 格式", "a receipt is a pdf")
        remedy = ("加 --format pdf -o 文件", "add --format pdf -o FILE")
    elif not paid or sum(one.amount.fen for one in paid) <= 0:
        what = ("本期没有收到这名会员的会费", "nothing was received from this member")
        remedy = ("核对期间；欠缴见 member-dues", "check the period; see member-dues")
    elif len(paid) > most:
        what = (f"本期有 {len(paid)} 笔，一张收据写不下", f"a receipt holds {most} payments")
        remedy = ("按月份出收据", "draw it by month")
    else:
        return
    raise Refused(finding("no-receipt", *what, *remedy))
