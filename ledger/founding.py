"""Founding a unit's book: its facts, accounts and funds as the journal's first entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import canonical, chart, privacy
from ledger.account import is_valid_account
from ledger.entry import FUND_CODE, check_text
from ledger.errors import Refused, finding, refuse_if
from ledger.fundcheck import RESTRICTIONS
from ledger.journal import Pen, open_pen, write_book_file
from ledger.money import Money
from ledger.registry import closing_rules, entries, units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.registry import Registry


@dataclass(frozen=True, slots=True)
class Founding:
    """What a new unit starts with. ``limit`` is the size above which two checkers sign.

    ``strict``: its months are closed only with papers, money and transfers proven.
    """

    unit: str
    name: str
    chart: str
    opened: date
    limit: Money
    name_en: str = ""
    upper: str = ""
    strict: bool = False


def found_unit(registry: Registry, founding: Founding, now: datetime) -> None:
    """Enter a unit and open its book with every account of its chart."""
    rows = [
        entries.AccountRow(
            facts.name, facts.name_en, facts.currency, facts.capital, founding.opened, None
        )
        for facts in chart.load_chart(founding.chart).book_accounts()
    ]
    with registry.write() as conn:
        units.add(
            conn,
            unit=founding.unit,
            name=founding.name,
            name_en=founding.name_en,
            chart=founding.chart,
            opened=founding.opened,
            limit_fen=founding.limit.fen,
            upper=founding.upper or None,
        )
        for key in closing_rules.FROM_THE_FIRST if founding.strict else ():
            closing_rules.add(
                conn, founding.unit, key, founding.opened, required=True, reason="建账 founded",
                user="system", now=now,
            )  # fmt: skip
    with open_pen(registry, founding.unit, now) as pen:
        pen.directives(
            "unit",
            canonical.unit_text(
                founding.opened.isoformat(),
                founding.unit,
                founding.name,
                founding.chart,
                name_en=founding.name_en,
                limit=founding.limit,
                upper=founding.upper,
            ),
            file="chart.bean",
            day=founding.opened,
            key="unit",
        )
        open_accounts(pen, rows)
    write_book_file(registry, founding.unit)


def open_accounts(pen: Pen, rows: Iterable[entries.AccountRow]) -> None:
    """Journal the opening of accounts, all on their own day, as one entry."""
    rows = list(rows)
    refuse_if(privacy.faults(text for row in rows for text in (row.name, row.name_en)))
    known = entries.accounts(pen.conn, pen.unit, [row.name for row in rows])
    for row in rows:
        if not is_valid_account(row.name) or row.name in known:
            raise Refused(
                finding(
                    "account-open",
                    f"科目 {row.name[:60]} 已开立或名称不合规",
                    f"account {row.name[:60]} is open already or badly named",
                    "科目写作 Assets:102-银行存款:01-基本户",
                    "an account is written Assets:102-银行存款:01-基本户",
                )
            )
    body = "".join(
        canonical.open_text(
            row.opened.isoformat(), row.name, row.currency, row.name_en, capital=row.capital
        )
        for row in rows
    )
    pen.directives("open", body, file="chart.bean", day=rows[0].opened, key=f"open:{rows[0].name}")
    for row in rows:
        entries.add_account(pen.conn, pen.unit, row)


def declare_fund(pen: Pen, row: entries.FundRow) -> None:
    """Journal a fund's declaration."""
    refuse_if(privacy.faults((row.name, row.name_en, row.source)))
    faults = []
    if not FUND_CODE.fullmatch(row.code) or entries.funds(pen.conn, pen.unit, [row.code]):
        faults.append(("代码已用或不合规", "its code is taken or badly formed"))
    if row.restriction not in RESTRICTIONS:
        faults.append(("限定类别不明", "its restriction is unknown"))
    try:
        for text in (row.name, row.name_en, row.source):
            check_text("fund", text)
    except ValueError as fault:
        faults.append((str(fault), str(fault)))
    if faults or not row.name:
        zh, en = faults[0] if faults else ("缺名称", "it has no name")
        raise Refused(
            finding(
                "bad-fund",
                f"资金 {row.code[:40]}：{zh}",
                f"fund {row.code[:40]}: {en}",
                f"限定类别为 {'、'.join(RESTRICTIONS)} 之一",
                f"restrictions are {', '.join(RESTRICTIONS)}",
            )
        )
    body = canonical.fund_text(
        row.opened.isoformat(), row.code, row.name, row.restriction, row.name_en, row.source
    )
    pen.directives("fund", body, file="funds.bean", day=row.opened, key=f"fund:{row.code}")
    entries.add_fund(pen.conn, pen.unit, row)
