"""mingbai gift receive|give|met|refund|change|default|void|approve|release: what happens to one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ledger.cli import acting
from ledger.money import Money


def part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str,
    *, code: bool = True, of_one_unit: bool = True,
) -> argparse.ArgumentParser:  # fmt: skip
    """A part of ``gift`` about one unit, and about one gift by its code."""
    about = ("GIFT", "捐赠编号 code: JZ2026-0001-7") if code else None
    return acting.add_part(parts, name, help, code=about, of_one_unit=of_one_unit)


def add_commands(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    receive = part(parts, "receive", "承诺的捐赠到账：提出草稿 what was promised came: a draft")
    _amount(receive)
    _money(receive)
    _end(receive, run_receive)

    give = part(parts, "give", "发放物资、转交代管款：提出草稿 hand out what was given: a draft")
    one = give.add_mutually_exclusive_group(required=True)
    one.add_argument("--quantity", metavar="N", help="物资数量 how many things")
    one.add_argument(
        "--amount", type=acting.above_zero, metavar="YUAN", help="代管款金额 money held"
    )
    _day(give)
    give.add_argument("--money", default="", metavar="ACCOUNT", help="付款科目 where from")
    give.add_argument("--expense", default="", metavar="ACCOUNT", help="列支科目 charged to")
    give.add_argument("--purpose", default="", metavar="TEXT", help="用途 what for")
    _paper(give, "签收单 who signed for it")
    _end(give, run_give)

    met = part(parts, "met", "条件达成，确认捐赠：提出草稿 its condition is met: a draft")
    _amount(met)
    _paper(met, "证明 what shows it", required=True)
    _end(met, run_met)

    refund = part(parts, "refund", "退还捐赠：提出草稿 give it back: a draft")
    one = refund.add_mutually_exclusive_group(required=True)
    one.add_argument("--amount", type=acting.above_zero, metavar="YUAN", help="金额 amount")
    one.add_argument("--quantity", metavar="N", help="物资数量 how many things")
    _day(refund)
    refund.add_argument("--money", default="", metavar="ACCOUNT", help="付款科目 where from")
    refund.add_argument("--decision", default="", metavar="TEXT", help="决议文号 the decision")
    refund.add_argument(
        "--bearer", default="", metavar="F", help="负担差额的资金 who bears the rest"
    )
    _paper(refund, "协议 the agreement")
    _end(refund, run_refund)
    _add_terms(parts)


def _add_terms(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    change = part(parts, "change", "经捐赠人同意改变用途 another purpose, with the donor's consent")
    where = change.add_mutually_exclusive_group(required=True)
    where.add_argument("--campaign", default="", metavar="CODE", help="另一活动 another campaign")
    where.add_argument("--fund", default="", metavar="F", help="另一资金 another fund")
    _day(change)
    change.add_argument("--purpose", required=True, metavar="TEXT", help="新的用途 the purpose")
    _paper(change, "捐赠人的书面同意 the consent", required=True)
    _end(change, run_change)

    default = part(parts, "default", "承诺不再履行 a promise that is not kept")
    _amount(default)
    default.add_argument("--note", default="", metavar="TEXT", help="说明 note")
    _end(default, run_default)

    void = part(parts, "void", "作废未收到的捐赠，编号保留 void one that never came")
    void.add_argument("--reason", required=True, metavar="TEXT", help="原因 why")
    _end(void, run_void)

    approve = part(parts, "approve", "审批改变用途、违约或作废 approve what somebody asked")
    approve.add_argument("number", type=acting.number, metavar="N", help="第几项 which event")
    _end(approve, run_approve)

    release = part(parts, "release", "解除限定：提出草稿 release restrictions: drafts", code=False)
    release.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    _day(release)
    _end(release, run_release)


def _amount(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--amount", required=True, type=acting.above_zero, metavar="YUAN", help="金额 amount"
    )
    _day(parser)


def _day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")


def _money(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--money", required=True, metavar="ACCOUNT", help="收付款科目 account")


def _paper(parser: argparse.ArgumentParser, help: str, *, required: bool = False) -> None:
    parser.add_argument("--paper", type=Path, required=required, metavar="FILE", help=help)


def _end(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    acting.add_json(parser)
    parser.set_defaults(run=run)


def paper_of(options: argparse.Namespace) -> tuple[bytes, str]:
    """The bytes and the name of the paper that is attached; nothing where none is."""
    if options.paper is None:
        return b"", ""
    name, data = acting.paper(options.paper)
    return data, name


def run_receive(options: argparse.Namespace) -> int:
    from ledger.gifts.pledging import receive

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        draft = receive(
            registry, unit, options.code, options.amount, options.money, options.on, user, now
        )
    return _drafted(options, [draft])


def run_give(options: argparse.Namespace) -> int:
    from ledger.gifts.handing import hand_on, hand_out

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = paper_of(options)
        if options.quantity:
            draft = hand_out(
                registry, unit, options.code, options.quantity, options.expense, options.on,
                options.purpose, user, now, paper, name,
            )  # fmt: skip
        else:
            draft = hand_on(
                registry, unit, options.code, options.amount, options.money, options.on,
                options.purpose, user, now, paper, name,
            )  # fmt: skip
    return _drafted(options, [draft])


def run_met(options: argparse.Namespace) -> int:
    from ledger.gifts.handing import meet_condition

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = paper_of(options)
        draft = meet_condition(
            registry, unit, options.code, options.amount, options.on, user, now, paper, name
        )
    return _drafted(options, [draft])


def run_refund(options: argparse.Namespace) -> int:
    from ledger.gifts.refunding import Refund, refund

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = paper_of(options)
        one = Refund(
            unit, options.code, options.on, options.amount or Money(0), options.money,
            options.quantity or "", options.decision, options.bearer, paper, name,
        )  # fmt: skip
        draft = refund(registry, one, user, now)
    return _drafted(options, [draft])


def run_change(options: argparse.Namespace) -> int:
    from ledger.gifts.terms import ask_change

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = paper_of(options)
        number = ask_change(
            registry, unit, options.code, options.campaign, options.fund, options.on,
            options.purpose, paper, name, user, now,
        )  # fmt: skip
    return _asked(options, number)


def run_default(options: argparse.Namespace) -> int:
    from ledger.gifts.terms import ask_default

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        number = ask_default(
            registry, unit, options.code, options.amount, options.on, options.note, user, now
        )
    return _asked(options, number)


def run_void(options: argparse.Namespace) -> int:
    from ledger.gifts.terms import ask_void

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        number = ask_void(registry, unit, options.code, options.reason, user, now)
    return _asked(options, number)


def run_approve(options: argparse.Namespace) -> int:
    from ledger.gifts.terms import approve_terms

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        draft = approve_terms(registry, unit, options.code, options.number, user, now)
    if draft:
        return _drafted(options, [draft])
    fields = {"gift": options.code, "approved": options.number}
    acting.told(options, fields, ["已审批 approved"])
    return 0


def run_release(options: argparse.Namespace) -> int:
    from ledger.gifts.releasing import release

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        drafts = release(registry, unit, options.fund, options.on, user, now)
    return _drafted(options, drafts)


def _drafted(options: argparse.Namespace, drafts: list[str]) -> int:
    said = f"草稿待审核 a draft waits for a checker: {' '.join(drafts)}"
    acting.told(options, {"draft": drafts[0], "drafts": drafts}, [said])
    return 0


def _asked(options: argparse.Namespace, number: int) -> int:
    said = f"第 {number} 项待另一人审批 event {number} waits for somebody else"
    acting.told(options, {"gift": options.code, "event": number}, [said])
    return 0
