"""mingbai dues cash, receipt, receipts, credits, refund: cash over the counter, and back."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting, lines
from ledger.cli.files import write
from ledger.errors import Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.claims import ClaimRow
    from ledger.registry.receipts import ReceiptRow


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    cash = commands.add_parser("cash", help="收现金并开收据 take cash and give a numbered receipt")
    _begin(cash)
    cash.add_argument("number", metavar="NUMBER", help="会员编号 the member's number")
    cash.add_argument(
        "--amount", required=True, type=acting.above_zero, metavar="M", help="金额 amount"
    )
    cash.add_argument(
        "--for", dest="codes", action="append", default=[], metavar="CODE",
        help="指定缴费码，缺省先缴最早的 the claims that are paid; by default the oldest first",
    )  # fmt: skip
    add_kinds(cash)
    cash.add_argument("--account", metavar="A", help="现金科目 cash account")
    cash.add_argument("--date", type=acting.day, metavar="DAY", help="收款日，缺省今天 today")
    cash.add_argument("-o", "--output", type=Path, metavar="F", help="收据 PDF the receipt")
    _end(cash, run_cash)

    receipt = commands.add_parser("receipt", help="打印或作废收据 print a receipt, or void it")
    _begin(receipt)
    receipt.add_argument("name", metavar="RECEIPT", help="收据号 such as 2026-000012")
    what = receipt.add_mutually_exclusive_group(required=True)
    what.add_argument("-o", "--output", type=Path, metavar="F", help="PDF")
    what.add_argument("--void", action="store_true", help="作废 make it void")
    receipt.add_argument("--reason", default="", metavar="TEXT", help="作废原因 why it is void")
    _end(receipt, run_receipt)

    receipts = commands.add_parser("receipts", help="一年的收据 the receipts of a year")
    _begin(receipts)
    receipts.add_argument("year", metavar="YEAR", type=acting.number, help="年份 2026")
    _end(receipts, run_receipts)

    credits = commands.add_parser("credits", help="会员的预缴款 what members have paid ahead")
    _begin(credits)
    credits.add_argument("number", nargs="?", metavar="NUMBER", help="会员编号 one member's")
    _end(credits, run_credits)

    refund = commands.add_parser("refund", help="退还预缴款 pay a credit back: a draft")
    _begin(refund)
    refund.add_argument("number", metavar="NUMBER", help="会员编号 the member's number")
    refund.add_argument(
        "--amount", type=acting.above_zero, metavar="M", help="金额，缺省全部 all by default"
    )
    refund.add_argument(
        "--for", dest="codes", action="append", default=[], metavar="CODE",
        help="指定预缴款 the credits that are paid back",
    )  # fmt: skip
    refund.add_argument("--account", metavar="A", help="付出科目，缺省现金 from; cash by default")
    refund.add_argument("--decision", default="", metavar="TEXT", help="依据文号 decision")
    refund.add_argument("--date", type=acting.day, metavar="DAY", help="日期，缺省今天 today")
    _end(refund, run_refund)


def add_kinds(parser: argparse.ArgumentParser) -> None:
    """What is said of a payment beside its amount; ``answer`` asks for the same."""
    parser.add_argument("--rule", metavar="RULE", help="哪一种会费 by which rule, where several")
    parser.add_argument(
        "--voluntary", type=acting.above_zero, metavar="M",
        help="其中声明自愿多交的 what of it the payer declared voluntary",
    )  # fmt: skip
    parser.add_argument(
        "--up", nargs=2, metavar=("ACCOUNT", "FUND"),
        help="大额自愿多交全额上缴的负债科目与资金 where what is passed up whole is owed",
    )  # fmt: skip


def _begin(parser: argparse.ArgumentParser) -> None:
    acting.add_folder(parser)
    acting.add_unit(parser)


def _end(parser: argparse.ArgumentParser, run: Any) -> None:
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run)


def account_of(conn: Connection, unit: str, text: str) -> str:
    """An account as it is typed, by code or name."""
    from ledger.registry import entries

    return lines.parse([text], "", entries.accounts(conn, unit)).account


def _cash_account(conn: Connection, unit: str, text: str | None) -> str:
    """The account that cash goes through: the one that is named, or the unit's only one."""
    from ledger.dues import cash

    return account_of(conn, unit, text) if text else cash.cash_account(conn, unit)


# ---- cash --------------------------------------------------------------------------------------


