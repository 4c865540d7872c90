"""The terms that a table of members' dues states, and what each may say.

A term is a figure like any other: each stands in the table with where it is written and how well
that is known. What no document says is then seen to be our reading of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.errors import Words


class TermKind(NamedTuple):
    """One term: its name for people, what it may be, and whether every table says it."""

    name: Words
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    amount: bool = False
    needed: bool = False


TERMS: Final[Mapping[str, TermKind]] = {
    # A joiner owes from the month of joining, or from the one after it.
    "joins": TermKind(Words("入会当月", "joining"), ("month-of", "next-month"), needed=True),
    # Who leaves owes the month that they leave in, or none of it.
    "leaves": TermKind(Words("离会当月", "leaving"), ("month-of", "month-before"), needed=True),
    # Which unit collects the month of a transfer: exactly one of the two does.
    "transfers": TermKind(Words("转接当月", "transfer"), ("old-unit", "new-unit"), needed=True),
    # Whether a change of status or base counts in its own month.
    "changes": TermKind(Words("变动", "changes"), ("month-of", "next-month"), needed=True),
    # The base of the year's start for the whole year, or the one of each month.
    "base": TermKind(Words("基数", "base"), ("year-start", "current"), needed=True),
    # Yearly dues of a joiner: whole, or by the months that are left.
    "proration": TermKind(Words("折算", "proration"), ("none", "months"), needed=True),
    "due_month": TermKind(Words("应缴月份", "month when due"), least=1, most=12),
    # How many days after the month, or the quarter, dues fall due.
    "due_days": TermKind(Words("期末后天数", "days after the period"), least=0, most=365),
    "reduction": TermKind(Words("减免", "reduction"), ("study-and-approval", "study", "approval")),
    "quarterly": TermKind(Words("按季交纳", "quarterly payment"), ("by-consent",)),
    "back_payment_months": TermKind(Words("补交月数", "months of back payment"), least=1, most=60),
    "unpaid_months": TermKind(Words("连续未交月数", "months unpaid in a row"), least=1, most=60),
    # A voluntary payment above this is passed up whole.
    "voluntary_above": TermKind(Words("自愿大额", "large voluntary payment"), amount=True),
}

#: What the choices of a term mean, for people.
MEANINGS: Final[Mapping[tuple[str, str], Words]] = {
    ("joins", "month-of"): Words("入会当月起计", "owed from the month of joining"),
    ("joins", "next-month"): Words("入会次月起计", "owed from the month after joining"),
    ("leaves", "month-of"): Words("离会当月仍计", "owed for the month of leaving"),
    ("leaves", "month-before"): Words("离会当月不计", "not owed for the month of leaving"),
    ("transfers", "old-unit"): Words("转接当月由原单位收缴", "the old unit collects the month"),
    ("transfers", "new-unit"): Words("转接当月由新单位收缴", "the new unit collects the month"),
    ("changes", "month-of"): Words("变动当月起计", "a change counts in its month"),
    ("changes", "next-month"): Words("变动次月起计", "a change counts in the next month"),
    ("base", "year-start"): Words("年初核定，年内一般不变", "fixed at the year's start"),
    ("base", "current"): Words("按当月基数", "the base of each month"),
    ("proration", "none"): Words("不折算", "no proration"),
    ("proration", "months"): Words("按剩余月数折算", "by the months that are left"),
    ("reduction", "study-and-approval"): Words(
        "经研究并报上级批准", "studied, and approved by the upper committee"
    ),
    ("reduction", "study"): Words("经支部研究", "studied by the branch"),
    ("reduction", "approval"): Words("经批准", "approved"),
    ("quarterly", "by-consent"): Words("经同意可按季", "by consent"),
}
