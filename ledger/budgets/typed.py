"""Lines of a budget as people write them: an account by its code or name, one amount or four."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.budgetcheck import CONTROLS, HARD, NONE, SOFT, BudgetLine, above
from ledger.choosing import resolve_account
from ledger.errors import Words
from ledger.money import Money, yuan

#: What each control means to people.
CONTROL_WORDS: Final = {
    HARD: Words("硬控", "hard"),
    SOFT: Words("提示", "soft"),
    NONE: Words("不控", "none"),
}
#: What the states of a version mean to people.
STATE_WORDS: Final = {
    "draft": Words("待批准", "waits"),
    "approved": Words("已批准", "approved"),
    "superseded": Words("已被取代", "superseded"),
    "withdrawn": Words("已撤回", "withdrawn"),
}


def planned_on(accounts: Iterable[str]) -> list[str]:
    """The accounts that a budget may plan on: of income and spending, and those above them."""
    found: dict[str, None] = {}
    for name in accounts:
        if name.startswith(("Income:", "Expenses:")):
            found.update(dict.fromkeys(one for one in above(name) if ":" in one))
    return sorted(found)


def account_of(text: str, names: Sequence[str]) -> str:
    """The account that is meant, or what was written where there is none."""
    try:
        return resolve_account(text, names)
    except ValueError:
        return text.strip()


def control_of(text: str) -> str:
    """A control by its name in either language; ValueError if it is none."""
    word = text.strip()
    for control, words in CONTROL_WORDS.items():
        if word in (control, words.zh):
            return control
    raise ValueError(f"no control: {word[:20]}")


def quarters_of(amounts: Sequence[str]) -> tuple[int, int, int, int]:
    """Four quarters in fen from four amounts, or from one for the year; ValueError otherwise.

    >>> quarters_of(["1.00"])
    (25, 25, 25, 25)
    """
    whole = [yuan(text).fen for text in amounts]
    if len(whole) == 1:
        whole = [one.fen for one in Money(whole[0]).split([1, 1, 1, 1])]
    first, second, third, fourth = whole
    return first, second, third, fourth


def line_of(year: int, text: str, names: Sequence[str]) -> BudgetLine:
    """A line as a command takes it, ``F01:501=100,100,0,50,hard``; ValueError if it is none."""
    place, _, figures = text.rpartition("=")
    fund, _, account = place.partition(":")
    parts = figures.split(",")
    words = {*CONTROLS, *(one.zh for one in CONTROL_WORDS.values())}
    control = control_of(parts.pop()) if parts[-1].strip() in words else NONE
    return BudgetLine(year, fund, account_of(account, names), quarters_of(parts), control)
