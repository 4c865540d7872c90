"""A unit's whole book, read from its text: what a projection is made of.

The text alone is read, no registry: whoever holds the book can project it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.canonical_directives import (
    CustomEntry,
    FundClosed,
    FundDeclared,
    Opened,
    Shut,
    parse_directives,
)
from ledger.canonical_reader import entries, parse_voucher
from ledger.layout import bean_files, unit_folder
from ledger.period import Month
from ledger.publishing.values import PublicAccount, PublicFund, PublicMark
from ledger.unitfacts import UnitFacts, read_facts

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.entry import Voucher


@dataclass(frozen=True, slots=True)
class FullBook:
    """The book as it stands up to the entry ``through``; vouchers in the order of posting."""

    facts: UnitFacts
    through: int
    accounts: tuple[PublicAccount, ...]
    funds: tuple[PublicFund, ...]
    vouchers: tuple[Voucher, ...]
    marks: tuple[PublicMark, ...]


def read_book(federation: Path, unit: str, through: int | None = None) -> FullBook:
    """The book of a unit up to the entry of this seq, or whole.

    Raises: CannotRun if there is no such book, NotCanonical for text that is not the program's.
    """
    facts = read_facts(federation, unit)
    files, _ = bean_files(unit_folder(federation, unit))
    found = [
        (entry, name)
        for name, path in files.items()
        for entry in entries(path.read_bytes(), f"units/{unit}/{name}")
        if through is None or entry.seq <= through
    ]
    found.sort(key=lambda pair: pair[0].seq)
    vouchers: list[Voucher] = []
    accounts: dict[str, PublicAccount] = {}
    funds: dict[str, PublicFund] = {}
    marks: list[PublicMark] = []
    for entry, name in found:
        text = entry.text.decode()
        if entry.kind == "voucher":
            vouchers.append(parse_voucher(text, f"units/{unit}/{name}", entry.line))
            continue
        for said in parse_directives(text, f"units/{unit}/{name}", entry.line):
            if isinstance(said, Opened):
                accounts[said.account] = PublicAccount(
                    said.account, said.name_en, said.capital, said.currency, said.day
                )
            elif isinstance(said, Shut):
                accounts[said.account] = _shut(accounts[said.account], said.day)
            elif isinstance(said, FundDeclared):
                funds[said.code] = PublicFund(
                    said.code, said.name, said.name_en, said.restriction, said.day, None
                )
            elif isinstance(said, FundClosed):
                old = funds[said.code]
                funds[said.code] = PublicFund(
                    old.code, old.name, old.name_en, old.restriction, old.opened, said.day
                )
            elif isinstance(said, CustomEntry) and said.type in ("close", "reopen"):
                marks.append(PublicMark(said.type, Month.parse(said.values[0]), said.day))
    last = found[-1][0].seq if found else 0
    return FullBook(
        facts, last, tuple(accounts.values()), tuple(funds.values()), tuple(vouchers), tuple(marks)
    )  # fmt: skip


def _shut(account: PublicAccount, day: date) -> PublicAccount:
    return PublicAccount(
        account.name, account.name_en, account.capital, account.currency, account.opened, day
    )
