"""The tables that a query may read, out of one book's directives; a part of the beanquery door.

Every query gets tables of its own. They hold the columns of the open list, and ours beside them:
``voucher`` and ``papers`` of a voucher, and ``fund`` of a posting. None says where a file lies.
"""

from __future__ import annotations

from typing import Any, Final

import beanquery
from beancount.core import data
from beanquery.query_compile import EvalColumn
from beanquery.sources import beancount as source

from ledger.audit.query_book import Loaded
from ledger.audit.query_rules import OPEN_COLUMNS, OPEN_TABLES

_SHOWN: Final = ("date", "voucher", "payee", "narration", "account", "fund", "position")


def connection_to(book: Loaded) -> Any:
    """A connection of which the tables are those of the book, and there are no others."""
    connection = beanquery.Connection()
    found: dict[str | None, Any] = {}
    for kind in source._TABLES:
        if kind.name in OPEN_TABLES:
            found[kind.name] = _table(kind(book.entries, book.options))
    found[None] = found["postings"]
    connection.tables = found
    connection.options = dict(book.options)
    return connection


def _table(table: Any) -> Any:
    columns = {name: one for name, one in type(table).columns.items() if name in OPEN_COLUMNS}
    if table.name == "postings":
        columns["voucher"] = _Voucher(of_posting=True)
        columns["papers"] = _Papers(of_posting=True)
        columns["fund"] = _Fund()
        table.wildcard_columns = _SHOWN
    elif table.name in ("entries", "transactions"):
        columns["voucher"] = _Voucher(of_posting=False)
        columns["papers"] = _Papers(of_posting=False)
    table.columns = columns
    return table


class _Voucher(EvalColumn):  # type: ignore[misc, unused-ignore]
    """The number of the voucher; nothing for what is none."""

    def __init__(self, *, of_posting: bool) -> None:
        super().__init__(str)
        self.of_posting = of_posting

    def __call__(self, row: Any) -> str | None:
        found: str | None = _meta(row, of_posting=self.of_posting).get("voucher")
        return found


class _Papers(EvalColumn):  # type: ignore[misc, unused-ignore]
    """How many papers the voucher has; nothing for what is none."""

    def __init__(self, *, of_posting: bool) -> None:
        super().__init__(int)
        self.of_posting = of_posting

    def __call__(self, row: Any) -> int | None:
        meta = _meta(row, of_posting=self.of_posting)
        if "voucher" not in meta:
            return None
        return sum(
            len(text.split())
            for key, text in meta.items()
            if key.startswith("papers") and key[6:].isdigit() | (key == "papers")
        )


class _Fund(EvalColumn):  # type: ignore[misc, unused-ignore]
    """The fund that the posting belongs to."""

    def __init__(self) -> None:
        super().__init__(str)

    def __call__(self, row: Any) -> str | None:
        found: str | None = (row.posting.meta or {}).get("fund")
        return found


def _meta(row: Any, *, of_posting: bool) -> dict[str, Any]:
    entry = row.entry if of_posting else row
    meta: dict[str, Any] = entry.meta if isinstance(entry, data.Transaction) else {}
    return meta


def _same_column(one: Any, other: Any) -> Any:
    """beanquery 0.2 takes two such columns for one if they are of one type, and sorts by either."""
    if type(one) is not type(other):
        return NotImplemented
    return vars(one) == vars(other) and one.dtype == other.dtype


source.GetAttrColumn.__eq__ = _same_column
source.GetItemColumn.__eq__ = _same_column
