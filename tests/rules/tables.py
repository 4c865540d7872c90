"""Rule files for tests: the shipped ones, and a small table that tests change line by line."""

from __future__ import annotations

from datetime import date
from typing import Final

from ledger.errors import Finding, Refused
from ledger.rules.rate_tables import RateTable
from ledger.rules.reading import read_tables
from ledger.rules.rulebook import Rulebook, load
from ledger.rules.table import UNIT, Place
from ledger.rules.tables import Table

DAY: Final = date(2026, 3, 1)
NATION: Final = Place()
BOOK: Final[Rulebook] = load()[0]

#: Dues by the year of a social organisation, as its members' meeting resolved them.
ASSOCIATION: Final = """
[[table]]
kind = "rates"
id = "charter-dues"
version = "2025"
rule = "association"
payer = "member"
period = "year"
name = "会费标准"
name_en = "Dues of the association"
source = "会员大会决议〔2025〕1号"
effective_from = 2025-01-01
confidence = "confirmed"
default_status = "person"
rounding = { mode = "half-up", unit = "0.01", source = "章程未载明", confidence = "recalled" }
statuses = [
  { id = "person", name = "个人会员", name_en = "person" },
  { id = "council", name = "理事单位", name_en = "council member" },
]
rows = [
  { id = "person", statuses = ["person"], name = "个人", name_en = "person", fixed = "120.00", article = "第12条" },
  { id = "council", statuses = ["council"], name = "理事单位", name_en = "council member", fixed = "5000.00", article = "第12条" },
]
terms = [
  { name = "joins", value = "month-of", source = "第12条", confidence = "confirmed" },
  { name = "leaves", value = "month-of", source = "第12条", confidence = "confirmed" },
  { name = "transfers", value = "old-unit", source = "第12条", confidence = "confirmed" },
  { name = "changes", value = "month-of", source = "第12条", confidence = "confirmed" },
  { name = "base", value = "current", source = "第12条", confidence = "confirmed" },
  { name = "proration", value = "months", source = "第12条", confidence = "confirmed" },
  { name = "due_month", value = 3, source = "第12条", confidence = "confirmed" },
  { name = "reduction", value = "approval", source = "第13条", confidence = "confirmed" },
]
"""  # noqa: E501

#: Dues by brackets, to be spoilt.
BRACKETS: Final = """
[[table]]
kind = "rates"
id = "local-dues"
version = "1"
rule = "party"
payer = "member"
period = "month"
name = "本地标准"
name_en = "Local dues"
source = "某省〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
default_status = "staff"
rounding = { mode = "half-up", unit = "0.01", source = "第3条", confidence = "confirmed" }
statuses = [{ id = "staff", name = "在职", name_en = "staff", base = "pay", base_name = "工资", base_name_en = "pay" }]
rows = [
  { id = "low", statuses = ["staff"], name = "低", name_en = "low", up_to = "1000.00", rate = "0.01" },
  { id = "high", statuses = ["staff"], name = "高", name_en = "high", above = "1000.00", rate = "0.02" },
]
terms = [
  { name = "joins", value = "month-of", source = "第4条", confidence = "confirmed" },
  { name = "leaves", value = "month-of", source = "第4条", confidence = "confirmed" },
  { name = "transfers", value = "old-unit", source = "第4条", confidence = "confirmed" },
  { name = "changes", value = "month-of", source = "第4条", confidence = "confirmed" },
  { name = "base", value = "current", source = "第4条", confidence = "confirmed" },
  { name = "proration", value = "none", source = "第4条", confidence = "confirmed" },
]
"""  # noqa: E501


def shipped(rule: str, day: date = DAY) -> RateTable:
    return BOOK.in_force(RateTable, rule, day, NATION)


def read(text: str, origin: int = UNIT) -> list[Table]:
    return read_tables(text.encode(), "rules/local.toml", origin)[0]


def one_rate(text: str) -> RateTable:
    (table,) = read(text)
    assert isinstance(table, RateTable)
    return table


def faults(text: str) -> tuple[Finding, ...]:
    """The findings that a file is refused with; none if it is taken."""
    try:
        read(text)
    except Refused as refusal:
        return refusal.findings
    return ()
