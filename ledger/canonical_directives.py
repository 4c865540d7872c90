"""Reading the entries of a book that are no vouchers: accounts, funds, balances, closings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from ledger.account import is_valid_account
from ledger.canonical_reader import (
    ACCOUNT,
    CURRENCY,
    DAY,
    KEY,
    NUMBER,
    REST,
    STRING,
    VALUE,
    NotCanonical,
    entries,
    fen_of,
    unquoted,
)
from ledger.money import Money


@cache
def _text(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@dataclass(frozen=True, slots=True)
class Opened:
    """An account's opening; without a ``currency`` it takes lots."""

    day: date
    account: str
    currency: str
    name_en: str = ""
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Shut:
    """An account's closing: it takes no postings from ``day`` on."""

    day: date
    account: str


@dataclass(frozen=True, slots=True)
class FundDeclared:
    """A fund's declaration."""

    day: date
    code: str
    name: str
    restriction: str
    name_en: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FundClosed:
    """A fund's closing: it takes no postings from ``day`` on."""

    day: date
    code: str


@dataclass(frozen=True, slots=True)
class BalanceAsserted:
    """The balance of an account at the start of ``day``."""

    day: date
    account: str
    balance: Money


@dataclass(frozen=True, slots=True)
class CustomEntry:
    """Any other ``custom`` directive: its type, its strings, and its metadata as written."""

    day: date
    type: str
    values: tuple[str, ...]
    meta: tuple[tuple[str, str], ...] = ()


Directive = Opened | Shut | FundDeclared | FundClosed | BalanceAsserted | CustomEntry

_ONE_DIRECTIVE: Final = (
    rf"(?P<day>{DAY}) (?:"
    rf"open (?P<open>{ACCOUNT})(?: (?P<currency>{CURRENCY}))?+"
    rf"|close (?P<close>{ACCOUNT})"
    rf"|balance (?P<balance>{ACCOUNT}) (?P<number>{NUMBER}) (?P<in>{CURRENCY})"
    rf'|custom "(?P<budget>budget)" {ACCOUNT} {STRING} {NUMBER} {CURRENCY}'
    rf'|custom "(?P<custom>[a-z-]++)"(?P<values>(?: {STRING})*+)'
    rf")\n(?P<meta>(?:  {KEY}: {REST}\n)*+)"
)
_LOOSE_META: Final = rf"  ({KEY}): ({REST})\n"


def parse_directives(text: str, file: str = "", line: int = 1) -> list[Directive]:
    """The directives of one entry's text, the ``; mingbai`` comment above them included or not.

    Notes are left out: they say nothing that is computed with. Raises: NotCanonical.
    """
    found: list[Directive] = []
    place = text.index("\n") + 1 if text.startswith("; mingbai ") else 0
    body = text.rstrip("\n") + "\n"
    note = _text(rf"{DAY} note {REST}\n(?:  {KEY}: {REST}\n)*+")
    while place < len(body):
        at = line + body.count("\n", 0, place)
        if skipped := note.match(body, place):
            place = skipped.end()
            continue
        part = _text(_ONE_DIRECTIVE).match(body, place)
        if part is None:
            raise NotCanonical(file, at, place)
        if part["budget"] is not None:
            # Said for Fava alone; our own line of the budget says more.
            place = part.end()
            continue
        try:
            found.append(_directive(part))
        except ValueError as fault:
            raise NotCanonical(file, at, place) from fault
        place = part.end()
    return found


def _directive(part: re.Match[str]) -> Directive:
    day = date.fromisoformat(part["day"])
    meta = tuple((key, _loose(value)) for key, value in _text(_LOOSE_META).findall(part["meta"]))
    facts = dict(meta)
    for account in (part["open"], part["close"], part["balance"]):
        if account is not None and not is_valid_account(account):
            raise ValueError("not an account")
    if part["open"] is not None:
        capital = facts.get("capital") == "TRUE"
        currency = part["currency"] or ""
        return Opened(day, part["open"], currency, facts.get("name-en", ""), capital)
    if part["close"] is not None:
        return Shut(day, part["close"])
    if part["balance"] is not None:
        return BalanceAsserted(day, part["balance"], Money(fen_of(part["number"]), part["in"]))
    values = tuple(map(unquoted, _text(rf'"({VALUE})"').findall(part["values"])))
    if part["custom"] == "fund" and len(values) == 3:
        code, name, restriction = values
        return FundDeclared(
            day, code, name, restriction, facts.get("name-en", ""), facts.get("source", "")
        )
    if part["custom"] == "fund-close" and len(values) == 1:
        return FundClosed(day, values[0])
    return CustomEntry(day, part["custom"], values, meta)


def _loose(value: str) -> str:
    """The text of a string; any other value (``TRUE``, an amount) as it is written."""
    return unquoted(value[1:-1]) if value.startswith('"') else value


def read_directives(data: bytes, file: str = "") -> list[Directive]:
    """Every directive of a canonical file that is no voucher, in order."""
    return [
        directive
        for entry in entries(data, file)
        if entry.kind != "voucher"
        for directive in parse_directives(entry.text.decode(), file, entry.line)
    ]
