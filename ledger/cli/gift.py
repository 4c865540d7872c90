"""mingbai gift: recording what is given, and following what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting, gift_acts, gift_receipt, own_pages
from ledger.errors import CannotRun, finding
from ledger.money import Money, yuan

if TYPE_CHECKING:
    from datetime import date

    from ledger.gifts.recording import Recorded
    from ledger.gifts.standing import GiftStanding
    from ledger.registry import Registry, User

_NONE = Money(0)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("gift", help="捐赠 gifts")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    _add_record(parts)
    _add_pledge(parts)
    gift_acts.add_commands(parts)
    gift_receipt.add_command(parts)
    own_pages.add_gift(parts)

    listed = gift_acts.part(parts, "list", "列出捐赠 list gifts", code=False)
    listed.add_argument("--campaign", metavar="CODE", help="只列此活动的 of this campaign only")
    listed.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)

    trace = gift_acts.part(
        parts, "trace", "一笔捐赠的来龙去脉 what became of one gift", of_one_unit=False
    )
    trace.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    acting.add_json(trace)
    trace.set_defaults(run=run_trace)


def _add_record(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = gift_acts.part(
        parts, "record", "登记捐赠：提出凭证草稿或等待银行流水 record a gift", code=False
    )
    add.add_argument(
        "--kind", choices=["cash", "platform", "goods", "asset", "service", "memo"],
        default="cash", help="种类：款、平台、物资、固定资产、劳务、备查 kind",
    )  # fmt: skip
    _add_whose(add)
    add.add_argument(
        "--amount", type=acting.amount, default=_NONE, metavar="YUAN", help="金额或价值 worth"
    )
    add.add_argument(
        "--money", default="", metavar="ACCOUNT",
        help="收款科目；不写则等待银行流水 where it came; else the bank's line is waited for",
    )  # fmt: skip
    add.add_argument(
        "--fee", type=acting.amount, default=_NONE, metavar="YUAN", help="平台费用 a platform's fee"
    )
    add.add_argument("--order", default="", metavar="NO", help="平台订单号 the platform's order")
    add.add_argument(
        "--foreign", nargs=2, metavar=("AMOUNT", "CURRENCY"), help="外币金额与币种 foreign money"
    )
    add.add_argument("--rate", default="", metavar="RATE", help="折算汇率 yuan for one of it")
    add.add_argument("--rate-source", default="", metavar="TEXT", help="汇率来源 where it is from")
    add.add_argument("--quantity", default="", metavar="N", help="数量 how many")
    add.add_argument("--measure", default="", metavar="TEXT", help="计量单位 of what: 袋")
    add.add_argument("--commodity", default="", metavar="CODE", help="物资代号 the thing's code")
    add.add_argument(
        "--basis", default="", choices=["", "invoice", "fair-value", "appraisal", "nominal"],
        help="计价依据 what its worth rests on",
    )  # fmt: skip
    add.add_argument(
        "--freight", type=acting.amount, default=_NONE, metavar="YUAN",
        help="由受赠方承担的运费 freight that the unit pays",
    )  # fmt: skip
    add.add_argument(
        "--nature", choices=["own", "agency", "conditional"], default="own",
        help="本单位、受托代理或附条件 whose it is",
    )  # fmt: skip
    add.add_argument(
        "--terms", default="", metavar="TEXT", help="条件，或为谁代收 the condition, or for whom"
    )
    add.add_argument("--paper", type=Path, metavar="FILE", help="发票、报价、评估或协议 its paper")
    acting.add_json(add)
    add.set_defaults(run=run_record)


def _add_pledge(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pledge = gift_acts.part(parts, "pledge", "登记承诺的捐赠 enter what is promised", code=False)
    _add_whose(pledge)
    pledge.add_argument(
        "--part", nargs=2, action="append", required=True, metavar=("DAY", "YUAN"), dest="due",
        help="一期：应于何日收到多少 a part, with the day it is due",
    )  # fmt: skip
    pledge.add_argument("--paper", type=Path, metavar="FILE", help="协议 the agreement")
    acting.add_json(pledge)
    pledge.set_defaults(run=run_pledge)


def _add_whose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--donor", required=True, metavar="DONOR", help="捐赠人 d-…")
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    parser.add_argument("--campaign", default="", metavar="CODE", help="募捐活动 campaign")
    parser.add_argument("--fund", default="", metavar="F", help="资金（活动之外）fund without one")
    parser.add_argument("--purpose", default="", metavar="TEXT", help="意向用途 its purpose")
    parser.add_argument(
        "--until", type=acting.day, metavar="DAY", help="此日起方可使用 usable from this day on"
    )


def run_record(options: argparse.Namespace) -> int:
    from ledger.gifts.given import Given
    from ledger.gifts.recording import record

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = gift_acts.paper_of(options)
        given = Given(
            unit, options.kind, options.donor, options.on, options.amount, options.campaign,
            options.fund, options.money, options.fee, _foreign(options.foreign), options.rate,
            options.rate_source, options.quantity, options.measure, options.commodity,
            options.basis, options.freight, options.purpose, options.until, options.nature,
            options.terms, options.order, paper, name,
        )  # fmt: skip
        done = record(registry, given, user, now)
    _told(done, options)
    return 0


def _told(done: Recorded, options: argparse.Namespace) -> None:
    row = done.row
    fields = {
        "gift": row.code, "kind": row.kind, "amount": Money(row.fen).text, "draft": done.draft,
    }  # fmt: skip
    if done.draft:
        said = f"草稿待审核 a draft waits for a checker: {done.draft}"
    elif row.kind == "memo":
        said = "登记在备查簿，不入账 in the memo register, not in the book"
    else:
        said = "等待银行流水，附言写此编号 the bank's line that names it is waited for"
    entered = f"已登记 entered: {row.code}  {Money(row.fen).grouped}"
    acting.told(options, fields, [entered, f"  {said}"])


def run_pledge(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.gifts.pledging import Promise, pledge

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        paper, name = gift_acts.paper_of(options)
        parts = [_part_due(one) for one in options.due]
        promise = Promise(
            unit, options.donor, options.on, parts, options.campaign, options.fund,
            options.purpose, options.until, paper, name,
        )  # fmt: skip
        row = pledge(registry, promise, user, now)
    acting.told(
        options, {"gift": row.code, "amount": Money(row.fen).text, "parts": len(parts)},
        [f"已登记承诺 entered: {row.code}  {Money(row.fen).grouped}，{len(parts)} 期 parts"],
    )  # fmt: skip
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.gifts.standing import gift_standings

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = gift_standings(registry, unit, options.on or now.date())
    found = [one for one in found if options.campaign in (None, one.row.campaign)]
    fields = [one.as_json(lines=False) for one in found]
    acting.told(options, {"gifts": fields}, [*map(_line, found), f"{len(found)} 笔捐赠 gifts"])
    return 0


def run_trace(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.gifts.standing import gift_standing

    with acting.signed_in(options) as (registry, user, now):
        unit = _unit_of(registry, user, options)
        workflow.demand(user, "browse", unit)
        found = gift_standing(registry, unit, options.code, options.on or now.date())
    fields = found.as_json()
    acting.told(options, fields, [_line(found), *_way(found, fields)])
    return 0


def _unit_of(registry: Registry, user: User, options: argparse.Namespace) -> str:
    """The unit that is named, or else the one whose gift it is, of those that the user may see."""
    from ledger.gifts.standing import none_known
    from ledger.registry import gifts

    if options.unit:
        return acting.known_unit(registry, options.unit)
    with registry.read() as conn:
        units = [unit for unit in gifts.units_of(conn, options.code) if user.may("browse", unit)]
    if len(units) > 1:
        raise _usage(
            f"{' '.join(units)} 都有编号 {options.code} 的捐赠，请写 --unit",
            f"{' '.join(units)} have a gift {options.code} each: name one with --unit",
        )
    if not units:
        raise none_known("no-gift", "捐赠", "gift", options.code, "gift list")
    return units[0]


def _way(found: GiftStanding, fields: Mapping[str, Any]) -> Iterator[str]:
    """What came of it, what it was used for, what went back; its things, and what was asked."""
    for part in found.parts:
        for one in part.came:
            said = f"转入 moved into {part.fund}" if one.voucher in part.moves else "收到 received"
            yield f"  {one.day}  {said}  {one.voucher}  {Money(one.fen).grouped}"
    for line in fields["lines"]:
        paper = f"  附件 paper {line['paper'][:12]}" if line["paper"] else ""
        yield (
            f"  {line['date']}  使用 used  {line['voucher']}  {line['amount']}  "
            f"{line['purpose']}{paper}"
        )
    for part in found.parts:
        for one in part.returns:
            said = f"转出 moved from {part.fund}" if one.voucher in part.moves else "退还 returned"
            yield f"  {one.day}  {said}  {one.voucher}  {Money(one.fen).grouped}"
    if "things" in fields:
        things = fields["things"]
        yield (
            f"  实物 things（{things['measure']}）：收到 {things['received']}，"
            f"发放 {things['used']}，结存 {things['held']}，退还 {things['returned']}"
        )
    for event in found.events:
        waits = "" if event.checker else "，待审批 waits"
        yield (
            f"  第 {event.number} 项 event  {event.day}  {event.kind}  "
            f"{Money(event.fen).grouped}  {event.note}{waits}"
        )


def _line(one: GiftStanding) -> str:
    row = one.row
    rest = f"  待收 expected {Money(one.expected_fen).grouped}" if row.kind == "pledge" else ""
    limit = f"  期限 deadline {one.deadline}" if one.deadline else ""
    return (
        f"{row.code}  {row.day}  {row.kind}  {row.donor}  {one.state}  "
        f"收到 received {Money(one.received_fen).grouped}  "
        f"使用 used {Money(one.used_fen).grouped}  "
        f"结存 held {Money(one.held_fen).grouped}  "
        f"退还 returned {Money(one.returned_fen).grouped}{rest}{limit}"
    )


def _foreign(typed: list[str] | None) -> Money | None:
    if typed is None:
        return None
    try:
        return yuan(typed[0], typed[1])
    except ValueError:
        raise _usage(
            "外币写作：--foreign 100.00 USD", "foreign money is written 100.00 USD"
        ) from None


def _part_due(typed: list[str]) -> tuple[date, Money]:
    """A part of a promise as it is typed: the day, and the amount."""
    day, amount = typed
    try:
        return acting.day(day), acting.above_zero(amount)
    except argparse.ArgumentTypeError as fault:
        raise _usage(str(fault), str(fault)) from None


def _usage(zh: str, en: str) -> CannotRun:
    return CannotRun(finding("usage", zh, en, "改正后重试", "correct it and try again"))
