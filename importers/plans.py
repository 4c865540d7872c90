"""A distribution plan from a file: TOML, or our sheet as a workbook or CSV; one value from either.

In the sheet, facts stand above and rows below: a row is about one unit, a region or a level. Where
no unit is named above whose lower units all get a part, the rows about units say who does.
"""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from importers.lists import read_list
from importers.templates import LEVEL, PLAN, REGION, UNIT
from ledger.errors import Finding, refuse_if
from ledger.money import Money
from ledger.plans import plan_file
from ledger.plans.plan import BASES, HEADS, PAST, Plan, UnitTerms, bad_plan, faults_of
from ledger.tree.words import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from importers.list_values import ListRow
    from importers.lists import FilledIn

_LEVELS = {words.zh: level for level, words in LEVELS.items()}


def read_plan(data: bytes, name: str) -> Plan:
    """The plan in a file, by what its name ends in; Refused with every finding if it is faulty."""
    if name.lower().endswith(".toml"):
        return plan_file.read_plan(data, name)
    return plan_of(read_list(data, name, PLAN), data, name)


def plan_of(read: FilledIn, data: bytes, name: str) -> Plan:
    """The plan in a filled-in sheet; every finding says in which row."""
    plan = _plan(read, hashlib.sha256(data).hexdigest(), name)
    rows = {f"{_AT[row.text('what')]} {_key(row)}": row.line for row in read.rows}
    faults = [*_lacking(read, plan, name), *_strange(read.rows, name)]
    for fault in faults_of(plan):
        line = rows.get(fault.at) or read.lines.get(fault.at)
        at = f"{fault.at}: " if line is None else ""
        faults.append(bad_plan(name, f"{at}{fault.what.zh}", f"{at}{fault.what.en}", line))
    refuse_if(faults)
    return plan


_AT = {UNIT: "unit", REGION: "region", LEVEL: "level"}


def _plan(read: FilledIn, digest: str, name: str) -> Plan:
    base = next(kind for kind, words in BASES.items() if words.zh == read.fact("base"))
    named = tuple(row.text("key") for row in read.rows if row.text("what") == UNIT)
    below, on, year = read.fact("below"), read.facts.get("on"), read.facts.get("year")
    due = read.facts["due"]
    assert isinstance(due, date)  # noqa: S101 - the sheet asks for a day there
    return Plan(
        id=read.fact("id"),
        name=read.fact("name"),
        payer=read.fact("payer"),
        pool=_fen(read, "pool") or 0,
        due=due,
        decision=read.fact("decision"),
        account=read.fact("account"),
        fund=read.fact("fund"),
        money=read.fact("money"),
        base=base,
        on=on if base == HEADS and isinstance(on, date) else None,
        year=year if base == PAST and isinstance(year, int) else None,
        below=below,
        units=() if below else named,
        level=_level(read.fact("level")),
        digest=digest,
        floor=_fen(read, "floor") or 0,
        cap=_fen(read, "cap"),
        floor_per_head=_fen(read, "floor_per_head") or 0,
        regions=_weights(read.rows, REGION),
        levels=_weights(read.rows, LEVEL),
        file=name,
        terms={row.text("key"): _terms(row) for row in read.rows if row.text("what") == UNIT},
    )


def _level(text: str) -> str:
    """A level by its Chinese name or its id."""
    return _LEVELS.get(text, text)


def _key(row: ListRow) -> str:
    return _level(row.text("key")) if row.text("what") == LEVEL else row.text("key")


def _fen(read: FilledIn, key: str) -> int | None:
    value = read.facts.get(key)
    return value.fen if isinstance(value, Money) else None


def _weights(rows: Iterable[ListRow], what: str) -> dict[str, Fraction]:
    return {
        _key(row): weight
        for row in rows
        if row.text("what") == what and isinstance(weight := row.values.get("weight"), Fraction)
    }


def _terms(row: ListRow) -> UnitTerms:
    base, weight = row.values.get("share"), row.values.get("weight")
    return UnitTerms(
        Fraction(base) if isinstance(base, int) else None,
        weight if isinstance(weight, Fraction) else None,
        row.money("floor").fen if "floor" in row.values else None,
        row.money("cap").fen if "cap" in row.values else None,
    )


def _lacking(read: FilledIn, plan: Plan, name: str) -> Iterable[Finding]:
    """What this way of dividing needs, and amounts below zero, which no plan has."""
    if plan.base == HEADS and plan.on is None:
        yield bad_plan(name, "按人数分配须写「人数截至」", "“heads as of” is needed by heads",
                       read.lines.get("on"))  # fmt: skip
    if plan.base == PAST and (plan.year is None or not 2000 <= plan.year <= 2998):
        yield bad_plan(name, "按上年所得分配须写「所得年度」", "“year of receipts” is needed",
                       read.lines.get("year"))  # fmt: skip
    for key in ("floor", "cap", "floor_per_head"):
        if (_fen(read, key) or 0) < 0:
            yield bad_plan(name, "金额不为负", "an amount is not negative", read.lines.get(key))


def _strange(rows: Iterable[ListRow], name: str) -> Iterable[Finding]:
    levels: set[str] = set()
    for row in rows:
        if row.text("what") == LEVEL and _key(row) in levels:
            yield bad_plan(name, "这一层级有两行", "the level has two rows", row.line)
        if row.text("what") == LEVEL:
            levels.add(_key(row))
        if row.text("what") != UNIT:
            if "weight" not in row.values:
                yield bad_plan(
                    name, "地区和层级须写权重", "a region or level has a weight", row.line
                )
            if row.values.keys() & {"share", "floor", "cap"}:
                yield bad_plan(
                    name, "地区和层级只有权重", "a region or level has nothing but a weight",
                    row.line,
                )  # fmt: skip
        elif row.money("floor").fen < 0 or row.money("cap").fen < 0:
            yield bad_plan(name, "金额不为负", "an amount is not negative", row.line)
