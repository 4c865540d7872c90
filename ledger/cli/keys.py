"""mingbai subaccounts, orders: the numbers by which payments are told apart."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.account import account_label
from ledger.cli import acting
from ledger.errors import Finding, Refused, finding

if TYPE_CHECKING:
    from importers.subaccounts import Part
    from ledger.registry import Registry


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parts = commands.add_parser(
        "subaccounts", help="登记或列出子账户 register or list sub-accounts and whose they are"
    )
    acting.add_folder(parts)
    acting.add_unit(parts)
    parts.add_argument(
        "files", nargs="*", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：子账号、会员编号（或参考号、资金） a list: sub-account, member, "
        "code or fund",
    )  # fmt: skip
    parts.add_argument(
        "--account", default="", metavar="A", help="所在科目或代码 ledger account or its code"
    )
    parts.add_argument("--number", default="", metavar="N", help="登记一个子账号 register one")
    parts.add_argument("--member", default="", metavar="M", help="属会员编号 a member's number")
    parts.add_argument("--code", default="", metavar="CODE", help="属应收或清单 a claim or list")
    parts.add_argument("--fund", default="", metavar="F", help="属资金 a fund")
    parts.add_argument("--remove", default="", metavar="N", help="移除一个子账号 take one out")
    acting.add_json(parts)
    acting.add_user(parts)
    parts.set_defaults(run=run_subaccounts, rest="files")

    orders = commands.add_parser(
        "orders", help="登记收款页的订单号 register the orders by which claims are paid"
    )
    acting.add_folder(orders)
    acting.add_unit(orders)
    orders.add_argument(
        "file", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：订单号、参考号 a list: order, code",
    )  # fmt: skip
    acting.add_json(orders)
    acting.add_user(orders)
    orders.set_defaults(run=run_orders)


def run_subaccounts(options: argparse.Namespace) -> int:
    from importers import subaccounts
    from ledger import clock

    now = clock.now()
    changes = [*(True for _ in options.files), bool(options.number), bool(options.remove)]
    if changes.count(True) > 1:
        raise Refused(_one_thing())
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if not any(changes):
            return _list(registry, unit, options)
        account = options.account or _only_account(registry, unit)
        if options.remove:
            subaccounts.remove(registry, unit, account, options.remove, user, now)
            done, told = {"removed": 1}, "已移除 1 个子账号 sub-account removed"
        else:
            parts = _parts(options)
            name = Path(options.files[0]).name if options.files else ""
            count = subaccounts.enter(registry, unit, account, parts, user, now, name)
            done = {"added": count, "known": len(parts) - count}
            told = f"已登记 {count} 个子账号 sub-accounts registered"
    print(json.dumps(done) if options.json else told)
    return 0


def _parts(options: argparse.Namespace) -> list[Part]:
    from importers import subaccounts
    from importers.read import file_bytes
    from importers.tables import table_of

    if not options.files:
        return [subaccounts.Part(options.number, options.member, options.code, options.fund)]
    path = Path(options.files[0])
    return subaccounts.read_parts(table_of(file_bytes(path), path.name), path.name)


def _list(registry: Registry, unit: str, options: argparse.Namespace) -> int:
    """The numbers and whose they are: members by their numbers, so it takes the right to browse."""
    from importers import subaccounts
    from ledger import clock, workflow
    from reports.table import aligned

    workflow.demand(acting.acting_user(registry, options, clock.now()), "browse", unit)
    found = subaccounts.listed(registry, unit)
    if options.json:
        told = [
            {
                "account": account, "number": part.number, "member": part.member or None,
                "code": part.code or None, "fund": part.fund or None,
            }
            for account, part in found
        ]  # fmt: skip
        print(json.dumps({"subaccounts": told}, ensure_ascii=False))
        return 0
    rows = [
        (account_label(account), part.number, part.member, part.code, part.fund)
        for account, part in found
    ]
    head = ("科目 account", "子账号 number", "会员 member", "参考号 code", "资金 fund")
    print(aligned([head, *rows]) if rows else "没有登记子账户 no sub-accounts")
    return 0


def _only_account(registry: Registry, unit: str) -> str:
    """The unit's money account, where it has one only."""
    from ledger.registry import imports

    with registry.read() as conn:
        known = imports.accounts(conn, registry.vault, unit)
    return known[0].account if len(known) == 1 else ""


def _one_thing() -> Finding:
    return finding(
        "one-thing",
        "名单、--number 与 --remove 每次只用一个",
        "give a list, --number or --remove: one of them at a time",
        "分几次办理",
        "do one after the other",
    )


def run_orders(options: argparse.Namespace) -> int:
    from importers import orders
    from importers.read import file_bytes
    from importers.tables import table_of
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        found = orders.read_orders(
            table_of(file_bytes(options.file), options.file.name), options.file.name
        )
        count = orders.enter(registry, unit, found, user, now, options.file.name)
    print(
        json.dumps({"added": count, "known": len(found) - count})
        if options.json
        else f"已登记 {count} 个订单号 orders registered"
    )
    return 0
