"""mingbai dues enter: what each member owes for a month, from a list, with a code to pay by."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import acting, dues_assess, dues_rate, lines
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import Money, total, yuan
from ledger.period import Month

if TYPE_CHECKING:
    from sqlalchemy import Connection

NUMBER: Final = ("会员编号", "编号", "number")
AMOUNT: Final = ("应缴", "金额", "amount")
_MOST: Final = 20_000


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("dues", help="会费 dues")
    deeds = group.add_subparsers(dest="deed", required=True, metavar="DEED")
    dues = deeds.add_parser("enter", help="登记一月应缴会费 enter what members owe for a month")
    acting.add_folder(dues)
    acting.add_unit(dues)
    dues.add_argument("month", metavar="MONTH", type=acting.month, help="月份 2026-03")
    dues.add_argument(
        "file", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：会员编号、应缴 a list: number, amount",
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


def run_dues(options: argparse.Namespace) -> int:
    from importers.tables import table_of
    from ledger import clock, workflow
    from ledger.registry import entries, oplog

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        rows = _rows(table_of(options.file.read_bytes(), options.file.name), options.file.name)
        with registry.write() as conn:
            known = entries.accounts(conn, unit)
            account = lines.parse([options.account], options.fund, known).account
            if options.fund not in entries.funds(conn, unit):
                raise Refused(_no_fund(options.fund))
            codes = _enter(conn, unit, options, account, rows)
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="claims.add",
                object=str(options.month), detail=f"{len(codes)} claims",
            )  # fmt: skip
    owed = total(amount for _, _, amount in rows)
    if options.json:
        told = [
            {"number": number, "code": code, "amount": amount.text}
            for (_, number, amount), code in zip(rows, codes, strict=True)
        ]
        print(json.dumps({"claims": told, "total": owed.text}, ensure_ascii=False))
    else:
        for (_, number, amount), code in zip(rows, codes, strict=True):
            print(f"{number}  {code}  {amount.grouped}")
        print(f"{len(codes)} 笔应收 claims，合计 total {owed.grouped}")
    return 0


def _enter(
    conn: Connection,
    unit: str,
    options: argparse.Namespace,
    account: str,
    rows: list[tuple[int, str, Money]],
) -> list[str]:
    """A claim of each row; the codes. Refused with every row whose member is unknown or owes it."""
    from ledger.reference import make_code
    from ledger.registry import claims, members

    month: Month = options.month
    taken = claims.count_with_prefix(conn, unit, f"HY{month.year}-")
    fresh: list[claims.ClaimRow] = []
    faults: list[Finding] = []
    for place, (row, number, amount) in enumerate(rows, start=1):
        member = members.by_number(conn, unit, number)
        if member is None:
            faults.append(
                _bad_row(options.file.name, row, "没有这名会员", "there is no such member")
            )
            continue
        if any(
            claim.month == str(month) and claim.account == account
            for claim in claims.of_member(conn, unit, member.id)
        ):
            faults.append(
                _bad_row(options.file.name, row, "此月已登记", "the month was entered already")
            )
            continue
        fresh.append(
            claims.ClaimRow(
                unit, make_code("HY", month.year, taken + place), "dues", member.id, account,
                options.fund, str(month), amount.fen, amount.currency, claims.OPEN, None,
            )
        )  # fmt: skip
    refuse_if(faults)
    claims.add_many(conn, fresh)
    return [claim.code for claim in fresh]


def _rows(cells: list[list[str]], file: str) -> list[tuple[int, str, Money]]:
    """``(row, member number, amount)`` of every line; Refused with every line that is wrong."""
    for place, row in enumerate(cells):
        heads = ["".join(cell.split()).lower() for cell in row]
        number = next((heads.index(name) for name in NUMBER if name in heads), None)
        amount = next((heads.index(name) for name in AMOUNT if name in heads), None)
        if number is not None and amount is not None:
            return _below(cells[place + 1 : place + 1 + _MOST], place + 2, number, amount, file)
    raise Refused(
        finding(
            "dues-list",
            "名单中没有「会员编号」和「应缴」两列",
            "the list has no columns for the member's number and what is owed",
            "首行写列名：会员编号、应缴",
            "name the columns in the first row: number, amount",
            file=file,
        )
    )


def _below(
    cells: list[list[str]], first: int, number: int, amount: int, file: str
) -> list[tuple[int, str, Money]]:
    found: list[tuple[int, str, Money]] = []
    faults: list[Finding] = []
    for place, row in enumerate(cells, start=first):
        padded = [*row, *[""] * (max(number, amount) + 1 - len(row))]
        who, much = padded[number].strip(), padded[amount].strip()
        if not who and not much:
            continue
        try:
            owed = yuan(much)
        except ValueError:
            owed = Money(0)
        if not who or owed.fen <= 0 or who in {one for _, one, _ in found}:
            what = "编号缺失或重复，或金额有误"
            faults.append(
                _bad_row(file, place, what, "the number is missing or twice, or the amount wrong")
            )
            continue
        found.append((place, who, owed))
    refuse_if(faults)
    return found


def _bad_row(file: str, row: int, zh: str, en: str) -> Finding:
    return finding(
        "dues-row", zh, en, "改正此行；名单要么全收，要么不收",
        "correct this row; the list is taken whole or not at all", file=file, line=row,
    )  # fmt: skip


def _no_fund(code: str) -> Finding:
    return finding(
        "no-fund",
        f"没有资金 {code[:40]}",
        f"there is no fund {code[:40]}",
        "先用 mingbai fund 设立",
        "declare it first with mingbai fund",
    )
