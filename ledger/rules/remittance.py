"""What goes up by rule, what comes back by rule, and the floor per head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money
from ledger.period import Month
from ledger.rules.rate_tables import FloorTable, RemittanceRow, RemittanceTable
from ledger.rules.table import percent


@dataclass(frozen=True, slots=True)
class Remittance:
    """What ``row`` makes of a year's money; ``due`` is None where no rule names a day."""

    table: RemittanceTable
    row: RemittanceRow
    year: int
    of: Money
    amount: Money
    due: date | None

    @property
    def source(self) -> str:
        return self.table.head.cite(self.row.article)

    @property
    def arithmetic(self) -> Words:
        text = f"{self.of.text} × {percent(self.row.share)} = {self.amount.text}"
        if self.row.share == 1:
            return Words(f"全额 {self.amount.text}", f"in full: {self.amount.text}")
        return Words(text, text)

    def outstanding(self, passed: Money) -> Money:
        """What is still to be passed on; negative where more was."""
        return self.amount - passed


def remittance_due(
    table: RemittanceTable, payer: str, received: Money, year: int, to: str = ""
) -> Remittance:
    """What ``payer`` passes on of what it received in ``year``, by its row of the table.

    Refused with a finding if the table has no row for it: below the province there is no national
    share, and none is made up. ``to`` chooses where a payer has several rows.

    Raises: Refused; ValueError for a negative amount.
    """
    if received.fen < 0:
        raise ValueError("what was received is not negative")
    rows = [row for row in table.rows if row.payer == payer and to in ("", row.to)]
    if len(rows) != 1:
        raise Refused(_no_row(table, payer, rows))
    row = rows[0]
    fen = row.rounding.apply(received.fen * row.share.numerator, row.share.denominator)
    return Remittance(
        table, row, year, received, Money(fen, received.currency), _in_year(year + 1, row)
    )


def _in_year(year: int, row: RemittanceRow) -> date | None:
    """The deadline of one year; the last of February where that year has no 29th."""
    if row.due is None:
        return None
    month = Month(year, row.due[0])
    return min(month.period.last, month.first + timedelta(days=row.due[1] - 1))


def _no_row(table: RemittanceTable, payer: str, rows: list[RemittanceRow]) -> Finding:
    known = "、".join(f"{row.payer} → {row.to}" for row in rows or table.rows)
    if rows:
        zh, en = f"{payer} 有几项上缴", f"{payer} passes on to several"
    else:
        zh = f"没有装入规则：{table.head.key} 没有 {payer[:40]} 的比例"
        en = f"no rule loaded: {table.head.key} has no share for {payer[:40]}"
    return finding(
        "no-rule-loaded" if not rows else "which-remittance", zh, en,
        f"已有：{known}；各地的比例写入本地规则文件",
        f"there are: {known}; a local rule file holds what is fixed locally",
        file=table.head.file,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """A year's money of a unit beside what the floor asks for its members."""

    table: FloorTable
    year: int
    members: int
    funds: Money

    @property
    def required(self) -> Money:
        return Money(self.table.per_head * self.members, self.funds.currency)

    @property
    def short(self) -> Money:
        """What is missing; zero where the floor is met."""
        return max(self.required - self.funds, Money(0, self.funds.currency))

    @property
    def met(self) -> bool:
        return not self.short

    def finding(self) -> Finding | None:
        """None where the floor is met; else what is missing, with the rule."""
        if self.met:
            return None
        head = self.table.head
        per_head = Money(self.table.per_head).text
        return finding(
            "below-floor",
            f"{self.year} 年 {self.members} 名党员经费 {self.funds.grouped}，"
            f"按人均 {per_head} 少 {self.short.grouped}",
            f"{self.funds.grouped} for {self.members} members in {self.year}: "
            f"{self.short.grouped} below {per_head} a head",
            f"补足经费；依据 {head.cite(self.table.article)}（{head.confidence}）",
            f"bring the funds up; by {head.cite(self.table.article)} ({head.confidence})",
            severity="warning",
        )


def check_floor(table: FloorTable, members: int, funds: Money, year: int) -> FloorCheck:
    """The floor for ``members`` heads and what they have for the year. ValueError if negative."""
    if members < 0:
        raise ValueError("a number of members is not negative")
    return FloorCheck(table, year, members, funds)
