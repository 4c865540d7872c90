"""mingbai decision: what a body decided on major items, what was paid by it, its report."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.errors import Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.decisions.standing import Decided, MajorItems
    from ledger.rules.spending_tables import MajorTable

_STEPS = "proposed, consulted, reviewed, resolved, published, outcome"
_NUMBER: Final = ("NUMBER", "文号 its number: 青工委〔2026〕5号")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("decision", help="重大事项决策 decisions on major items")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    record = acting.add_part(
        parts, "record", "登记集体决策 record what a body decided", code=_NUMBER, run=run_record
    )
    record.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="决策日 day")
    record.add_argument("--body", required=True, metavar="TEXT", help="决策机构 which body")
    record.add_argument("--subject", required=True, metavar="TEXT", help="事项，不写人名 what")
    for name, help in (
        ("participants", "参加人数 how many took part"), ("for", "赞成 votes for"),
        ("against", "反对 votes against"), ("abstain", "弃权 abstentions"),
    ):  # fmt: skip
        record.add_argument(
            f"--{name}", dest=f"votes_{name}", type=acting.number, metavar="N", help=help,
            required=name in ("participants", "for"), default=0,
        )  # fmt: skip
    record.add_argument(
        "--ceiling", required=True, type=acting.amount, metavar="YUAN",
        help="金额上限，不涉及资金写 0.00 up to which amount; 0.00 where it is no money",
    )  # fmt: skip
    record.add_argument(
        "--paper", action="append", required=True, default=[], type=Path, metavar="FILE",
        help="会议记录等 its minutes",
    )  # fmt: skip
    record.add_argument(
        "--step", action="append", default=[], metavar="STEP=DAY", help=f"四议两公开 {_STEPS}"
    )

    step = acting.add_part(
        parts, "step", "登记四议两公开的一步 enter one of its steps", code=_NUMBER, run=run_step
    )
    step.add_argument("step", metavar="STEP", help=_STEPS)
    _on_paper(step)

    report = acting.add_part(
        parts, "report", "登记向上级报告 enter its report to above", code=_NUMBER, run=run_report
    )
    report.add_argument("--to", default="", metavar="TEXT", help="向谁，缺省为上级单位 to whom")
    _on_paper(report)

    acting.add_part(
        parts,
        "withdraw",
        "撤回登记有误的决策 take back one that is wrong",
        code=_NUMBER,
        run=run_withdraw,
    )

    listed = acting.add_part(
        parts, "list", "重大事项与决策 major items and decisions", run=run_list
    )
    listed.add_argument(
        "--period", type=acting.period, metavar="PERIOD", help="缺省为本年 2026, 2026-03"
    )
    acting.add_part(
        parts, "show", "一项决策的来龙去脉 the way of one decision", code=_NUMBER, run=run_show
    )


def _on_paper(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    parser.add_argument("--paper", type=Path, metavar="FILE", help="文件 its paper")


def _steps(words: list[str]) -> dict[str, date]:
    found: dict[str, date] = {}
    for word in words:
        name, _, text = word.partition("=")
        try:
            found[name] = acting.day(text)
        except argparse.ArgumentTypeError:
            raise Refused(
                finding(
                    "bad-step", f"步骤写法有误：{word[:40]}",
                    f"a step is not written so: {word[:40]}",
                    "写作 proposed=2026-03-01", "write proposed=2026-03-01",
                )
            ) from None  # fmt: skip
    return found


def run_record(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.decisions.recording import Said, record

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", options.unit)
        said = Said(
            options.code, options.on, options.body, options.votes_participants,
            options.votes_for, options.votes_against, options.votes_abstain, options.subject,
            options.ceiling, [acting.paper(path) for path in options.paper], _steps(options.step),
        )  # fmt: skip
        row = record(registry, options.unit, said, user, now)
    if options.json:
        print(json.dumps({"number": row.number, "carried": row.carried}, ensure_ascii=False))
    else:
        words = "已通过 carried" if row.carried else "未通过 not carried"
        print(f"已登记 recorded: {row.number}（{words}）")
    return 0


def run_step(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.decisions.recording import step

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", options.unit)
        paper = acting.paper(options.paper) if options.paper else None
        step(registry, options.unit, options.code, options.step, options.on, paper, user, now)
    return _done(options, f"已登记 entered: {options.code} {options.step} {options.on}")


def run_report(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.decisions.recording import report

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", options.unit)
        paper = acting.paper(options.paper) if options.paper else None
        report(registry, options.unit, options.code, options.to, options.on, paper, user, now)
    return _done(options, f"已登记报告 its report is entered: {options.code} {options.on}")


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.decisions.recording import withdraw

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        withdraw(registry, options.unit, options.code, user, now)
    return _done(options, f"已撤回 taken back: {options.code}")


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.decisions.standing import major_items
    from ledger.period import Period

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", options.unit)
        period = options.period or Period.parse(f"{now.year:04d}")
        found = major_items(registry, options.unit, period, min(period.last, now.date()))
    if options.json:
        print(json.dumps(_as_json(found), ensure_ascii=False))
        return 0
    print(_rule(found.rule))
    for one in found.decided:
        print(_line(one))
    for use in found.undecided:
        print(
            f"没有决策 no decision: {use.number}  {use.day}  {Money(use.fen).grouped}  "
            f"{use.narration}"
        )
    return 0


def _as_json(found: MajorItems) -> dict[str, object]:
    rule = found.rule
    return {
        "rule": None if rule is None else {
            "key": rule.head.key, "threshold": Money(rule.threshold).text, "days": rule.days,
            "report_days": rule.report_days, "source": rule.head.source,
        },
        "decisions": [one.as_json() for one in found.decided],
        "undecided": [
            {"voucher": use.number, "day": use.day.isoformat(), "amount": Money(use.fen).text}
            for use in found.undecided
        ],
    }  # fmt: skip


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.decisions.standing import decided

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", options.unit)
        found = decided(registry, options.unit, options.code, now.date())
    if options.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return 0
    print(_line(found))
    row = found.row
    print(
        f"  {row.body}  参加 took part {row.participants}  赞成 for {row.votes_for}  "
        f"反对 against {row.votes_against}  弃权 abstained {row.abstained}"
    )
    for event in found.events:
        print(f"  {event.day}  {event.kind}  {event.other}".rstrip())
    for use in found.uses:
        print(f"  {use.day}  {use.number}  {Money(use.fen).grouped}  {use.narration}")
    for digest in row.digests:
        print(f"  sha256:{digest}")
    return 0


def _rule(rule: MajorTable | None) -> str:
    if rule is None:
        return "没有装入规则：不设重大事项标准 no rule loaded: no threshold is set"
    return (
        f"标准 threshold {Money(rule.threshold).grouped}，{rule.days} 日内合计 within days"
        f"（{rule.head.key} {rule.head.source}）"
    )


def _line(one: Decided) -> str:
    row = one.row
    late = f"  迟报 late {one.days_late} 天 days" if one.days_late else ""
    reported = f"  已报告 reported {one.reported}" if one.reported else "  未报告 not reported"
    return (
        f"{row.number}  {row.day}  {row.subject}  "
        f"上限 ceiling {Money(row.ceiling_fen).grouped}  已用 used {Money(one.used_fen).grouped}"
        f"{'' if row.carried else '  未通过 not carried'}{reported}{late}"
    )


def _done(options: argparse.Namespace, told: str) -> int:
    print(json.dumps({"number": options.code}, ensure_ascii=False) if options.json else told)
    return 0
