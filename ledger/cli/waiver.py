"""mingbai waiver: what is not there yet when a month is closed, until when; what was counted."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.checklist.waivers import Paper
    from ledger.registry.closing_rules import RuleRow
    from ledger.registry.waivers import WaiverRow

_CODE = ("CODE", "暂缓编号 waiver: HM2026-0001-3")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("waiver", help="结账暂缓与月末盘点 waivers and counts of a closing")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    add = acting.add_part(parts, "add", "申请暂缓，另一人确认 ask for a waiver; another confirms")
    what = add.add_mutually_exclusive_group(required=True)
    what.add_argument("--voucher", metavar="NUMBER", help="附件待补的凭证 a voucher without paper")
    what.add_argument("--account", metavar="ACCOUNT", help="对账单待到的账户 a money account")
    what.add_argument("--transfer", metavar="REF", help="待核的往来款 a transfer being cleared")
    add.add_argument("--month", type=acting.month, metavar="MONTH", help="所属月份 its month")
    add.add_argument(
        "--until", required=True, type=acting.day, metavar="DAY", help="补齐期限 its last day"
    )
    add.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    acting.add_json(add)
    add.set_defaults(run=run_add)

    count = acting.add_part(
        parts, "count", "登记月末盘点或函证，另一人确认 what was counted, or a bank confirmed"
    )
    count.add_argument("account", metavar="ACCOUNT", help="科目 account, by name or code")
    count.add_argument("month", type=acting.month, metavar="MONTH", help="月份 month")
    count.add_argument("amount", type=acting.amount, metavar="YUAN", help="实有金额 amount")
    count.add_argument(
        "--paper", required=True, type=Path, metavar="FILE", help="盘点表或函证 its paper"
    )
    count.add_argument("--reason", required=True, metavar="TEXT", help="说明 reason")
    acting.add_json(count)
    count.set_defaults(run=run_count)

    confirm = acting.add_part(
        parts, "confirm", "确认他人的申请 confirm what another asked", code=_CODE
    )
    acting.add_json(confirm)
    confirm.set_defaults(run=run_confirm)

    end = acting.add_part(
        parts,
        "end",
        "补齐后了结，或撤回未确认的 end it; take back what nobody confirmed",
        code=_CODE,
    )
    end.add_argument("--paper", type=Path, metavar="FILE", help="补来的附件 the paper that came")
    end.add_argument("--note", default="", metavar="TEXT", help="说明 note")
    acting.add_json(end)
    end.set_defaults(run=run_end)

    rule = acting.add_part(parts, "rule", "结账须具备什么 what a closing requires from a day on")
    rule.add_argument("key", metavar="KEY", help="papers, bank, transfers, year-end")
    rule.add_argument("--from", dest="since", required=True, type=acting.day, metavar="DAY",
                      help="自何日 from")  # fmt: skip
    rule.add_argument("--optional", action="store_true", help="改为只提示 only told of")
    rule.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    acting.add_json(rule)
    rule.set_defaults(run=run_rule)

    listed = acting.add_part(
        parts, "list", "列出暂缓、盘点与结账要求 list them, and what is required"
    )
    listed.add_argument("--open", action="store_true", help="只列未了结的 those that did not end")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)


def run_add(options: argparse.Namespace) -> int:
    from ledger.checklist import waivers
    from ledger.registry.waivers import BANK, PAPERS, TRANSFER

    if options.account and options.month is None:
        raise Refused(
            finding("no-month", "对账单待到的须写明月份", "say of which month the statement is",
                    "加上 --month 2026-03", "add --month 2026-03")
        )  # fmt: skip
    kind, subject = next(
        (kind, said)
        for kind, said in (
            (PAPERS, options.voucher), (BANK, options.account), (TRANSFER, options.transfer),
        )
        if said is not None
    )  # fmt: skip
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = waivers.ask(
            registry, unit, kind, subject.removeprefix(f"{unit}/"), user, now,
            until=options.until, reason=options.reason, month=options.month,
        )  # fmt: skip
    return _told(row, "待另一人确认 waits for another person", as_json=options.json)


def run_count(options: argparse.Namespace) -> int:
    from ledger.checklist import waivers

    paper = _paper(options.paper)
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = waivers.count(
            registry, unit, options.account, options.month, options.amount, user, now,
            paper=paper, reason=options.reason,
        )  # fmt: skip
    return _told(row, "待另一人确认 waits for another person", as_json=options.json)


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.checklist import waivers

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = waivers.confirm(registry, unit, options.code, user, now)
    return _told(row, "已确认 confirmed", as_json=options.json)


def run_end(options: argparse.Namespace) -> int:
    from ledger.checklist import waivers

    paper = None if options.paper is None else _paper(options.paper)
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = waivers.end(registry, unit, options.code, user, now, paper=paper, note=options.note)
    return _told(row, "已了结 ended", as_json=options.json)


def run_rule(options: argparse.Namespace) -> int:
    from ledger.checklist import waivers

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        waivers.set_rule(
            registry, unit, options.key, user, now, day=options.since,
            required=not options.optional, reason=options.reason,
        )  # fmt: skip
    how = "只提示 told of" if options.optional else "必须具备 required"
    if options.json:
        said = {"key": options.key, "from": options.since.isoformat(),
                "required": not options.optional}  # fmt: skip
        print(json.dumps(said))
    else:
        print(f"{options.key}：自 from {options.since} {how}")
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import closing_rules
    from ledger.registry import waivers as rows

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            found = rows.of_unit(conn, unit)
            rules = closing_rules.of_unit(conn, unit)
    today = now.date()
    found = [row for row in found if not options.open or row.state != rows.ENDED]
    if options.json:
        said = {
            "waivers": [{**fields(row), "overdue": row.is_overdue(today)} for row in found],
            "rules": [_rule(row) for row in rules],
        }
        print(json.dumps(said, ensure_ascii=False))
        return 0
    for row in found:
        state = rows.STATE_WORDS[row.state]
        late = "  已逾期 overdue" if row.is_overdue(today) else ""
        print(f"{_line(row)}  {state.zh} {state.en}{late}  {row.reason}")
    for rule in rules:
        how = "必须 required" if rule.required else "提示 told"
        print(f"{rule.key}  自 from {rule.day}  {how}  {rule.reason}")
    if not found and not rules:
        print("没有暂缓 no waivers")
    return 0


def fields(row: WaiverRow) -> dict[str, object]:
    """A waiver as data; amounts are texts in yuan."""
    return {
        "code": row.code, "kind": row.kind, "subject": row.subject, "month": row.month,
        "until": row.until.isoformat() if row.until else None,
        "amount": None if row.fen is None else Money(row.fen).text, "reason": row.reason,
        "state": row.state, "maker": row.maker, "checker": row.checker, "paper": row.paper,
        "end_paper": row.end_paper, "end_note": row.end_note,
    }  # fmt: skip


def _rule(row: RuleRow) -> dict[str, object]:
    return {
        "key": row.key, "from": row.day.isoformat(), "required": row.required,
        "reason": row.reason,
    }  # fmt: skip


def _paper(path: Path) -> Paper:
    from importers.read import file_bytes
    from ledger.checklist.waivers import Paper

    return Paper(file_bytes(path), path.name)


def _line(row: WaiverRow) -> str:
    from ledger.registry.waivers import KIND_WORDS

    words = KIND_WORDS[row.kind]
    what = f"至 until {row.until}" if row.fen is None else Money(row.fen).grouped
    return f"{row.code}  {words.zh} {words.en}  {row.subject}  {row.month}  {what}"


def _told(row: WaiverRow, state: str, *, as_json: bool) -> int:
    print(json.dumps(fields(row), ensure_ascii=False) if as_json else f"{_line(row)}  {state}")
    return 0