def run_cash(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues import cash
    from ledger.dues.receiving import Payment, member_numbered

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        with registry.read() as conn:
            member = member_numbered(conn, unit, options.number)
            account = _cash_account(conn, unit, options.account)
            up = (account_of(conn, unit, options.up[0]), options.up[1]) if options.up else None
        payment = Payment(
            member.id, options.amount, options.date or now.date(), tuple(options.codes),
            options.rule, options.voluntary, up,
        )  # fmt: skip
        taken = cash.take(registry, unit, payment, account, user, now)
        if options.output is not None:
            print_receipt(registry, taken.receipt, options.output, user, now)
    for warning in taken.received.warnings:
        print(warning, file=sys.stderr)
    told = _told(taken.receipt) | {"draft": taken.draft}
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(_text(taken.receipt))
        print(f"草稿待审核 the draft waits for a checker: {taken.draft}")
    return 0


def _told(row: ReceiptRow) -> dict[str, Any]:
    return {
        "receipt": row.name,
        "day": row.day.isoformat(),
        "member": row.member,
        "amount": Money(row.fen).text,
        "state": row.state,
        "reason": row.reason,
        "printed": row.printed,
        "lines": [
            {"claim": one.code, "rule": one.rule, "month": one.month, "kind": one.kind,
             "amount": Money(one.fen).text}
            for one in row.lines
        ],
    }  # fmt: skip


def _text(row: ReceiptRow) -> str:
    from ledger.dues.names import of_part

    parts = [f"收据 receipt {row.name}  {row.day}  {Money(row.fen).grouped}  {row.state}"]
    for one in row.lines:
        words = of_part(one.rule, one.month, one.kind)
        parts.append(f"  {one.code or '—'}  {Money(one.fen).grouped}  {words.zh} {words.en}")
    if row.reason:
        parts.append(f"  {row.reason}")
    return "\n".join(parts)


# ---- receipts ----------------------------------------------------------------------------------


def run_receipt(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues import cash

    now = clock.now()
    year, number = _numbers(options.name)
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if options.void:
            cash.void(registry, unit, year, number, user, now, options.reason)
        with registry.read() as conn:
            row = cash.find(conn, unit, year, number)
        if options.output is not None:
            row = print_receipt(registry, row, options.output, user, now)
    print(json.dumps(_told(row), ensure_ascii=False) if options.json else _text(row))
    return 0


def print_receipt(
    registry: Registry, row: ReceiptRow, path: Path, user: User, now: datetime
) -> ReceiptRow:
    """Write a receipt's PDF; it names the payer, so that the print is kept, and counted."""
    from reports.pdf.cash_receipt import draw_receipt
    from reports.receipts import receipt_page

    row, page = receipt_page(registry, row, user, now)
    write(path, draw_receipt(page))
    return row


def _numbers(name: str) -> tuple[int, int]:
    year, _, number = name.partition("-")
    if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        raise Refused(
            finding(
                "bad-receipt", f"不是收据号：{name[:20]}", f"not a receipt's number: {name[:20]}",
                "写作 2026-000012", "write 2026-000012",
            )
        )  # fmt: skip
    return int(year[:4]), int(number[:9])


def run_receipts(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import receipts

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = receipts.of_unit(conn, unit, options.year)
    if options.json:
        print(json.dumps({"receipts": [_told(row) for row in rows]}, ensure_ascii=False))
    else:
        print("\n".join(map(_text, rows)) or "没有收据 no receipts")
    return 0


# ---- credits -----------------------------------------------------------------------------------


def run_credits(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.dues.receiving import member_numbered
    from ledger.registry import claims, members

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            one = member_numbered(conn, unit, options.number).id if options.number else None
            rows = [
                row
                for state in (claims.CREDIT, claims.REFUNDING)
                for row in claims.in_state(conn, unit, state)
                if one in (None, row.member)
            ]
            numbers = {
                id: row.number
                for id, row in members.with_ids(conn, {row.member or "" for row in rows}).items()
            }
    told = [_credit(row, numbers) for row in sorted(rows, key=lambda row: row.code)]
    if options.json:
        print(json.dumps({"credits": told}, ensure_ascii=False))
    else:
        for line in told:
            print("  ".join(str(line[key]) for key in ("number", "code", "amount", "state")))
        total = Money(sum(row.fen for row in rows)).grouped
        print(f"{len(rows)} 笔预缴款 credits，合计 total {total}")
    return 0


def _credit(row: ClaimRow, numbers: dict[str, str]) -> dict[str, Any]:
    return {
        "number": numbers.get(row.member or "", ""), "member": row.member, "code": row.code,
        "amount": Money(row.fen).text, "state": row.state, "rule": row.rule,
        "since": None if row.due is None else row.due.isoformat(),
    }  # fmt: skip


def run_refund(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues import cash

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        with registry.read() as conn:
            account = _cash_account(conn, unit, options.account)
        fen = None if options.amount is None else options.amount.fen
        draft = cash.refund(
            registry, unit, options.number, fen, account, user, now,
            day=options.date or now.date(), codes=options.codes, decision=options.decision,
        )  # fmt: skip
    print(
        json.dumps({"draft": draft})
        if options.json
        else f"草稿待审核 the draft waits for a checker: {draft}"
    )
    return 0
