"""mingbai aid: payments to persons, looked at, entered and listed; names only for who may know.

Persons' data come from a list in a file, or from the register by a member's number, never from the
command's words, which everyone who lists processes can read.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import CannotRun, Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.aid.paying import Order, Paid, Preview
    from ledger.aid.standing import Listed
    from ledger.registry import Registry


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("aid", help="帮扶救助 aid to persons")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    _add_pay(parts)

    listed = acting.add_part(parts, "list", "列出帮扶发放 list payments of aid", run=run_list)
    listed.add_argument("--year", type=acting.number, metavar="Y", help="年度 year")
    listed.add_argument("--kind", default="", metavar="K", help="类别或事由 kind or occasion")
    _names(listed)

    show = acting.add_part(
        parts, "show", "一批发放，及规则怎么说 one batch, and what rules say of it", run=run_show
    )
    show.add_argument("batch", metavar="BATCH", help="批次 BF2026-0001-…")
    _names(show)

    kinds = acting.add_part(
        parts, "kinds", "类别、事由与限额 kinds, occasions and limits in force", run=run_kinds
    )
    kinds.add_argument("--on", type=acting.day, metavar="DAY", help="何日有效 in force when")


def _add_pay(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pay = acting.add_part(
        parts, "pay", "登记发放并起草凭证 enter payments and propose their draft", run=run_pay
    )
    pay.add_argument("--list", type=Path, metavar="FILE", help="清单：模板 aid a filled-in sheet")
    pay.add_argument("--member", metavar="M", help="或一名会员的编号 or one member's number")
    pay.add_argument("--kind", metavar="K", help="类别，如 hardship kind")
    pay.add_argument("--reason", default="", metavar="R", help="事由，如 hospital occasion")
    pay.add_argument("--amount", type=acting.above_zero, metavar="YUAN", help="金额 amount")
    pay.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    pay.add_argument("--money", required=True, metavar="ACCOUNT", help="付款科目 paid from")
    pay.add_argument(
        "--account", action="append", default=[], metavar="[K=]ACCOUNT",
        help="支出科目，可按类别 what is charged, by kind or for all",
    )  # fmt: skip
    pay.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="发放日 day")
    pay.add_argument("--decision", required=True, metavar="TEXT", help="决定或审批文号 decision")
    pay.add_argument(
        "--purpose", default="", metavar="USE", help="受约束资金的用途 use of the fund"
    )
    pay.add_argument(
        "--paper", action="append", default=[], type=Path, metavar="FILE", help="附件 paper"
    )
    pay.add_argument("--preview", action="store_true", help="只试算，不登记 look only")


def _names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--names", action="store_true",
        help="连同受助人，须能登记或审核，记入操作日志 with whom it went to; it is logged",
    )  # fmt: skip


# ---- paying ------------------------------------------------------------------------------------


def run_pay(options: argparse.Namespace) -> int:
    from importers.aid import pay_list, preview_list
    from importers.read import file_bytes
    from ledger import workflow
    from ledger.aid import paying
    from ledger.aid.recipients import Wanted

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        _refuse_unclear(options)
        order = _order(registry, options, user.id)
        data, name = b"", ""
        if options.list is not None:
            data, name = file_bytes(options.list), options.list.name
        one = Wanted(1, options.kind or "", options.reason, options.amount or Money(0),
                     options.member or "")  # fmt: skip
        if options.preview:
            found = (
                preview_list(registry, order, data, name, user)
                if options.list is not None
                else paying.preview(registry, order, [one], user)
            )
            return _previewed(found, as_json=options.json)
        done = (
            pay_list(registry, order, data, name, user, now)
            if options.list is not None
            else paying.pay(registry, order, [one], user, now)
        )
    if options.json:
        print(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        print(_paid(done))
    return 0


def _order(registry: Registry, options: argparse.Namespace, user: str) -> Order:
    from ledger import clock
    from ledger.aid.paying import Order
    from ledger.registry import papers

    accounts: dict[str, str] = {}
    for word in options.account:
        kind, mark, account = word.partition("=")
        accounts[kind if mark else ""] = account if mark else word
    kept = [] if options.preview else [
        papers.store(registry, options.unit, path, user=user, now=clock.now())
        for path in options.paper
    ]  # fmt: skip
    return Order(
        options.unit, options.on, options.fund, options.money, options.decision, accounts,
        options.purpose, tuple(dict.fromkeys(kept)),
    )  # fmt: skip


def _refuse_unclear(options: argparse.Namespace) -> None:
    one = options.member and options.kind and options.amount
    some = options.member or options.kind or options.amount or options.reason
    if (options.list is None) == (not one) or (options.list is not None and some):
        raise CannotRun(
            finding(
                "aid-of-whom",
                "写明清单，或一名会员的编号、类别与金额",
                "name a list, or one member with kind and amount",
                "--list 清单；或 --member 编号 --kind 类别 --amount 金额。不是会员的写入清单",
                "--list FILE, or --member M --kind K --amount YUAN; others stand in a list",
            )
        )  # fmt: skip


def _previewed(found: Preview, *, as_json: bool) -> int:
    errors = [one for one in found.findings if one.severity == "error"]
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return 1 if errors else 0
    known = {"member": "会员 member", "recipient": "曾受助 aided before", "new": "新 new"}
    for row in found.rows:
        name = found.terms.name(row.kind, row.reason)
        print(f"{row.line:>4}  {name.zh} {name.en}  {row.amount.grouped}  {known[row.known]}")
    print(_judged(found))
    return 1 if errors else 0


def _judged(found: Preview) -> str:
    limits = found.terms.limits
    rule = limits.head.source if limits is not None else "没有装入限额规则 no rule loaded"
    head = f"{len(found.rows)} 笔 payments，合计 total {found.total.grouped}；限额 limits: {rule}"
    told = [str(one) for one in found.findings if one.rule != "no-rule-loaded"]
    return "\n".join([head, *told])


def _paid(done: Paid) -> str:
    return (
        f"{_judged(done.preview)}\n已登记 entered {done.batch}："
        f"草稿待审核 a draft waits for a checker {done.draft}"
    )


# ---- listing -----------------------------------------------------------------------------------


def run_list(options: argparse.Namespace) -> int:
    from ledger.aid.standing import listed

    year = options.year
    if year is not None and not 1900 <= year <= 2998:
        raise Refused(
            finding("bad-period", "年度须为年份", "this is no year", "如 2026", "such as 2026")
        )
    with acting.signed_in(options) as (registry, user, now):
        rows = listed(
            registry, options.unit, user, now, year=year, kind=options.kind, names=options.names
        )
    if options.json:
        told = [row.as_json(names=options.names) for row in rows]
        print(json.dumps({"payments": told}, ensure_ascii=False))
    else:
        print(_text(rows, names=options.names))
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger.aid.standing import of_batch

    with acting.signed_in(options) as (registry, user, now):
        found = of_batch(registry, options.unit, options.batch, user, now, names=options.names)
    if options.json:
        told = {
            "batch": options.batch,
            "payments": [row.as_json(names=options.names) for row in found.rows],
            "findings": [one.as_json() for one in found.findings],
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n".join([_text(found.rows, names=options.names), *map(str, found.findings)]))
    return 0


def _text(rows: tuple[Listed, ...] | list[Listed], *, names: bool) -> str:
    from ledger.aid.standing import STATES

    if not rows:
        return "没有帮扶发放 no aid was paid"
    lines = []
    for one in rows:
        row, state = one.stood.row, STATES[one.stood.state]
        parts = [
            row.code, row.batch, row.day.isoformat(), f"{one.what.zh} {one.what.en}",
            Money(row.fen).grouped, f"{state.zh} {state.en}", one.stood.number or row.draft or "",
        ]  # fmt: skip
        if names:
            parts += [one.member, one.name, one.account]
        lines.append("  ".join(part for part in parts if part))
    counted = [one.stood.row.fen for one in rows if one.stood.counts]
    total = Money(sum(counted)).grouped
    lines.append(f"{len(counted)} 笔 payments，合计 total {total}")
    return "\n".join(lines)


def run_kinds(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.aid.terms import terms
    from ledger.rules.listing import limit_words

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            known = terms(registry, conn, unit, options.on or now.date())
    limits = known.limits
    rows = [
        (kind, next((one for one in limits.limits if one.id == kind.id), None) if limits else None)
        for kind in known.kinds.values()
    ]
    if options.json:
        told = {
            "kinds": [
                {"id": kind.id, "of": kind.of or None, "name": kind.name.zh,
                 "name_en": kind.name.en, "account": known.accounts.get(kind.id),
                 "most": Money(limit.most).text if limit and limit.most is not None else None,
                 "per": limit.per if limit and limit.most is not None else None,
                 "within_months": limit.within if limit else None,
                 "again": limit.again if limit and limit.within is not None else None}
                for kind, limit in rows
            ],
            "source": known.table.head.source,
            "limits": limits.head.key if limits is not None else "no rule loaded",
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for kind, limit in rows:
        said = "；".join(limit_words(limit)) if limit is not None else ""
        under = f"{kind.of}/{kind.id}" if kind.of else kind.id
        print(f"{under:<22} {kind.name.zh} {kind.name.en}  {said}".rstrip())
    print(f"依据 source: {known.table.head.source}")
    rule = limits.head.cite("") if limits is not None else "没有装入限额规则 no rule loaded"
    print(f"限额 limits: {rule}")
    return 0
