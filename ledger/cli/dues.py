"""mingbai dues enter: what each member owes for a month, from a list, with a code to pay by."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ledger.cli import (
    acting,
    dues_arrears,
    dues_assess,
    dues_cash,
    dues_off,
    dues_rate,
    dues_shares,
    dues_up,
    dues_uses,
    lines,
    own_pages,
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("dues", help="会费 dues")
    deeds = group.add_subparsers(dest="deed", required=True, metavar="DEED")
    dues = deeds.add_parser("enter", help="登记一月应缴会费 enter what members owe for a month")
    acting.add_folder(dues)
    acting.add_unit(dues)
    dues.add_argument("month", metavar="MONTH", type=acting.month, help="月份 2026-03")
    dues.add_argument(
        "file", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：模板 dues-list，或会员编号、应缴两列的表 the template dues-list, "
        "or a list of numbers and amounts",
    )  # fmt: skip
    dues.add_argument(
        "--account", required=True, metavar="A", help="收到时记入 credited when it is paid"
    )
    dues.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    acting.add_json(dues)
    acting.add_user(dues)
    dues.set_defaults(run=run_dues)
    dues_rate.add_commands(deeds)
    dues_assess.add_commands(deeds)
    dues_uses.add_commands(deeds)
    dues_up.add_commands(deeds)
    dues_shares.add_commands(deeds)
    dues_cash.add_commands(deeds)
    dues_off.add_commands(deeds)
    dues_arrears.add_commands(deeds)
    own_pages.add_dues(deeds)


def run_dues(options: argparse.Namespace) -> int:
    from importers.listing import Target
    from importers.payroll import enter_owed
    from importers.read import file_bytes
    from ledger import clock
    from ledger.registry import entries

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        data = file_bytes(options.file)
        with registry.read() as conn:
            known = entries.accounts(conn, unit)
        to = Target(lines.parse([options.account], options.fund, known).account, options.fund)
        done = enter_owed(registry, unit, options.month, data, options.file.name, to, user, now)
    if options.json:
        told = [
            {"number": number, "code": code, "amount": amount.text}
            for number, code, amount in done.claims
        ]
        print(json.dumps({"claims": told, "total": done.amount.text}, ensure_ascii=False))
    else:
        for number, code, amount in done.claims:
            print(f"{number}  {code}  {amount.grouped}")
        print(f"{len(done.claims)} 笔应收 claims，合计 total {done.amount.grouped}")
    return 0
