"""A unit's rule table: which statement lines become which drafts.

A rule says what has to hold of a line (account, direction, parts of counterparty and memo, amount)
and what follows (accounts and funds, whole or in shares). Rules are data: parts of text are looked
for as they stand, nothing is evaluated. The first rule that fits decides.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from ledger.account import is_valid_account
from ledger.entry import FUND_CODE, KEY, Meta, check_text
from ledger.errors import Finding, Refused, finding
from ledger.money import Money, yuan

_CONDITIONS: Final = (
    "account",
    "direction",
    "counterparty",
    "memo",
    "status",
    "amount",
    "smallest",
    "largest",
)
_CONSEQUENCES: Final = ("to", "narration", "payee", "meta", "tags")
_FACTS: Final = ("title", "since", "until")


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a line's amount: its account and fund, and how much of the whole it is."""

    account: str
    fund: str
    share: Fraction = Fraction(1)
    meta: Meta = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """``counterparty``, ``memo`` and ``status`` are parts that must all be found in the text."""

    title: str
    to: tuple[Share, ...]
    narration: str
    account: str = ""
    direction: str = ""  # in, out, or either
    counterparty: tuple[str, ...] = ()
    memo: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    amount: Money | None = None
    smallest: Money | None = None
    largest: Money | None = None
    payee: str = ""
    meta: Meta = ()
    since: date = date.min
    until: date | None = None

    def fits(
        self, account: str, day: date, amount: Money, counterparty: str, memo: str, status: str = ""
    ) -> bool:
        """Whether a line is one this rule is about; ``amount`` is signed, money in positive."""
        size = abs(amount.fen)
        return (
            self.since <= day
            and (self.until is None or day < self.until)
            and self.account in ("", account)
            and (self.direction == "" or (self.direction == "in") == (amount.fen > 0))
            and _holds(counterparty, self.counterparty)
            and _holds(memo, self.memo)
            and _holds(status, self.status)
            and (self.amount is None or self.amount.fen == size)
            and (self.smallest is None or self.smallest.fen <= size)
            and (self.largest is None or size <= self.largest.fen)
        )

    def parts(self, amount: Money) -> list[tuple[Share, Money]]:
        """The line's amount divided by the shares, to the fen, without a rest."""
        amounts = abs(amount).split([share.share for share in self.to])
        signed = amounts if amount.fen > 0 else [-part for part in amounts]
        return list(zip(self.to, signed, strict=True))


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    folded = _folded(text)
    return all(_folded(part) in folded for part in parts)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def rule_of(terms: Mapping[str, Any], where: str) -> Rule:
    """A rule from its table; Refused with a finding that says what is wrong with it."""
    try:
        return _rule(terms)
    except (ValueError, TypeError, KeyError, ZeroDivisionError) as fault:
        raise Refused(_bad(where, str(fault))) from fault


def _rule(terms: Mapping[str, Any]) -> Rule:
    unknown = set(terms) - {*_CONDITIONS, *_CONSEQUENCES, *_FACTS}
    if unknown:
        raise ValueError(f"unknown words: {', '.join(sorted(unknown))[:80]}")
    if not set(terms) & (set(_CONDITIONS) - {"account", "direction"}):
        raise ValueError("a rule says more of a line than its account and direction")
    direction = _text(terms, "direction")
    if direction not in ("", "in", "out"):
        raise ValueError("direction is in or out")
    shares = tuple(_share(part) for part in _tables(terms["to"]))
    if not shares or sum(share.share for share in shares) != 1:
        raise ValueError("the shares of a rule are one whole")
    return Rule(
        title=_text(terms, "title"),
        to=shares,
        narration=_text(terms, "narration") or _text(terms, "title"),
        account=_text(terms, "account"),
        direction=direction,
        counterparty=_texts(terms, "counterparty"),
        memo=_texts(terms, "memo"),
        status=_texts(terms, "status"),
        amount=_money(terms, "amount"),
        smallest=_money(terms, "smallest"),
        largest=_money(terms, "largest"),
        payee=_text(terms, "payee"),
        meta=_meta(terms.get("meta", {})),
        since=_day(terms, "since") or date.min,
        until=_day(terms, "until"),
    )


def _share(part: Mapping[str, Any]) -> Share:
    account, fund = part["account"], part["fund"]
    if not is_valid_account(account) or not FUND_CODE.fullmatch(fund):
        raise ValueError(f"not an account and a fund: {account} {fund}"[:120])
    share = Fraction(str(part.get("share", "1")))
    if not 0 < share <= 1:
        raise ValueError("a share is more than 0 and at most 1")
    return Share(account, fund, share, _meta(part.get("meta", {})))


def _tables(value: object) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, Mapping):
            raise TypeError("to is a table, or a list of tables, of account and fund")
        found.append(item)
    return found


def _text(terms: Mapping[str, Any], key: str) -> str:
    value = terms.get(key, "")
    if not isinstance(value, str):
        raise TypeError(f"{key} is text")
    check_text(key, value)
    return value


def _texts(terms: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = terms.get(key, ())
    found = (value,) if isinstance(value, str) else tuple(value)
    for part in found:
        if not isinstance(part, str) or not part.strip():
            raise TypeError(f"{key} is a text or a list of texts")
    return found


def _money(terms: Mapping[str, Any], key: str) -> Money | None:
    return yuan(terms[key]) if key in terms else None


def _meta(value: Mapping[str, Any]) -> Meta:
    for key, text in value.items():
        if not KEY.fullmatch(key) or not isinstance(text, str):
            raise ValueError(f"not metadata: {key}"[:60])
    return tuple(sorted(value.items()))


def _day(terms: Mapping[str, Any], key: str) -> date | None:
    value = terms.get(key)
    if isinstance(value, str):
        return date.fromisoformat(value)
    if value is not None and type(value) is not date:
        raise TypeError(f"{key} is a date")
    return value


def read_rules(text: str, file: str = "rules.toml") -> list[dict[str, Any]]:
    """The tables of a rule file, each checked; Refused with every finding."""
    try:
        tables = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as fault:
        raise Refused(_bad(file, str(fault))) from fault
    faults: list[Finding] = []
    for place, terms in enumerate(tables, start=1):
        try:
            rule_of(terms, f"{file} [[rule]] {place}")
        except Refused as fault:
            faults += fault.findings
    if faults:
        raise Refused(*faults)
    return [_plain(terms) for terms in tables]


def _plain(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The table with its dates as text, so that it can be kept as JSON."""
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in terms.items()
    }


def _bad(where: str, fault: str) -> Finding:
    return finding(
        "bad-rule",
        f"规则有误：{fault[:160]}",
        f"this rule cannot be used: {fault[:160]}",
        "按 importers/README.md 的写法改正",
        "write it as importers/README.md shows",
        file=where,
    )
