"""The read model: sums per month, account and fund, and an index from them to the vouchers' text.

Everything is computed from the book's text and kept by ``ledger/modelcache.py``. Months that a
question does not ask for are not opened.

Only the standard library is used here, so that a warm report starts at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger import canonical_reader
from ledger.account import carries_over
from ledger.canonical_directives import (
    Directive,
    FundClosed,
    FundDeclared,
    Opened,
    Shut,
    read_directives,
)
from ledger.entry import Meta, Voucher
from ledger.errors import CannotRun, Refused, finding
from ledger.layout import month_file
from ledger.modelcache import ModelCache
from ledger.money import Money
from ledger.period import Month


@dataclass(frozen=True, slots=True)
class MonthCell:
    """What one account and fund moved in a month; ``debit`` and ``credit`` in fen, not negative."""

    account: str
    fund: str
    currency: str
    month: Month
    debit: int
    credit: int
    count: int

    @property
    def net(self) -> int:
        """Debit less credit, in fen."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One posting with its voucher. ``file`` is relative to the unit's folder.

    ``carried``: its voucher carries income and spending over to net assets; ``units``, ``label``
    and ``commodity`` are of things held at cost; ``reverses`` is the number of the voucher that
    this one takes back.
    """

    number: str
    day: date
    narration: str
    payee: str
    account: str
    fund: str
    amount: Money
    papers: tuple[str, ...]
    meta: Meta
    file: str
    line: int
    carried: bool = False
    units: str = ""
    label: str = ""
    reverses: str = ""
    commodity: str = ""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as ``chart.bean`` opens it; ``capital`` if its balance is tied up in things."""

    name: str
    name_en: str
    opened: date
    capital: bool
    currency: str
    closed: date | None = None


@dataclass(frozen=True, slots=True)
class FundFacts:
    """A fund as ``funds.bean`` declares it."""

    code: str
    name: str
    name_en: str
    restriction: str
    opened: date
    closed: date | None
    source: str


