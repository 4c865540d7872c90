"""mingbai consolidate: a subtree of units as one."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.money import Money
from ledger.period import Month

if TYPE_CHECKING:
    from ledger.consolidation.consolidating import Consolidation


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("consolidate", help="汇总下属各单位 a subtree of units as one")
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument(
        "--period", required=True, type=acting.period, metavar="PERIOD", help="2026-03 或 or 2026"
    )
    parser.add_argument(
        "--engine", choices=["duckdb", "spark"], default="duckdb",
        help="计算引擎 what computes; spark 须另装 has to be installed: mingbai[spark]",
    )  # fmt: skip
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_consolidate)


def run_consolidate(options: argparse.Namespace) -> int:
    from ledger.consolidation.engines import consolidated
    from ledger.seeing import demand_tree
    from reports.sources import book_source
    from reports.statements import consolidated as statement
    from reports.text import render_text

    with acting.signed_in(options) as (registry, user, _):
        demand_tree(registry, options.unit, user)
        found = consolidated(registry, options.unit, options.period, options.engine, each=False)
    if options.json:
        print(json.dumps(as_json(found), ensure_ascii=False))
        return 0
    source = book_source(options.folder, options.unit, options.period)
    sys.stdout.write(render_text(statement.draw(found, source)))
    return 0


def as_json(found: Consolidation) -> dict[str, object]:
    """Every sum, line and elimination; money is text in yuan."""
    from ledger.consolidation.consolidating import NOTICE

    def text(fen: int) -> str:
        return Money(fen).text

    return {
        "unit": found.root,
        "period": str(found.period),
        "engine": found.engine,
        "notice": f"{NOTICE.zh} {NOTICE.en}",
        "units": list(found.units),
        "rows": [
            {
                "account": row.account,
                "fund": row.fund,
                "fund_name": row.fund_name,
                "currency": row.currency,
                # The opening of the year stands under its year alone.
                "month": str(Month(*divmod(row.month, 100)))
                if row.month % 100
                else f"{row.month // 100:04d}",
                "opening": row.month % 100 == 0,
                "debit": text(row.debit),
                "credit": text(row.credit),
                "net": text(row.net),
                "count": row.count,
            }
            for row in found.sums
        ],
        "lines": [
            {
                "line": one.line.id,
                "name": one.line.name.zh,
                "name_en": one.line.name.en,
                "side": one.line.side,
                "combined": text(one.combined),
                "eliminated": text(one.eliminated),
                "consolidated": text(one.consolidated),
            }
            for one in found.lines()
        ],
        "eliminations": [
            {
                "kind": one.kind,
                "from": one.payer,
                "to": one.payee,
                "reference": one.reference,
                "amount": text(one.fen),
                "moves": [
                    {"unit": unit, "account": account, "fund": fund, "amount": text(fen)}
                    for (unit, account, fund), fen in one.moves
                ],
            }
            for one in found.eliminations
        ],
        "not_eliminated": [
            {
                "kind": one.kind,
                "from": one.payer,
                "to": one.payee,
                "reference": one.reference,
                "side": one.side,
                "amount": text(one.fen),
                "why": f"{one.why.zh} {one.why.en}",
            }
            for one in found.left
        ],
    }
