"""Every statement that we read, as one importer for beangulp and whatever is built on it.

For books that are kept without Mingbai's registry: ``beangulp extract`` prints one transaction for
each line, with our import id as metadata and as a link. What is a duplicate is decided by that id
alone, never by a likeness of amount and day. Names and memos of the bank stay in the statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import beangulp
from beancount.core import data, flags
from beancount.core.amount import Amount
from beangulp.extract import DUPLICATE

from importers.accounts import same_number
from importers.identity import import_ids
from importers.line import BankLine, Reading
from importers.read import read_file
from ledger.account import is_valid_account
from ledger.errors import LedgerError
from ledger.money import Money

_PREFIX: Final = "imp-"


class StatementImporter(beangulp.Importer):  # type: ignore[misc]
    """Statements of the accounts in ``accounts``, ledger account to account number.

    ``suspense`` takes the other side of every line until a person says what it was; ``fund`` is
    written on both postings if given. A file whose account number is none of these, or that could
    be of several, is not identified.
    """

    def __init__(self, accounts: Mapping[str, str], suspense: str, fund: str = "") -> None:
        for account in (*accounts, suspense):
            if not is_valid_account(account):
                raise ValueError(f"not an account: {account[:60]!r}")
        self._accounts = dict(accounts)
        self._suspense = suspense
        self._fund = {"fund": fund} if fund else {}

    def identify(self, filepath: str) -> bool:
        """Whether the file is a statement with lines, of exactly one of the accounts."""
        reading = _reading(filepath)
        return reading is not None and bool(reading.lines) and self._account(reading) is not None

    def account(self, filepath: str) -> str:
        """The ledger account that the statement is of."""
        reading = _reading(filepath)
        account = None if reading is None else self._account(reading)
        if account is None:
            raise ValueError(f"not a statement of a known account: {Path(filepath).name}")
        return account

    def _account(self, reading: Reading) -> str | None:
        said = {name: same_number(reading.account, no) for name, no in self._accounts.items()}
        fitting = [name for name, same in said.items() if same]
        fitting = fitting or [name for name, same in said.items() if same is None]
        return fitting[0] if len(fitting) == 1 else None

    def date(self, filepath: str) -> date | None:
        """The last day that the statement is about."""
        reading = _reading(filepath)
        return None if reading is None else reading.end

    def filename(self, filepath: str) -> str | None:
        """The layout's id, with the suffix that the file has: a name that names nobody."""
        reading = _reading(filepath)
        return None if reading is None else f"{reading.profile}{Path(filepath).suffix.lower()}"

    def extract(self, filepath: str, existing: Sequence[Any]) -> list[Any]:  # noqa: ARG002
        """A transaction for each line, and the closing balance where the statement proves it."""
        reading, account = _reading(filepath), self.account(filepath)
        if reading is None:
            return []
        lines = reading.lines[:: -1 if reading.descending else 1]
        ids = import_ids(lines, account)
        entries = [
            self._transaction(filepath, place, account, line, import_id)
            for place, (line, import_id) in enumerate(zip(lines, ids, strict=True), start=1)
        ]
        proven = "pass" in (reading.proofs["P3"], reading.proofs["P4"])
        if proven and "fail" not in reading.proofs.values() and reading.closing and reading.end:
            meta = data.new_metadata(filepath, len(lines) + 1)
            # A balance holds at the beginning of its day.
            day = reading.end + timedelta(days=1)
            entries.append(data.Balance(meta, day, account, _amount(reading.closing), None, None))
        return entries

    def _transaction(
        self, filepath: str, place: int, account: str, line: BankLine, import_id: str
    ) -> Any:
        meta = data.new_metadata(filepath, place, {"import-id": import_id})
        postings = [
            data.Posting(name, _amount(amount), None, None, None, dict(self._fund))
            for name, amount in ((account, line.amount), (self._suspense, -line.amount))
        ]
        narration = "银行收款" if line.amount.fen > 0 else "银行付款"
        return data.Transaction(
            meta, line.day, flags.FLAG_WARNING, None, narration, data.EMPTY_SET,
            frozenset({import_id}), postings,
        )  # fmt: skip

    @staticmethod
    def cmp(entry: Any, other: Any) -> bool:
        """Whether two entries are the same line: by import id, or the same balance assertion."""
        mine, theirs = _identity(entry), _identity(other)
        return mine is not None and mine == theirs

    def deduplicate(self, entries: list[Any], existing: Sequence[Any]) -> None:
        """Mark the entries that are in the book already."""
        known: dict[object, Any] = {}
        for entry in existing:
            for identity in _identities(entry):
                known.setdefault(identity, entry)
        for entry in entries:
            identity = _identity(entry)
            if identity in known:
                entry.meta[DUPLICATE] = known[identity]


def _identity(entry: Any) -> object | None:
    """What makes an entry of ours the one it is."""
    found = _identities(entry)
    return found[0] if found else None


def _identities(entry: Any) -> list[object]:
    """A voucher may stand for several lines, each with its own link."""
    if isinstance(entry, data.Transaction):
        links = entry.links or ()
        return [*sorted(link for link in links if link.startswith(_PREFIX))]
    if isinstance(entry, data.Balance):
        return [(entry.date, entry.account, entry.amount)]
    return []


def _amount(money: Money) -> Amount:
    return Amount(money.decimal, money.currency)


def _reading(filepath: str) -> Reading | None:
    """The statement at a path; None for what is none. beangulp asks five times about one file."""
    try:
        state = Path(filepath).stat()
    except OSError:
        return None
    return _read(filepath, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(filepath: str, _size: int, _changed: int) -> Reading | None:
    try:
        return read_file(Path(filepath))
    except LedgerError:
        return None