class Model:
    """The read model of one unit's book.

    Each month is looked at once: all answers of one model agree, even while somebody posts.
    """

    def __init__(self, folder: Path, cache_file: Path | None = None, *, kept: bool = True) -> None:
        if not (folder / "chart.bean").is_file():
            raise CannotRun(
                finding(
                    "no-book",
                    "这里没有账簿",
                    "there is no book here",
                    "检查目录与单位名；mingbai check 会补写缺失的文件",
                    "check the folder and the unit's name",
                    file=f"units/{folder.name}",
                )
            )
        self.folder = folder
        self._cache = ModelCache(folder, cache_file or cache_path(folder) if kept else None)

    @classmethod
    def open(cls, folder: Path, cache_file: Path | None = None) -> Model:
        """The model of the book in ``folder``; CannotRun if there is none."""
        return cls(folder, cache_file)

    @classmethod
    def unkept(cls, folder: Path) -> Model:
        """The same, for who may write nothing: what it reads it keeps in memory alone."""
        return cls(folder, kept=False)

    def close(self) -> None:
        self._cache.close()

    @property
    def files_parsed(self) -> int:
        """How many month files' text had to be read: what questions cost."""
        return self._cache.files_parsed

    @property
    def bytes_read(self) -> int:
        """How many bytes of text were read, chart and funds among them."""
        return self._cache.bytes_read

    # ---- facts ---------------------------------------------------------------------------------

    def accounts(self) -> dict[str, AccountFacts]:
        """Every account by its name, in the order of the chart."""
        found: dict[str, AccountFacts] = {}
        for entry in read_directives(
            self._cache.file_bytes("chart.bean"), self._name("chart.bean")
        ):
            if isinstance(entry, Opened):
                found[entry.account] = AccountFacts(
                    entry.account, entry.name_en, entry.day, entry.capital, entry.currency
                )
            elif isinstance(entry, Shut):
                old = found[entry.account]
                found[entry.account] = AccountFacts(
                    old.name, old.name_en, old.opened, old.capital, old.currency, entry.day
                )
        return found

    def funds(self) -> dict[str, FundFacts]:
        """Every fund by its code, in the order of declaration."""
        found: dict[str, FundFacts] = {}
        for entry in read_directives(
            self._cache.file_bytes("funds.bean"), self._name("funds.bean")
        ):
            if isinstance(entry, FundDeclared):
                found[entry.code] = FundFacts(
                    entry.code,
                    entry.name,
                    entry.name_en,
                    entry.restriction,
                    entry.day,
                    None,
                    entry.source,
                )
            elif isinstance(entry, FundClosed):
                old = found[entry.code]
                found[entry.code] = FundFacts(
                    old.code,
                    old.name,
                    old.name_en,
                    old.restriction,
                    old.opened,
                    entry.day,
                    old.source,
                )
        return found

    # ---- figures -------------------------------------------------------------------------------

    def months(self) -> list[Month]:
        """The months that have vouchers or other entries, in order."""
        return months_of(self.folder)

    def cells(self, *, since: Month | None = None, through: Month | None = None) -> list[MonthCell]:
        """The sums of every month from ``since`` to ``through``, both included.

        Only those months' files are looked at.
        """
        found = []
        for month in self._between(since, through):
            found += [
                MonthCell(account, fund, currency, month, debit, credit, count)
                for account, fund, currency, debit, credit, count in self._cache.part(month).cells
            ]
        return found

    def lines(
        self,
        *,
        since: Month | None = None,
        through: Month | None = None,
        accounts: Collection[str] | None = None,
        fund: str | None = None,
    ) -> Iterator[PostedLine]:
        """Postings with their vouchers, month by month in the order of posting.

        ``accounts`` are exact names. Only vouchers that touch them are read from the text.
        """
        for month in self._between(since, through):
            places = self._cache.places(month, accounts, fund)
            texts = self._cache.slices(month, [place[:2] for place in places])
            for (_, _, line), text in zip(places, texts, strict=True):
                yield from self._lines_at(month, text, line, accounts, fund)

    def voucher(self, number: str) -> Voucher:
        """The voucher of this number; Refused if there is none."""
        with suppress(ValueError, IndexError):
            digits = number.split("-")[1]
            month = Month.parse(f"{digits[:4]}-{digits[4:6]}")
            if is_kept(self.folder / month_file(month)):
                place = self._cache.place_of(month, number)
                if place is not None:
                    offset, length, line = place
                    text = self._cache.slice(month, offset, length)
                    name = self._name(month_file(month))
                    found = canonical_reader.parse_voucher(text, name, line)
                    if found.number == number:
                        return found
        raise Refused(
            finding(
                "no-voucher",
                f"没有凭证 {number[:40]}",
                f"there is no voucher {number[:40]}",
                "用 mingbai report … journal 查凭证号",
                "look the number up with mingbai report … journal",
            )
        )

    def digest(self, through: Month) -> str:
        """One digest over the chart, the funds and every month up to ``through``; 64 hex digits.

        Two books with equal digests give equal reports.
        """
        whole = hashlib.sha256()
        for name in ("chart.bean", "funds.bean"):
            whole.update(
                f"{name} {hashlib.sha256(self._cache.file_bytes(name)).hexdigest()}\n".encode()
            )
        for month in self._between(None, through):
            whole.update(f"{month_file(month)} {self._cache.part(month).digest}\n".encode())
        return whole.hexdigest()

    # ---- inside --------------------------------------------------------------------------------

    def _between(self, since: Month | None, through: Month | None) -> list[Month]:
        return [
            month
            for month in self.months()
            if (since is None or since <= month) and (through is None or month <= through)
        ]

    def _directives(self, file: str) -> list[Directive]:
        return read_directives(self._cache.file_bytes(file), self._name(file))

    def _name(self, file: str) -> str:
        return f"units/{self.folder.name}/{file}"

    def _lines_at(
        self,
        month: Month,
        text: str,
        line: int,
        accounts: Collection[str] | None,
        fund: str | None,
    ) -> Iterator[PostedLine]:
        file = month_file(month)
        found = canonical_reader.read_lean(text, self._name(file), line)
        carried = carries_over(part.account for part in found.lines)
        for part in found.lines:
            if accounts is not None and part.account not in accounts:
                continue
            if fund is not None and part.fund != fund:
                continue
            yield PostedLine(
                found.number,
                found.day,
                found.narration,
                found.payee,
                part.account,
                part.fund,
                Money(part.fen, part.currency),
                found.papers,
                part.meta,
                file,
                part.line,
                carried,
                part.units,
                part.label,
                found.reverses,
                part.commodity,
            )


def cache_path(folder: Path) -> Path:
    """Where the cache of a unit's book lies."""
    return folder / ".cache" / "model.db"


def months_of(folder: Path) -> list[Month]:
    """The months whose files hold anything, in order; other files are none of them."""
    found = []
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9].bean")):
        # What is no month, ``mingbai check`` tells of.
        with suppress(ValueError):
            month = Month(int(path.parent.name), int(path.stem))
            if is_kept(path):
                found.append(month)
    return found


def is_kept(path: Path) -> bool:
    """Whether the file of a month is there and holds anything."""
    return path.is_file() and path.stat().st_size > 0
