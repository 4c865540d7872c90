"""mingbai allocation: what was promised, and what became of it.

``approve`` enters what the giver approved by its document; ``confirm`` is the second person's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.allocations.standing import Standing
    from ledger.registry import Registry, User


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("allocation", help="拨款 allocations")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    promise = _part(
        parts,
        "approve",
        "登记批准文件，待第二人审批 enter what a document promises; it waits",
        code=False,
    )
    promise.add_argument("--document", required=True, metavar="TEXT", help="文号 document number")
    promise.add_argument("--giver", required=True, metavar="TEXT", help="拨款单位 who gives")
    promise.add_argument("--name", required=True, metavar="TEXT", help="名称 what it is for")
    promise.add_argument("--level", default="", metavar="LEVEL", help="层级 level: county, city …")
    promise.add_argument("--year", required=True, type=acting.year, metavar="Y", help="年度 year")
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
    promise.add_argument("--paper", type=Path, metavar="FILE", help="批准文件 the document's file")
    acting.add_json(promise)
    promise.set_defaults(run=run_approve)

    confirm = _part(parts, "confirm", "第二人审批待审批事项 a second person confirms what waits")
    _event(confirm)
    acting.add_json(confirm)
    confirm.set_defaults(run=run_confirm)

    refused = _part(
        parts, "refuse", "不予通过，或取回自己登记的 refuse what waits, or take it back"
    )
    _event(refused)
    refused.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    acting.add_json(refused)
    refused.set_defaults(run=run_refuse)

    for name, help in (
        ("release", "下达 the giver released an amount"),
        ("lapse", "不再拨付，待第二人审批 an amount will not come any more; it waits"),
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

    undo = _part(parts, "undo", "撤销一项登记，待第二人审批 take an event back; it waits")
    undo.add_argument("number", type=acting.number, metavar="N", help="第几项 which event")
    acting.add_json(undo)
    undo.set_defaults(run=run_undo)

    listed = _part(parts, "list", "列出拨款 list allocations", code=False)
    listed.add_argument("--year", type=acting.year, metavar="Y", help="年度 year")
    listed.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)

    show = _part(parts, "show", "一笔拨款的来龙去脉 the way of one allocation")
    acting.add_json(show)
    show.set_defaults(run=run_show)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str,
    *, code: bool = True,
) -> argparse.ArgumentParser:  # fmt: skip
    about = ("CODE", "拨款编号 code: BK2026-0001-7") if code else None
    return acting.add_part(parts, name, help, code=about)


def _event(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--event", type=acting.number, metavar="N",
        help="第几项；缺省为批准本身，或唯一待审批的一项 which event; by default the promise, "
        "or the only one that waits",
    )  # fmt: skip


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
    from ledger import workflow
    from ledger.allocations.entering import Promise, approve
    from ledger.registry import papers

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        account = _account(registry, options.unit, options.account)
        paper = options.paper and papers.store(
            registry, options.unit, options.paper, user=user.id, now=now
        )
        row = approve(
            registry,
            Promise(
                options.unit, options.document, options.giver, options.level, options.year,
                options.nature, options.use, options.name, options.amount, account,
                options.fund, options.on, options.release_by, options.arrive_by, options.spend_by,
                paper or None,
            ),
            user, now,
        )  # fmt: skip
    if options.json:
        told = {"code": row.code, "state": row.state, "approved": options.amount.text}
        print(json.dumps(told))
    else:
        print(
            f"已登记，待第二人审批 entered, it waits for a second person: {row.code} "
            f"{options.amount.grouped}\n"
            f"  → mingbai allocation confirm {options.folder} --unit {options.unit} {row.code}"
        )
    return 0


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import confirm

    with _acting(options) as (registry, user, now):
        found = confirm(registry, options.unit, options.code, user, now, options.event)
    _tell(found, as_json=options.json)
    return 0


def run_refuse(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import refuse

    with _acting(options) as (registry, user, now):
        found = refuse(
            registry, options.unit, options.code, options.reason, user, now, options.event
        )
    _tell(found, as_json=options.json)
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
    from ledger import workflow
    from ledger.allocations.moving import arrive

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        money = _account(registry, options.unit, options.money)
        draft = arrive(
            registry, options.unit, options.code, options.amount, money, options.on, user,
            now,
        )  # fmt: skip
    _drafted(draft, as_json=options.json)
    return 0


def run_return(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.allocations.moving import give_back

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        money = _account(registry, options.unit, options.money)
        draft = give_back(
            registry, options.unit, options.code, options.amount, money, options.on,
            options.decision, user, now,
        )  # fmt: skip
    _drafted(draft, as_json=options.json)
    return 0


def run_undo(options: argparse.Namespace) -> int:
    from ledger.allocations.entering import undo

    with _acting(options) as (registry, user, now):
        found = undo(registry, options.unit, options.code, options.number, user, now)
    _tell(found, as_json=options.json)
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.allocations.standing import stands

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        found = stands(registry, options.unit, options.on or now.date(), options.year, waiting=True)
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
    from ledger.allocations.standing import STATES, event_json, moves_of, standing

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        found = standing(registry, options.unit, options.code, now.date())
        moves = moves_of(registry, options.unit, options.code, now.date())
    if options.json:
        vouchers: dict[str, list[dict[str, str]]] = {"arrived": [], "spent": [], "returned": []}
        for one in moves:
            vouchers[one.kind].append(
                {"voucher": one.voucher, "day": one.day.isoformat(), "amount": _yuan(one.fen),
                 "account": one.account}
            )  # fmt: skip
        every = [event_json(one) for one in found.every]
        told = {**found.as_json(), "events": every, "vouchers": vouchers}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(_line(found))
    if found.fund_fen is not None:
        holds = f"资金 fund {found.row.fund} {_yuan(found.fund_fen)}"
        print(f"  结存 held {_yuan(found.held_fen)}，{holds}")
    if found.row.paper:
        print(f"  批准文件 document sha256:{found.row.paper}")
    for event in found.every:
        words = STATES.get(event.kind)
        kind = f"{words.zh} {words.en}" if words else f"撤销第 {event.undoes} 项 undoes it"
        state = "" if event.state == "approved" else f"  {STATES[event.state].zh} {event.state}"
        print(f"  {event.number}  {event.day}  {kind}  {_yuan(event.fen)}  {event.note}{state}")
    for move in moves:
        print(
            f"  {move.day}  {STATES[move.kind].zh} {move.kind}  {move.voucher}  {_yuan(move.fen)}"
            f"  {move.account}"
        )
    return 0


def _account(registry: Registry, unit: str, typed: str) -> str:
    """An account by its name, or by its code; Refused if it is none."""
    from ledger.cli import lines
    from ledger.registry import entries

    with registry.read() as conn:
        return lines.parse([typed], "F", entries.accounts(conn, unit)).account


def _yuan(fen: int) -> str:
    from ledger.money import Money

    return Money(fen).text


def _line(one: Standing) -> str:
    from ledger.allocations.standing import STATES, STEPS

    late = "，".join(
        f"{STEPS[step].zh} {step} {days} 天 days" for step, days in one.days_late.items() if days
    )
    waits = "".join(f"，第 {event.number} 项 event {event.number}" for event in one.waiting)
    return (
        f"{one.row.code}  {one.row.document}  {one.row.name}  "
        f"{STATES[one.state].zh} {one.state}  "
        f"批准 approved {_yuan(one.row.fen)}  下达 released {_yuan(one.released_fen)}  "
        f"到账 arrived {_yuan(one.arrived_fen)}  支出 spent {_yuan(one.spent_fen)}  "
        f"退回 returned {_yuan(one.returned_fen)}  失效 lapsed {_yuan(one.lapsed_fen)}  "
        f"结存 held {_yuan(one.held_fen)}"
        + (f"  迟 late: {late}" if late else "")
        + (f"  待审批 waits: {waits.removeprefix('，')}" if waits else "")
    )


def _tell(found: Standing, *, as_json: bool) -> None:
    print(json.dumps(found.as_json(), ensure_ascii=False) if as_json else _line(found))


def _drafted(draft: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"draft": draft}))
    else:
        print(f"草稿待审核 a draft waits for a checker: {draft}")
