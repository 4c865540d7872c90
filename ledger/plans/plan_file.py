"""A plan as somebody wrote it: TOML, read strictly. Every fault is a finding.

```toml
[plan]
id = "jc-2026"                      # small letters, digits, hyphens
name = "2026年基层活动补助"
payer = "qinghe"
pool = "120000.00"                  # money is text: "1234.50"
due = 2026-04-30
decision = "青工〔2026〕3号"
account = "Expenses:508-补助下级支出"
fund = "F02"
money = "Assets:102-银行存款:01-基本户"
floor = "500.00"                    # for each unit; cap, floor_per_head likewise

[base]
kind = "heads"                      # heads, fixed, past
on = 2026-03-31                     # heads: on which day; past: year = 2025

[units]
below = "qinghe"                    # every unit below, or list = ["xue", "yuan"]
level = "grass-roots"               # of these, one level only

[weights.region]
"革命老区" = "1.2"

[weights.level]
grass-roots = "1.0"

[[unit]]                            # what holds for one unit alone
id = "xue"
base = 12                           # where bases are fixed
floor = "800.00"
```
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final

from ledger.account import is_valid_account
from ledger.entry import FUND_CODE, check_text
from ledger.errors import Finding, Refused, finding
from ledger.layout import UNIT_NAME
from ledger.money import yuan

HEADS, FIXED, PAST = "heads", "fixed", "past"
_LARGEST: Final = 256 * 1024
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,29}")
_WEIGHT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_MONEY: Final = ("pool", "floor", "cap", "floor_per_head")


@dataclass(frozen=True, slots=True)
class UnitTerms:
    """What a plan says of one unit alone; None where it says nothing."""

    base: Fraction | None = None
    weight: Fraction | None = None
    floor: int | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Plan:
    """A plan that was read. Money is fen; ``digest`` is the SHA-256 of the file."""

    id: str
    name: str
    payer: str
    pool: int
    due: date
    decision: str
    account: str
    fund: str
    money: str
    base: str
    on: date | None
    year: int | None
    below: str
    units: tuple[str, ...]
    level: str
    digest: str
    floor: int = 0
    cap: int | None = None
    floor_per_head: int = 0
    regions: Mapping[str, Fraction] = field(default_factory=dict)
    levels: Mapping[str, Fraction] = field(default_factory=dict)
    terms: Mapping[str, UnitTerms] = field(default_factory=dict)


def read_plan(data: bytes, name: str) -> Plan:
    """The plan in a file; Refused with every finding if it is faulty."""
    return _Reader(data, name).plan()


class _Reader:
    """Takes each value out of its table; what is left over is not known."""

    def __init__(self, data: bytes, name: str) -> None:
        self.faults: list[Finding] = []
        self.name = name
        self.digest = hashlib.sha256(data).hexdigest()
        self.top: dict[str, Any] = {}
        if len(data) > _LARGEST:
            self.say("", f"文件超过 {_LARGEST // 1024} KB", f"more than {_LARGEST // 1024} KB")
        else:
            try:
                self.top = tomllib.loads(data.decode())
            except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
                self.say("", f"不是 TOML：{str(fault)[:80]}", f"no TOML: {str(fault)[:80]}")
        if self.faults:
            raise Refused(*self.faults)

    def say(self, where: str, zh: str, en: str) -> None:
        at = f"{where}: " if where else ""
        self.faults.append(
            finding(
                "bad-plan", f"{at}{zh}", f"{at}{en}", "改正方案文件；写法见 ledger/plans/README.md",
                "correct the plan; ledger/plans/README.md says how it is written", file=self.name,
            )
        )  # fmt: skip

    def plan(self) -> Plan:
        head = self.table("plan")
        base = self.table("base")
        units = self.table("units")
        weights = self.table("weights", required=False)
        kind = self.choice(base, "base.kind", (HEADS, FIXED, PAST))
        money = {key: self.money(head, f"plan.{key}") for key in _MONEY}
        if money["pool"] is None and "pool" not in head:
            self.say("plan.pool", "缺少", "is missing")
        fields: dict[str, Any] = {
            "id": self.text(head, "plan.id", _ID),
            "name": self.text(head, "plan.name"),
            "payer": self.text(head, "plan.payer", UNIT_NAME),
            "decision": self.text(head, "plan.decision"),
            "account": self.account(head, "plan.account"),
            "fund": self.text(head, "plan.fund", FUND_CODE),
            "money": self.account(head, "plan.money"),
            "due": self.day(head, "plan.due"),
            "base": kind,
            "on": self.day(base, "base.on") if kind == HEADS else None,
            "year": self.year(base, "base.year") if kind == PAST else None,
            "below": self.text(units, "units.below", UNIT_NAME) if "below" in units else "",
            "units": self.listed(units),
            "level": self.text(units, "units.level", UNIT_NAME) if "level" in units else "",
            "regions": self.weights(weights, "region"),
            "levels": self.weights(weights, "level"),
            "terms": self.terms(kind),
        }
        for table, where in ((head, "plan"), (base, "base"), (units, "units"), (weights, "weights"),
                             (self.top, "")):  # fmt: skip
            for key in table:
                self.say(f"{where}.{key}".strip("."), "不认识这一项", "is not known")
        if bool(fields["below"]) == bool(fields["units"]):
            self.say("units", "写明 below 或 list 之一", "name either below or list")
        cap = money["cap"]
        if cap is not None and cap < (money["floor"] or 0):
            self.say("plan.cap", "上限低于下限", "the cap is below the floor")
        if self.faults:
            raise Refused(*self.faults)
        return Plan(
            **fields, pool=money["pool"] or 0, floor=money["floor"] or 0, cap=cap,
            floor_per_head=money["floor_per_head"] or 0, digest=self.digest,
        )  # fmt: skip

    # ---- values ----------------------------------------------------------------------------

    def table(self, key: str, *, required: bool = True) -> dict[str, Any]:
        value = self.top.pop(key, None)
        if isinstance(value, dict):
            return value
        if required or value is not None:
            self.say(key, f"缺少 [{key}]", f"[{key}] is missing")
        return {}

    def text(self, table: dict[str, Any], where: str, form: re.Pattern[str] | None = None) -> str:
        value = table.pop(where.rpartition(".")[2], None)
        if not isinstance(value, str) or not value.strip() or len(value) > 120:
            self.say(where, "须为文字", "is text")
            return ""
        try:
            check_text(value, "plan")
        except ValueError:
            self.say(where, "有不能入账的字符", "holds characters that no book holds")
            return ""
        if form is not None and not form.fullmatch(value):
            self.say(where, f"写法不对：{value[:40]}", f"is not written so: {value[:40]}")
            return ""
        return value

    def account(self, table: dict[str, Any], where: str) -> str:
        found = self.text(table, where)
        if found and not is_valid_account(found):
            self.say(where, f"不是科目：{found[:60]}", f"is no account: {found[:60]}")
        return found

    def money(self, table: dict[str, Any], where: str) -> int | None:
        key = where.rpartition(".")[2]
        if key not in table:
            return None
        value = table.pop(key)
        try:
            if not isinstance(value, str):
                raise ValueError("money is text")  # noqa: TRY004 - one answer for all faults
            fen = yuan(value).fen
        except ValueError:
            self.say(where, '金额写作 "1234.50"', 'an amount is written "1234.50"')
            return None
        if fen < 0:
            self.say(where, "金额不为负", "is not negative")
            return None
        return fen

    def day(self, table: dict[str, Any], where: str) -> date | None:
        value = table.pop(where.rpartition(".")[2], None)
        if type(value) is not date:
            self.say(where, "日期写作 2026-04-30", "a day is written 2026-04-30")
            return None
        return value

    def year(self, table: dict[str, Any], where: str) -> int | None:
        value = table.pop("year", None)
        if type(value) is not int or not 2000 <= value <= 2998:
            self.say(where, "年份写作 2025", "a year is written 2025")
            return None
        return value

    def choice(self, table: dict[str, Any], where: str, choices: tuple[str, ...]) -> str:
        value = table.pop(where.rpartition(".")[2], None)
        if value not in choices:
            self.say(where, f"须为 {'、'.join(choices)} 之一", f"is one of {', '.join(choices)}")
            return ""
        return str(value)

    def listed(self, table: dict[str, Any]) -> tuple[str, ...]:
        value = table.pop("list", [])
        if not isinstance(value, list) or not all(
            isinstance(one, str) and UNIT_NAME.fullmatch(one) for one in value
        ):
            self.say("units.list", "须为单位代号的列表", "is a list of units")
            return ()
        if len(set(value)) != len(value):
            self.say("units.list", "有单位重复", "names a unit twice")
        return tuple(value)

    def weight(self, value: Any, where: str) -> Fraction:
        if not isinstance(value, str) or not _WEIGHT.fullmatch(value):
            self.say(where, '权重写作 "1.2"', 'a weight is written "1.2"')
            return Fraction(1)
        return Fraction(value)

    def weights(self, table: dict[str, Any], key: str) -> dict[str, Fraction]:
        value = table.pop(key, {})
        if not isinstance(value, dict):
            self.say(f"weights.{key}", "须为表", "is a table")
            return {}
        return {name: self.weight(one, f"weights.{key}.{name}"[:80]) for name, one in value.items()}

    def terms(self, kind: str) -> dict[str, UnitTerms]:
        value = self.top.pop("unit", [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.say("unit", "写作 [[unit]]", "is written [[unit]]")
            return {}
        found: dict[str, UnitTerms] = {}
        for place, table in enumerate(value, start=1):
            where = f"unit {place}"
            unit = self.text(table, f"{where}.id", UNIT_NAME)
            if unit in found:
                self.say(where, f"单位 {unit} 重复", f"unit {unit} is there twice")
            base = table.pop("base", None)
            if base is not None and (kind != FIXED or type(base) is not int or base < 0):
                self.say(f"{where}.base", "固定基数为不负的整数", "a fixed base is a whole number")
                base = None
            floor, cap = self.money(table, f"{where}.floor"), self.money(table, f"{where}.cap")
            if floor is not None and cap is not None and cap < floor:
                self.say(where, "上限低于下限", "the cap is below the floor")
            weight = table.pop("weight", None)
            for key in table:
                self.say(f"{where}.{key}"[:80], "不认识这一项", "is not known")
            found[unit] = UnitTerms(
                None if base is None else Fraction(base),
                None if weight is None else self.weight(weight, f"{where}.weight"),
                floor, cap,
            )  # fmt: skip
        return found
