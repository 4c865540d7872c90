"""The rule of a year's end, as dated data: which accounts of which funds go where, step by step.

One TOML file in ``data/`` holds one rule for the charts that it names. A part takes accounts by
their codes, or by their type, and of each account the first part that fits holds.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Refused, Words, finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from ledger.chart import Chart, ChartAccount

_DATA: Final = Path(__file__).parent / "data"
#: What a fund is to the rule: money of the treasury, money bound to a purpose, or neither.
FISCAL, RESTRICTED, FREE = "fiscal", "restricted", "free"
_NOTHING: Final = Words("", "")
FUND_KINDS: Final = (FISCAL, RESTRICTED, FREE)


@dataclass(frozen=True, slots=True)
class Part:
    """Accounts that go to one other: ``of`` are codes or types, ``to`` the account's code.

    ``funds``: only of funds of these kinds; ``accounts``: ``restricted`` for the chart's restricted
    accounts alone; ``kind``: only in units of this kind; ``only``: ``credit`` where a debit balance
    stays.
    """

    of: tuple[str, ...]
    to: str
    article: str
    funds: tuple[str, ...] = FUND_KINDS
    accounts: str = ""
    kind: str = ""
    only: str = ""

    def takes(self, path: Collection[ChartAccount], root: str, fund_kind: str) -> bool:
        """Whether the part takes an account with this path in the chart, in such a fund."""
        codes = {account.code for account in path}
        budgetary = any(account.budgetary for account in path)
        if not (codes & {*self.of} or (root in self.of and not budgetary)):
            return False
        if self.accounts and not any(account.restricted for account in path):
            return False
        return fund_kind in self.funds


@dataclass(frozen=True, slots=True)
class Step:
    """What is carried over at once; every fund has a voucher of each step that moves anything."""

    id: str
    words: Words
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class YearEndRule:
    """``fiscal`` are the codes that make a fund one of the treasury's; ``after`` says what only a
    person can decide once all steps are posted."""

    id: str
    charts: tuple[str, ...]
    source: str
    effective_from: date
    effective_to: date | None
    confidence: str
    steps: tuple[Step, ...]
    fiscal: tuple[str, ...] = ()
    after: Words = _NOTHING

    def in_force(self, day: date) -> bool:
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


@cache
def all_rules() -> tuple[YearEndRule, ...]:
    """The rules that are shipped, by id."""
    return tuple(_read(path) for path in sorted(_DATA.glob("*.toml")))


def rule_of(chart: Chart, year: int) -> YearEndRule:
    """The rule for a chart at the end of a year; Refused if none is loaded.

    A rule that has ended goes on for books that keep its chart: their accounts know no other.
    """
    last = date(year, 12, 31)
    found = [one for one in all_rules() if chart.id in one.charts and one.effective_from <= last]
    if not found:
        raise Refused(
            finding(
                "no-year-end-rule",
                f"没有科目表 {chart.id} 在 {year} 年的年末结转规则",
                f"no rule for the year's end is loaded for the chart {chart.id} in {year}",
                "由会计手工填制结转凭证",
                "enter the carrying over by hand",
            )
        )
    return max(found, key=lambda one: (one.in_force(last), one.effective_from))


def _read(path: Path) -> YearEndRule:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return YearEndRule(
        id=path.stem,
        charts=tuple(data["charts"]),
        source=data["source"],
        effective_from=data["effective_from"],
        effective_to=data.get("effective_to"),
        confidence=data["confidence"],
        steps=tuple(
            Step(one["id"], Words(one["name"], one["name_en"]), tuple(map(_part, one["parts"])))
            for one in data["step"]
        ),
        fiscal=tuple(data.get("fiscal", ())),
        after=Words(data.get("after", ""), data.get("after_en", "")),
    )


def _part(said: dict[str, Any]) -> Part:
    return Part(
        tuple(said["of"]), said["to"], said["article"], tuple(said.get("funds", FUND_KINDS)),
        said.get("accounts", ""), said.get("kind", ""), said.get("only", ""),
    )  # fmt: skip
