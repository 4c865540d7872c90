"""A plan as a value, whatever it was written in, and what has to hold in every plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from ledger.entry import FUND_CODE
from ledger.errors import Finding, Words, finding
from ledger.layout import UNIT_NAME
from ledger.tree.words import LEVELS, REGIONS

HEADS, FIXED, PAST = "heads", "fixed", "past"
#: What a plan divides by.
BASES: Final = {
    HEADS: Words("按人数", "by heads"),
    FIXED: Words("固定基数", "by fixed bases"),
    PAST: Words("按上年所得", "by what came in a year before"),
}
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,29}")
_WEIGHT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class UnitTerms:
    """What a plan says of one unit alone; None where it says nothing."""

    base: Fraction | None = None
    weight: Fraction | None = None
    floor: int | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Plan:
    """A plan that was read. Money is fen; ``digest`` is the SHA-256 of the file.

    Accounts are as they were written, by code or in full: the payer's book knows which they are.
    """

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
    file: str = "plan.toml"
    terms: Mapping[str, UnitTerms] = field(default_factory=dict)


def bad_plan(file: str, zh: str, en: str, line: int | None = None) -> Finding:
    """A fault of a plan, as a finding."""
    return finding(
        "bad-plan", zh, en, "改正方案；写法见 ledger/plans/README.md",
        "correct the plan; ledger/plans/README.md says how it is written", file=file, line=line,
    )  # fmt: skip


def weight_of(text: object) -> Fraction | None:
    """A weight as it is written, ``1.2``; None for what is none.

    >>> weight_of("1.2")
    Fraction(6, 5)
    """
    if isinstance(text, str) and _WEIGHT.fullmatch(text):
        return Fraction(text)
    return None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a plan; ``at`` is where: a key of the plan, or ``unit`` and its id."""

    at: str
    what: Words


def faults_of(plan: Plan) -> Iterator[Fault]:
    """What does not hold in a plan. What is empty was told by whoever read it.

    A key that is misspelt would change nothing in silence, so levels and regions are those that
    units may have.
    """
    yield from _faults_of_words(plan)
    if bool(plan.below) == bool(plan.units):
        yield _fault("units", "写明全部下级，或逐个列出单位：二者之一",
                     "name either all units below one, or each of them")  # fmt: skip
    if len(set(plan.units)) != len(plan.units):
        yield _fault("units", "有单位重复", "a unit is named twice")
    if plan.cap is not None and plan.cap < plan.floor:
        yield _fault("cap", "上限低于下限", "the cap is below the floor")
    for region in plan.regions:
        if region not in REGIONS:
            yield _fault(f"region {region}"[:60], f"地区为 {'、'.join(REGIONS)} 之一",
                         f"a region is one of {', '.join(REGIONS)}")  # fmt: skip
    for level in (*([plan.level] if plan.level else ()), *plan.levels):
        if level not in LEVELS:
            yield _fault(f"level {level}"[:60], f"层级为 {'、'.join(LEVELS)} 之一",
                         f"a level is one of {', '.join(LEVELS)}")  # fmt: skip
    for unit, terms in plan.terms.items():
        at = f"unit {unit}"[:60]
        if terms.base is not None and plan.base != FIXED:
            yield _fault(at, "固定基数时才写明基数", "it has a base only where bases are fixed")
        if terms.floor is not None and terms.cap is not None and terms.cap < terms.floor:
            yield _fault(at, "上限低于下限", "the cap is below the floor")


def _faults_of_words(plan: Plan) -> Iterator[Fault]:
    for at, text, form in (
        ("id", plan.id, _ID), ("payer", plan.payer, UNIT_NAME), ("below", plan.below, UNIT_NAME),
        ("fund", plan.fund, FUND_CODE), *(("units", unit, UNIT_NAME) for unit in plan.units),
        *(("unit", unit, UNIT_NAME) for unit in plan.terms),
    ):  # fmt: skip
        if text and not form.fullmatch(text):
            yield _fault(at, f"写法不对：{text[:40]}", f"it is not written so: {text[:40]}")
    for at, text in (("name", plan.name), ("decision", plan.decision)):
        if len(text) > LONGEST:
            yield _fault(at, f"超过 {LONGEST} 字", f"it has more than {LONGEST} characters")


def _fault(at: str, zh: str, en: str) -> Fault:
    return Fault(at, Words(zh, en))
