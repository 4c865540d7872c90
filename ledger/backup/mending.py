"""One store of a federation made from the other: which of them is damaged, and what is lost.

Books can be made from the journal, and what the registry keeps of books from the books. What the
registry keeps besides (persons, users, drafts, registers) stands nowhere else: if that is damaged,
it is lost, and it is said table by table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import checking, journal, rebuild
from ledger.backup.manifest import FOLDER, TABLES
from ledger.bookchain import read_book
from ledger.errors import CannotRun, Finding, finding
from ledger.layout import is_book_file, unit_folder
from ledger.registry import units
from ledger.sealing.files import NAME as SEAL
from ledger.sealing.proving import check_seals
from ledger.unitfacts import read_facts
from ledger.verify.books import verify_book

if TYPE_CHECKING:
    from ledger.registry import Registry

BOOKS, JOURNAL = "books", "journal"
#: Who is named in the operation log where nobody is logged in.
PROGRAM: Final = "program"
#: What the registry keeps of books and makes anew from them, to the last row.
OF_BOOKS: Final = frozenset({
    "entry", "voucher_count", "book_head", "book_file", "account", "fund", "fund_day", "fund_month",
    "month_state", "payee_day", "asset_sum", "allocation_move", "allocation_day",
    "allocation_reach", "budget_sum", "seal",
})  # fmt: skip
#: And what it makes anew where all of it is lost: a unit's facts, the keys that its seals show.
SHOWN_BY_BOOKS: Final = OF_BOOKS | {"unit", "seal_key", "federation"}


@dataclass(frozen=True)
class Damage:
    """The damaged files of a backup, sorted by what they belong to."""

    tables: frozenset[str] = frozenset()
    books: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.tables or self.books or self.others)

    @property
    def only_of_books(self) -> bool:
        """The registry lost nothing that its books do not say again."""
        return self.tables <= OF_BOOKS


def sort_out(names: Collection[str]) -> Damage:
    """What damaged files of a backup belong to: tables by name, books by unit, the rest."""
    tables, books, others = set(), set(), set()
    for name in names:
        unit, _, file = name.removeprefix(f"{FOLDER}units/").partition("/")
        if name.startswith(TABLES):
            tables.add(name.removeprefix(TABLES).removesuffix(".jsonl"))
        elif name.startswith(f"{FOLDER}units/") and (
            is_book_file(file) or file == "book.bean" or SEAL.fullmatch(file)
        ):
            books.add(unit)
        else:
            others.add(name)
    return Damage(frozenset(tables), frozenset(books), frozenset(others))


def units_in_order(folder: Path) -> list[str]:
    """The units that have a book in a folder, each behind the one above it."""
    names = [path.name for path in (folder / "units").glob("*") if (path / "chart.bean").exists()]
    upper = {name: read_facts(folder, name).upper for name in sorted(names)}
    found: list[str] = []
    while left := [name for name in upper if name not in found]:
        ready = [name for name in left if not upper[name] or upper[name] in found]
        if not ready:
            raise CannotRun(_no_upper(left[0], upper[left[0]]))
        found += ready
    return found


def books_again(registry: Registry, names: Collection[str], now: datetime) -> list[str]:
    """Make the books of units from the journal; the names of the files that changed."""
    return [
        f"units/{unit}/{file}"
        for unit in sorted(names)
        for file in rebuild.text_from_journal(registry, unit, PROGRAM, now)
    ]


def journals_again(registry: Registry, now: datetime) -> int:
    """Make the journals of all units from their books; how many entries they have."""
    return sum(
        rebuild.journal_from_text(registry, unit, PROGRAM, now)
        for unit in units_in_order(registry.folder)
    )


def book_faults(folder: Path, names: Collection[str]) -> list[Finding]:
    """What is wrong with the books of units by themselves."""
    return [fault for unit in names for fault in verify_book(unit_folder(folder, unit)).findings]


def findings_of_registry(registry: Registry) -> list[Finding]:
    """What a registry that knows nothing but books says otherwise than they do.

    The books by themselves are verified apart: see :func:`book_faults`.
    """
    with registry.read() as conn:
        names = [row.id for row in units.all_units(conn)]
    found: list[Finding] = []
    for unit in names:
        folder = unit_folder(registry.folder, unit)
        found += journal.compare_witnesses(registry, unit)
        text, broken = read_book(folder)
        if not broken and not found:
            found += checking.check_derived(registry, unit, text)
            found += check_seals(registry, unit, text)
    return found


def _no_upper(unit: str, upper: str) -> Finding:
    return finding(
        "no-upper", f"单位 {unit} 的上级 {upper} 没有账簿",
        f"there is no book of {upper}, which unit {unit} stands below",
        "先恢复该单位的账簿", "restore that unit's book first", file=f"units/{unit}/chart.bean",
    )  # fmt: skip
