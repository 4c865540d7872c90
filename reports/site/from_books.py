"""Filling in the model from what exists: a source of statements, and campaigns as published.

What is given is what the site tells: a publication gives a source over the redacted book. Texts of
vouchers are made of labels here as well, so that not even another book's narrations are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from ledger.account import account_label
from ledger.errors import Words
from ledger.model import PostedLine
from ledger.money import CNY, Money, yuan
from ledger.period import Month, Period
from reports.site.model import (
    NO_PAPERS,
    AssetClass,
    BudgetLine,
    Campaign,
    Figure,
    Fund,
    FundMonth,
    Gift,
    GiftUse,
    Lack,
    Looked,
    PublicPosting,
    PublicVoucher,
    Unit,
)
from reports.statement import Line, Statement
from reports.statements.catalogue import build, with_annex
from reports.statements.source import Source

#: The statements that a book alone gives, in their order.
FUNDS: Final = "funds"
OF_A_BOOK: Final = ("balance-sheet", "income-statement", FUNDS)
#: So many postings stand behind a figure on its page; more are in the journal and the downloads.
MOST_BEHIND: Final = 1000
_FUND_PARTS: Final = ("opening", "in", "out", "transfers", "remaining")


def unit_of(
    source: Source,
    period: Period,
    *,
    level: Words,
    upper: str | None,
    names: Sequence[str] = OF_A_BOOK,
) -> Unit:
    """A unit as its book alone tells it: statements, funds, vouchers, and what has no papers.

    Of a period of several months there is a statement of funds for each as well, so that a fund's
    months open too.
    """
    statements = statements_of(source, period, names)
    whole = next((one for one in statements if one.name == FUNDS), None)
    by_month = tuple(
        one for month in _months(source, period) for one in statements_of(source, month, (FUNDS,))
    )
    vouchers = tuple(vouchers_of(source, period))
    within = [one for one in vouchers if one.day in period]
    bare = [one for one in within if not one.papers and not one.is_group]
    lacks = tuple(Lack(one.text, one.day, None, one.number) for one in bare)
    return Unit(
        source.unit, source.facts.name, level, upper, source.chart.name,
        funds=tuple(funds_of(source, whole or build(FUNDS, source, period), by_month)),
        statements=(*statements, *by_month), vouchers=vouchers,
        accounts=tuple(accounts_of(source)),
        looked=(Looked(NO_PAPERS, len(within), len(bare), lacks),),
    )  # fmt: skip


def statements_of(source: Source, period: Period, names: Iterable[str]) -> tuple[Statement, ...]:
    """Statements with what stands behind each of their figures."""
    return tuple(with_annex(source, build(name, source, period), MOST_BEHIND) for name in names)


def accounts_of(source: Source) -> Iterator[tuple[str, Words]]:
    """What people call each account."""
    for name, facts in source.model.accounts().items():
        yield name, Words(account_label(name), facts.name_en)


def _months(source: Source, period: Period) -> list[Period]:
    """The months of a period of several that the book has come to."""
    months = list(period.months())
    reached = max((cell.month for cell in source.model.cells()), default=None)
    if len(months) == 1 or reached is None:
        return []
    first = Month.of(source.facts.opened)
    return [month.period for month in months if first <= month <= reached]


def funds_of(
    source: Source, whole: Statement, by_month: Sequence[Statement] = ()
) -> Iterator[Fund]:
    """The funds of a statement of funds, with the months of those of its months."""
    for code, found in source.model.funds().items():
        line = _row(whole, code)
        if not line:
            continue
        months = tuple(
            FundMonth(one.period, row["in"], row["out"], row["transfers"], row["remaining"])
            for one in by_month
            if (row := _row(one, code))
        )
        yield Fund(
            code, Words(found.name, found.name_en), found.restriction, found.source,
            opening=line["opening"], came=line["in"], spent=line["out"],
            transferred=line["transfers"], remaining=line["remaining"], months=months,
        )  # fmt: skip


def _row(statement: Statement, code: str) -> dict[str, Figure]:
    """A fund's line in a statement of funds; empty if it has none."""
    for line in statement.lines:
        if line.code == code:
            return {part: _figure(statement, line, part) for part in _FUND_PARTS}
    return {}


def _figure(statement: Statement, line: Line, key: str) -> Figure:
    """A cell of money with its reference; nothing where the line says nothing."""
    index = [column.key for column in statement.columns].index(key)
    cell = line.cells[index]
    own = line.ref if index == statement.primary else ""
    return Figure(cell.fen if isinstance(cell, Money) else 0, line.refs.get(key, own))


