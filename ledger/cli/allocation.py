"""mingbai allocation: what was promised, and what became of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.allocations.standing import Standing
    from ledger.registry import Registry, User


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("allocation", help="拨款 allocations")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    promise = _part(parts, "approve", "登记批准的拨款 enter what a document promises", code=False)
    promise.add_argument("--document", required=True, metavar="TEXT", help="文号 document number")
    promise.add_argument("--giver", required=True, metavar="TEXT", help="拨款单位 who gives")
    promise.add_argument("--name", required=True, metavar="TEXT", help="名称 what it is for")
    promise.add_argument("--level", default="", metavar="LEVEL", help="层级 level: county, city …")
    promise.add_argument("--year", required=True, type=acting.number, metavar="Y", help="年度 year")
    promise.add_argument(
        "--nature", choices=["general", "special"], default="general", help="一般性或专项 nature"
    )
    promise.add_argument(
        "--use", choices=["basic", "project"], default="basic", help="基本或项目支出 use"
    )
    promise.add_argument(
        "--amount", required=True, type=acting.above_zero, metavar="YUAN", help="金额 amount"
    )
    promise.add_argument("--account", required=True, metavar="ACCOUNT", help="收入科目 income")
    promise.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    promise.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="批准日 day")
    for step, zh in (("release", "下达"), ("arrive", "到账"), ("spend", "支出")):
        promise.add_argument(
            f"--{step}-by", type=acting.day, metavar="DAY", help=f"应于何日{zh} expected by"
        )
    acting.add_json(promise)
    promise.set_defaults(run=run_approve)

    for name, help in (
        ("release", "下达 the giver released an amount"),
        ("lapse", "不再拨付 an amount will not come any more"),
    ):
        parser = _part(parts, name, help)
        _amount(parser)
        parser.add_argument("--note", default="", metavar="TEXT", help="说明 note")
        acting.add_json(parser)
        parser.set_defaults(run=run_event)

    arrive = _part(parts, "arrive", "到账：提出凭证草稿 it arrived: a draft")
    _amount(arrive)
    arrive.add_argument("--money", required=True, metavar="ACCOUNT", help="收款科目 where to")
    acting.add_json(arrive)
    arrive.set_defaults(run=run_arrive)

    back = _part(parts, "return", "退回：提出凭证草稿 give back what is left: a draft")
    _amount(back)
    back.add_argument("--money", required=True, metavar="ACCOUNT", help="付款科目 where from")
    back.add_argument("--decision", required=True, metavar="TEXT", help="依据文号 its paper")
    acting.add_json(back)
    back.set_defaults(run=run_return)

    undo = _part(parts, "undo", "撤销一项登记 take an event back")
    undo.add_argument("number", type=acting.number, metavar="N", help="第几项 which event")
    undo.set_defaults(run=run_undo)

    listed = _part(parts, "list", "列出拨款 list allocations", code=False)
    listed.add_argument("--year", type=acting.number, metavar="Y", help="年度 year")
    listed.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)

    show = _part(parts, "show", "一笔拨款的来龙去脉 the way of one allocation")
    acting.add_json(show)
    show.set_defaults(run=run_show)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help: str,
    *,
    code: bool = True,
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help)
    acting.add_folder(parser)
    acting.add_unit(parser)
    if code:
        parser.add_argument("code", metavar="CODE", help="拨款编号 code: BK2026-0001-7")
    acting.add_user(parser)
    return parser


def _amount(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--amount", required=True, type=acting.above_zero, metavar="YUAN", help="金额 amount"
    )
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")


@contextmanager
def _acting(options: argparse.Namespace) -> Iterator[tuple[Registry, User, datetime]]:
    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        yield registry, user, now


def run_approve(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import Promise, approve

    with _acting(options) as (registry, user, now):
        row = approve(
            registry,
            Promise(
                options.unit, options.document, options.giver, options.level, options.year,
                options.nature, options.use, options.name, options.amount, options.account,
                options.fund, options.on, options.release_by, options.arrive_by, options.spend_by,
            ),
            user, now,
        )  # fmt: skip
    if options.json:
        print(json.dumps({"code": row.code, "state": "approved", "approved": options.amount.text}))
    else:
        print(f"已登记 entered: {row.code} {options.amount.grouped}")
    return 0


def run_event(options: argparse.Namespace) -> int:
    from ledger.allocations import entering

    act = entering.release if options.part == "release" else entering.lapse
    with _acting(options) as (registry, user, now):
        found = act(
            registry, options.unit, options.code, options.amount, options.on, options.note, user,
            now,
        )  # fmt: skip
    _tell(found, as_json=options.json)
    return 0


def run_arrive(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import arrive

    with _acting(options) as (registry, user, now):
        draft = arrive(
            registry, options.unit, options.code, options.amount, options.money, options.on, user,
            now,
        )  # fmt: skip
    _drafted(draft, as_json=options.json)
    return 0


def run_return(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import give_back

    with _acting(options) as (registry, user, now):
        draft = give_back(
            registry, options.unit, options.code, options.amount, options.money, options.on,
            options.decision, user, now,
        )  # fmt: skip
    _drafted(draft, as_json=options.json)
    return 0


def run_undo(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import undo

    with _acting(options) as (registry, user, now):
        found = undo(registry, options.unit, options.code, options.number, user, now)
    _tell(found, as_json=False)
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.allocations.standing import stands

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        found = stands(registry, options.unit, options.on or now.date(), options.year)
    if options.json:
        told = {"allocations": [one.as_json() for one in found]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for one in found:
            print(_line(one))
        if not found:
            print("没有拨款 no allocations")
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.allocations.entering import standing

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        found = standing(registry, options.unit, options.code, now.date())
    if not options.json:
        print(_line(found))
        for event in found.events:
            print(f"  {event.number}  {event.day}  {event.kind}  {_yuan(event.fen)}  {event.note}")
    parts = {"arrived": found.arrived, "spent": found.spent, "returned": found.returned}
    if options.json:
        told = {
            **found.as_json(),
            "events": [
                {"number": event.number, "kind": event.kind, "day": event.day.isoformat(),
                 "amount": _yuan(event.fen), "note": event.note}
                for event in found.events
            ],
            "vouchers": {
                name: [{"voucher": line.number, "day": line.day.isoformat(),
                        "amount": line.amount.text, "papers": list(line.papers)} for line in lines]
                for name, lines in parts.items()
            },
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for name, lines in parts.items():
        for line in lines:
            print(f"  {line.day}  {name}  {line.number}  {line.amount.grouped}  {line.narration}")
    return 0


def _yuan(fen: int) -> str:
    from ledger.money import Money

    return Money(fen).text


def _line(one: Standing) -> str:
    late = "，".join(f"{step} {days} 天 days" for step, days in one.days_late.items() if days)
    return (
        f"{one.row.code}  {one.row.document}  {one.row.name}  {one.state}  "
        f"批准 approved {_yuan(one.row.fen)}  下达 released {_yuan(one.released_fen)}  "
        f"到账 arrived {_yuan(one.arrived_fen)}  支出 spent {_yuan(one.spent_fen)}  "
        f"退回 returned {_yuan(one.returned_fen)}  失效 lapsed {_yuan(one.lapsed_fen)}"
        + (f"  迟 late: {late}" if late else "")
    )


def _tell(found: Standing, *, as_json: bool) -> None:
    print(json.dumps(found.as_json(), ensure_ascii=False) if as_json else _line(found))


def _drafted(draft: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"draft": draft}))
    else:
        print(f"草稿待审核 a draft waits for a checker: {draft}")
