"""mingbai reconcile: a bank account and a period, by the statements and by the book."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from ledger.account import account_label
from ledger.choosing import resolve_account
from ledger.cli import acting
from ledger.errors import Refused, finding
from ledger.period import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.money import Money
    from ledger.registry import Registry
    from reports.reconciling import Item, Reconciliation


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    reconcile = commands.add_parser(
        "reconcile", help="银行对账 compare statements and book of an account"
    )
    acting.add_folder(reconcile)
    acting.add_unit(reconcile)
    reconcile.add_argument(
        "--account", required=True, metavar="A",
        help="科目、代码或名称 ledger account, its code or label, such as 10201",
    )  # fmt: skip
    reconcile.add_argument("--period", required=True, metavar="PERIOD", help="2026-03 或 or 2026")
    acting.add_json(reconcile)
    acting.add_user(reconcile)
    reconcile.set_defaults(run=run_reconcile)


def run_reconcile(options: argparse.Namespace) -> int:
    """Exit status 0 where both sides agree or everything is explained, 1 where it is not."""
    from ledger import clock, workflow
    from reports.reconciling import reconcile

    period = _period(options.period)
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, clock.now())
        workflow.demand(user, "browse", unit)
        found = reconcile(registry, unit, _account(registry, unit, options.account), period)
    if options.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        print(_text(found))
    return 0 if found.agrees else 1


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise Refused(
            finding(
                "bad-period",
                f"期间写法有误：{text[:20]}",
                f"a period is not written so: {text[:20]}",
                "写作 2026-03 或 2026",
                "write 2026-03 or 2026",
            )
        ) from None


def _account(registry: Registry, unit: str, text: str) -> str:
    from ledger.registry import imports

    with registry.read() as conn:
        known = imports.accounts(conn, registry.vault, unit)
    labels = {row.label: row.account for row in known}
    try:
        return labels.get(text) or resolve_account(text, [row.account for row in known])
    except ValueError:
        choices = "、".join(row.account for row in known) or "-"
        raise Refused(
            finding(
                "which-account",
                f"「{text[:60]}」不是本单位有对账单的科目：{choices}",
                f"“{text[:60]}” is no account of this unit that statements come for: {choices}",
                "用 --account 写明其中一个科目或代码",
                "name one of these accounts, or its code, with --account",
            )
        ) from None


def _text(found: Reconciliation) -> str:
    from reports.table import aligned

    rows = [
        ("", "对账单 bank", "账簿 book"),
        ("期初 opening", _told(found.bank.opening), _told(found.book.opening)),
        ("收入 in", _told(found.bank.came), _told(found.book.came)),
        ("支出 out", _told(found.bank.went), _told(found.book.went)),
        ("期末 closing", _told(found.bank.closing), _told(found.book.closing)),
    ]
    parts = [
        f"{found.unit} {account_label(found.account)} {found.period}",
        aligned(rows, right={1, 2}),
        *_items("只在对账单 only the bank has", found.only_bank),
        *_items("只在账簿 only the book has", found.only_book),
    ]
    if found.clearing:
        parts.append("在途未结平 clearing accounts that are not back to zero")
    parts += [
        f"  {account_label(left.account)} {left.fund} {left.amount.grouped}，自 since {left.since}"
        for left in found.clearing
    ]
    if found.bank.closing is None:
        parts.append("对账单未到期末：先导入 no statement reaches the end")
    elif found.bank.steps is False:
        parts.append("对账单期初加减收支不等于期末：缺流水 lines are missing")
    elif found.bank.steps is None:
        parts.append("没有期初的对账单余额 no statement tells the opening balance")
    parts.append(f"尚未说明的差额 difference not explained: {_told(found.difference)}")
    return "\n".join(parts)


def _items(title: str, items: Sequence[Item]) -> list[str]:
    from reports.table import aligned

    if not items:
        return []
    rows = [(item.id, item.day.isoformat(), item.amount.shown, item.text) for item in items]
    return [title, aligned([("编号 id", "日期 day", "金额 amount", "摘要 text"), *rows], right={2})]


def _told(amount: Money | None) -> str:
    return "-" if amount is None else amount.grouped