def vouchers_of(source: Source, period: Period) -> Iterator[PublicVoucher]:
    """Every voucher from the year's beginning to the period's end, as figures add up over a year.

    They are told by the names of their accounts and funds.
    """
    accounts = dict(accounts_of(source))
    funds = {code: Words(f.name, f.name_en) for code, f in source.model.funds().items()}
    first, last = Month(period.last.year, 1), Month.of(period.last)
    found: dict[str, list[PostedLine]] = {}
    for line in source.model.lines(since=first, through=last):
        found.setdefault(line.number, []).append(line)
    for number, lines in found.items():
        head = lines[0]
        postings = tuple(
            PublicPosting(line.account, line.fund, line.amount.fen, line.amount.currency)
            for line in lines
        )
        text = _text(accounts, funds, lines)
        yield PublicVoucher(number, head.day, text, postings, head.papers, head.reverses)


def _text(
    accounts: Mapping[str, Words], funds: Mapping[str, Words], lines: Sequence[PostedLine]
) -> Words:
    """``会费：会费收入``: the fund, and the account that says most of what it was for."""
    largest = max(lines, key=lambda line: (_told(line.account), abs(line.amount.fen)))
    account = accounts.get(largest.account, Words(largest.account, ""))
    fund = funds.get(largest.fund, Words(largest.fund, ""))
    english = f"{fund.en or fund.zh}: {account.en or account.zh}"
    return Words(f"{fund.zh}：{account.zh}", english)


def _told(account: str) -> int:
    """Income and spending say more of a voucher than where its money lies."""
    return account.startswith(("Income:", "Expenses:"))


# ---- what the registry publishes, as values ----------------------------------------------------


def classes_of(statement: Statement) -> Iterator[AssetClass]:
    """Things by class, from the register as the public reads it."""
    keys = [column.key for column in statement.columns]
    if "count" not in keys:
        raise ValueError("classes are told by the register for the public")
    for line in statement.lines:
        count = line.cells[keys.index("count")] if line.cells else None
        is_worth = any(isinstance(cell, Money) for cell in line.cells)
        if line.style == "line" and isinstance(count, int) and is_worth:
            cost, worn, net = (
                _figure(statement, line, part)
                if isinstance(line.cells[keys.index(part)], Money) else None
                for part in ("cost", "worn", "net")
            )  # fmt: skip
            yield AssetClass(line.code, line.label, count, cost, worn, net)


def campaign_of(told: Mapping[str, Any]) -> Campaign:
    """A campaign from the JSON that the public reads of it."""
    end = date.fromisoformat(told["end"]) if told["end"] else None
    return Campaign(
        told["campaign"], Words(told["name"], told["name_en"]), told["purpose"], told["state"],
        date.fromisoformat(told["start"]), end, told["rule"],
        target=_fen(told["target"]), raised=_fen(told["raised"]), used=_fen(told["used"]),
        held=_fen(told["held"]), returned=_fen(told["returned"]), moved_in=_fen(told["moved_in"]),
        moved_out=_fen(told["moved_out"]), spent=_fen(told["spent"]),
        untraced=_fen(told["untraced"]),
        progress=told["progress"], coverage=told["coverage"], filing=told["filing"] or "",
        ending=told["leftover"] or "", emergency=bool(told["emergency"]),
        budget=tuple(
            BudgetLine(one["purpose"], _fen(one["budget"]), _fen(one["spent"]))
            for one in told["budget"]
        ),
        gifts=tuple(gift_of(one) for one in told["gifts"]),
    )  # fmt: skip


def gift_of(told: Mapping[str, Any]) -> Gift:
    """A gift from its line in the JSON of its campaign."""
    quantity = f"{told['quantity']} {told['measure']}" if told.get("quantity") else ""
    return Gift(
        told["gift"], date.fromisoformat(told["date"]), told["kind"],
        Words(told["donor"], told["donor_en"]), told["commitment"], told["purpose"] or "",
        told["state"],
        came=_fen(told["amount"]), used=_fen(told["used"]), held=_fen(told["held"]),
        returned=_fen(told["returned"]), moved=_fen(told["moved"]),
        quantity=quantity,
        uses=tuple(
            GiftUse(one["voucher"], date.fromisoformat(one["date"]), _fen(one["amount"]),
                    one["purpose"], one["paper"])
            for one in told["lines"]
        ),
    )  # fmt: skip


def _fen(text: str) -> int:
    return yuan(text, CNY).fen
