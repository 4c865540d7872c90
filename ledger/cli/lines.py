"""One side of an entry as it is typed: ``10201 120.00 F02 member=m-7F3K2QXA5T``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.choosing import resolve_account
from ledger.entry import Meta, Posting, meta_of
from ledger.errors import Refused, finding
from ledger.money import Money, yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.registry.entries import AccountRow

_AMOUNT = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """What was typed; ``amount`` is None where the whole amount is meant."""

    account: str
    amount: Money | None
    fund: str
    meta: Meta


def parse(words: list[str], fund: str, known: Mapping[str, AccountRow]) -> TypedLine:
    """The account, and in any order behind it amount, fund and ``key=value``; Refused otherwise."""
    account, *rest = words
    amount: Money | None = None
    meta: dict[str, str | None] = {}
    try:
        for word in rest:
            key, equals, value = word.partition("=")
            if equals:
                meta[key] = value
            elif _AMOUNT.fullmatch(word):
                amount = yuan(word)
            else:
                fund = word
        return TypedLine(resolve_account(account, known), amount, fund, meta_of(meta))
    except ValueError as fault:
        raise _bad(words, str(fault)) from fault


def posting(words: list[str], sign: int, fund: str, known: Mapping[str, AccountRow]) -> Posting:
    """A posting of a typed line that has to have its amount; ``sign`` is 1 for debits."""
    line = parse(words, fund, known)
    if line.amount is None:
        raise _bad(words, "没有金额 it has no amount")
    try:
        return Posting(
            line.account, line.amount if sign > 0 else -line.amount, line.fund, line.meta
        )
    except ValueError as fault:
        raise _bad(words, str(fault)) from fault


def _bad(words: list[str], fault: str) -> Refused:
    typed = " ".join(words)[:80]
    return Refused(
        finding(
            "bad-line",
            f"分录行「{typed}」有误：{fault}",
            f"line “{typed}” is wrong: {fault}",
            "写作：--debit 10201 120.00 或 --debit Assets:102-银行存款:01-基本户 120.00 F02",
            "write --debit 10201 120.00, or the account's full name, amount and fund",
        )
    )
