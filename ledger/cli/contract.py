"""mingbai contract: services that the unit sells or buys, from signing to the last payment."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.contracts.performing import Evidence
    from ledger.contracts.signing import Planned, Terms
    from ledger.contracts.standing import Standing
    from ledger.registry import Registry, User

_CODE: Final = ("CODE", "合同编号 code: HT2026-0001-7")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("contract", help="服务合同 service contracts")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    sign = acting.add_part(
        parts, "sign", "登记签订的合同 enter a contract that was signed", run=run_sign
    )
    sign.add_argument("--number", required=True, metavar="TEXT", help="合同编号 its own number")
    sign.add_argument(
        "--role", choices=["supplier", "buyer"], required=True,
        help="本单位是供方还是购买方 which side the unit is",
    )  # fmt: skip
    sign.add_argument("--party", required=True, metavar="TEXT", help="对方单位 the other side")
    _terms(sign, needed=True)

    amend = acting.add_part(
        parts, "amend", "变更：新的一版 amend it: another version", code=_CODE, run=run_amend
    )
    _terms(amend, needed=False)
    amend.add_argument("--reason", required=True, metavar="TEXT", help="变更原因 why")

    acting.add_part(
        parts, "confirm", "确认待确认的版本 put a version in force", code=_CODE, run=run_confirm
    )
    acting.add_part(
        parts, "withdraw", "撤回待确认的版本 take a version back", code=_CODE, run=run_withdraw
    )

    for name, help, run, needs in (
        ("deliver", "登记节点已交付 say that a milestone was delivered", run_deliver, "paper"),
        ("accept", "验收节点 accept a milestone that was delivered", run_accept, "paper"),
        ("refuse", "退回交付或验收 refuse it, or take an acceptance back", run_refuse, "note"),
    ):
        parser = acting.add_part(parts, name, help, code=_CODE, run=run)
        _milestone(parser)
        parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
        parser.add_argument(
            "--paper", required=needs == "paper", type=Path, metavar="FILE", help="文件 its paper"
        )
        parser.add_argument(
            "--note", required=needs == "note", default="", metavar="TEXT", help="说明 note"
        )

    for name, help in (
        ("receive", "节点收款：提出凭证草稿 what a milestone brings: a draft"),
        ("pay", "节点付款：提出凭证草稿 what a milestone costs: a draft"),
    ):
        parser = acting.add_part(parts, name, help, code=_CODE, run=run_move)
        _milestone(parser)
        _money(parser)

    cost = acting.add_part(
        parts, "cost", "供方成本：提出凭证草稿 what it costs to serve: a draft",
        code=_CODE, run=run_cost,
    )  # fmt: skip
    cost.add_argument("--account", required=True, metavar="A", help="支出科目 spending")
    cost.add_argument("--fund", default="", metavar="F", help="资金，缺省为合同的 else its own")
    cost.add_argument("--what", required=True, metavar="TEXT", help="摘要，不写人名 what for")
    cost.add_argument("--decision", default="", metavar="TEXT", help="决策文号 decision number")
    _money(cost)

    close = acting.add_part(parts, "close", "终止或办结 end a contract", code=_CODE, run=run_close)
    close.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    close.add_argument("--note", required=True, metavar="TEXT", help="原因 why")
    close.add_argument("--paper", type=Path, metavar="FILE", help="文件 its paper")

    listed = acting.add_part(parts, "list", "列出合同 list contracts", run=run_list)
    listed.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    show = acting.add_part(
        parts, "show", "一份合同的来龙去脉 the way of one contract", code=_CODE, run=run_show
    )
    show.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")


def _terms(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    def add(name: str, help: str, type: Callable[[str], object] = str, mark: str = "TEXT") -> None:
        parser.add_argument(name, required=needed, type=type, metavar=mark, help=help)

    add("--purpose", "事项，不写人名 what is served")
    add("--account", "收入或支出科目 account of income or spending", mark="A")
    add("--fund", "资金 fund", mark="F")
    add("--amount", "合同金额 its sum", acting.above_zero, "YUAN")
    add("--signed", "签订日 signed on", acting.day, "DAY")
    add("--starts", "起 from", acting.day, "DAY")
    add("--ends", "止 until", acting.day, "DAY")
    parser.add_argument(
        "--decision", required=True, metavar="TEXT", help="决策文号 decision number"
    )
    parser.add_argument(
        "--paper", required=True, type=Path, metavar="FILE", help="合同文本 the contract itself"
    )
    parser.add_argument(
        "--milestone", action="append", required=needed, default=[],
        metavar="DAY=YUAN=TEXT",
        help="节点：期限、金额、成果，依次写，合计为合同金额 due, amount, deliverable; in order",
    )  # fmt: skip
    parser.add_argument(
        "--advance", type=_share, default=None, metavar="PERCENT",
        help="验收前可收付的百分比，缺省无 what may move before acceptance, by default nothing",
    )  # fmt: skip


def _planned(text: str) -> Planned:
    """A milestone as it is typed; Refused if it cannot be read, after the right was asked."""
    from ledger.contracts.signing import Planned

    try:
        due, amount, deliverable = text.split("=", 2)
        return Planned(acting.day(due), acting.above_zero(amount), deliverable)
    except (ValueError, argparse.ArgumentTypeError):
        raise Refused(
            finding(
                "bad-milestone", f"节点写法有误：{text[:60]}",
                f"a milestone is not written so: {text[:60]}",
                "写作 2026-06-30=30000.00=调研报告", "write 2026-06-30=30000.00=调研报告",
            )
        ) from None  # fmt: skip


def _share(text: str) -> Fraction:
    try:
        share = Fraction(text.removesuffix("%")) / 100 if len(text) <= 8 else Fraction(2)
    except (ValueError, ZeroDivisionError):
        share = Fraction(2)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"百分比写作 30 a percentage is written so: {text[:20]!r}")
    return share


def _milestone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("milestone", type=acting.number, metavar="N", help="第几个节点 which one")


def _money(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--amount", required=True, type=acting.above_zero, metavar="YUAN", help="金额 amount"
    )
    parser.add_argument("--money", required=True, metavar="A", help="收付款科目 cash or bank")
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    parser.add_argument(
        "--purpose", default="", metavar="USE", help="受约束资金的用途 use, of a bound fund"
    )
    parser.add_argument(
        "--paper", action="append", default=[], type=Path, metavar="FILE", help="附件 papers"
    )


@contextmanager
def _acting(options: argparse.Namespace) -> Iterator[tuple[Registry, User, datetime]]:
    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        yield registry, user, now


def _file(path: Path | None) -> tuple[str, bytes] | None:
    return None if path is None else acting.paper(path)


def _resolved(registry: Registry, unit: str, text: str) -> str:
    """An account as it is typed: its name, code, label or initials."""
    from ledger.cli import lines
    from ledger.registry import entries

    with registry.read() as conn:
        return lines.parse([text], "", entries.accounts(conn, unit)).account


def run_sign(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.signing import Terms, sign

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        terms = Terms(
            options.purpose, _resolved(registry, options.unit, options.account), options.fund,
            options.amount, options.signed, options.starts, options.ends, options.decision,
            tuple(map(_planned, options.milestone)), _file(options.paper),
            options.advance or Fraction(0),
        )  # fmt: skip
        row = sign(
            registry, options.unit, options.number, options.role, options.party, terms, user, now
        )
    if options.json:
        print(json.dumps({"code": row.code, "state": row.state, "amount": options.amount.text}))
    else:
        print(
            f"已登记，待另一人确认 entered, another person confirms it: {row.code} "
            f"{options.amount.grouped}"
        )
    return 0


def run_amend(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.signing import amend

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        terms = _amended(registry, options)
        version = amend(registry, options.unit, options.code, terms, user, now)
    if options.json:
        print(json.dumps({"code": version.code, "version": version.version, "state": "draft"}))
    else:
        print(f"第 {version.version} 版待另一人确认 waits for another person: {version.code}")
    return 0


def _amended(registry: Registry, options: argparse.Namespace) -> Terms:
    """The terms of the last version, with what the command says in their place."""
    from ledger.contracts.signing import Planned, Terms, known
    from ledger.registry import contracts

    with registry.read() as conn:
        row = known(conn, options.unit, options.code)
        every = contracts.versions(conn, options.unit, options.code)
        last = next((one for one in every if one.version == row.version), every[-1])
        stones = contracts.milestones(conn, options.unit, options.code, last.version)
    account = options.account and _resolved(registry, options.unit, options.account)
    planned = [Planned(one.due, Money(one.fen), one.deliverable) for one in stones]
    if options.milestone:
        planned = list(map(_planned, options.milestone))
    amount = options.amount or Money(last.fen)
    return Terms(
        options.purpose or last.purpose, account or last.account, options.fund or last.fund,
        amount, options.signed or last.signed, options.starts or last.starts,
        options.ends or last.ends, options.decision, tuple(planned),
        _file(options.paper),
        Fraction(last.advance_fen, last.fen) if options.advance is None else options.advance,
        options.reason,
    )  # fmt: skip


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.contracts.signing import confirm

    with _acting(options) as (registry, user, now):
        confirm(registry, options.unit, options.code, user, now)
        return _tell(registry, options, now)


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.contracts.signing import withdraw

    with _acting(options) as (registry, user, now):
        withdraw(registry, options.unit, options.code, user, now)
    print(json.dumps({"code": options.code}) if options.json else "已撤回 taken back")
    return 0


def _evidence(options: argparse.Namespace) -> Evidence:
    from ledger.contracts.performing import Evidence

    return Evidence(options.on, _file(options.paper), options.note)


def run_deliver(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.performing import deliver

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        deliver(
            registry, options.unit, options.code, options.milestone, _evidence(options), user, now
        )
        return _tell(registry, options, now)


def run_accept(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.performing import accept

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "approve", options.unit)
        accept(
            registry, options.unit, options.code, options.milestone, _evidence(options), user, now
        )
        return _tell(registry, options, now)


def run_refuse(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.performing import refuse

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "approve", options.unit)
        refuse(
            registry, options.unit, options.code, options.milestone, _evidence(options), user, now
        )
        return _tell(registry, options, now)


def run_move(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.performing import move
    from ledger.contracts.signing import known
    from ledger.registry import papers
    from ledger.registry.contracts import SUPPLIER

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        with registry.read() as conn:
            row = known(conn, options.unit, options.code)
        if (row.role == SUPPLIER) != (options.part == "receive"):
            raise Refused(_other_side(row.code))
        kept = [
            papers.store(registry, options.unit, path, user=user.id, now=now)
            for path in options.paper
        ]
        draft = move(
            registry, options.unit, options.code, options.milestone, options.amount,
            _resolved(registry, options.unit, options.money), options.on, user, now,
            kept=tuple(dict.fromkeys(kept)), purpose=options.purpose,
        )  # fmt: skip
    return _drafted(options, draft)


def run_cost(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.performing import spend
    from ledger.registry import papers

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        kept = [
            papers.store(registry, options.unit, path, user=user.id, now=now)
            for path in options.paper
        ]
        draft = spend(
            registry, options.unit, options.code,
            _resolved(registry, options.unit, options.account), options.amount,
            _resolved(registry, options.unit, options.money), options.on, options.what, user, now,
            fund=options.fund, decision=options.decision, kept=tuple(dict.fromkeys(kept)),
            purpose=options.purpose,
        )  # fmt: skip
    return _drafted(options, draft)


def run_close(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.performing import close

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "record", options.unit)
        close(registry, options.unit, options.code, _evidence(options), user, now)
        return _tell(registry, options, now)


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.standing import stands

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        found = stands(registry, options.unit, options.on or now.date())
    if options.json:
        told = {"contracts": [one.as_json() for one in found]}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for one in found:
        print(_line(one))
    if not found:
        print("没有合同 no contracts")
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.contracts.standing import standing
    from ledger.registry import contracts

    with _acting(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        found = standing(registry, options.unit, options.code, options.on or now.date())
        with registry.read() as conn:
            versions = contracts.versions(conn, options.unit, options.code)
    if options.json:
        told = found.as_json() | {
            "versions": [
                {"version": one.version, "state": one.state, "amount": Money(one.fen).text,
                 "decision": one.decision, "reason": one.reason, "maker": one.maker,
                 "checker": one.checker, "paper": one.paper}
                for one in versions
            ],
            "costs": [
                {"voucher": one.number, "day": one.day.isoformat(), "amount": one.amount.text}
                for one in found.costs
            ],
            "events": [
                {"kind": one.kind, "milestone": one.milestone, "day": one.day.isoformat(),
                 "note": one.note, "paper": one.paper, "user": one.user}
                for one in found.events
            ],
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(_line(found))
    for version in versions:
        print(
            f"  第 {version.version} 版 version  {version.state}  {Money(version.fen).grouped}  "
            f"{version.decision}  {version.reason}".rstrip()
        )
    for stone in found.stones:
        late = f"  迟 late {stone.days_late} 天 days" if stone.days_late else ""
        print(
            f"  节点 {stone.row.number}  {stone.row.milestone}  {stone.row.due}  "
            f"{Money(stone.row.fen).grouped}  {stone.row.deliverable}  {stone.state}  "
            f"收付 moved {Money(stone.moved_fen).grouped}{late}"
        )
        for line in stone.moved:
            print(f"    {line.day}  {line.number}  {line.amount.grouped}")
    for line in found.costs:
        print(f"  成本 cost  {line.day}  {line.number}  {line.amount.grouped}  {line.narration}")
    return 0


def _tell(registry: Registry, options: argparse.Namespace, now: datetime) -> int:
    from ledger.contracts.standing import standing

    found = standing(registry, options.unit, options.code, now.date())
    print(json.dumps(found.as_json(), ensure_ascii=False) if options.json else _line(found))
    return 0


def _drafted(options: argparse.Namespace, draft: str) -> int:
    if options.json:
        print(json.dumps({"draft": draft}))
    else:
        print(f"草稿待审核 a draft waits for a checker: {draft}")
    return 0


def _line(one: Standing) -> str:
    supplier = one.row.role == "supplier"
    words = "收款 received" if supplier else "付款 paid"
    more = f"  成本 cost {Money(one.cost_fen).grouped}" if supplier else ""
    late = f"  迟 late {one.days_late} 天 days" if one.days_late else ""
    return (
        f"{one.row.code}  {one.row.number}  {one.party}  {one.state}  "
        f"合同 sum {Money(one.version.fen).grouped}  "
        f"验收 accepted {Money(one.accepted_fen).grouped}  "
        f"{words} {Money(one.moved_fen).grouped}{more}  "
        f"未结 outstanding {Money(one.outstanding_fen).grouped}{late}"
    )


def _other_side(code: str) -> Finding:
    return finding(
        "other-side", f"合同 {code}：供方收款（receive），购买方付款（pay）",
        f"contract {code}: a supplier receives, a buyer pays",
        "改用另一个命令", "use the other command",
    )  # fmt: skip
