"""A Fava application for one book, with everything taken out that a browser should not see.

Fava builds URLs through one cache that all its applications in a process share. So every
application is mounted at the same place and a unit's name is the ledger's slug: a URL then says
which book it belongs to, and a cached one is right for whoever asks.
"""

from __future__ import annotations

import os
from collections.abc import ItemsView, Iterator
from dataclasses import fields, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

# Before Beancount is imported: its cache is a pickle beside the book, which anyone who may write
# there could replace.
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"

import fava
from fava.application import create_app as create_fava
from fava.beans.account import account_tester, get_entry_accounts
from fava.beans.prices import FavaPriceMap
from fava.core import FavaLedger
from fava.core.attributes import get_active_years
from fava.core.conversion import conversion_from_str
from fava.core.fava_options import parse_options
from fava.core.group_entries import group_entries_by_type
from fava.core.inventory import CounterInventory
from fava.internal_api import get_ledger_data
from fava.json_api import json_success
from flask import abort, current_app, request
from flask_babel import get_translations  # type: ignore[import-untyped]
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import HTTPException

from reports.web.gate import is_open

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fava.internal_api import LedgerData
    from flask import Flask, Response

MOUNT: Final = "/books"
FAVA_FOLDER: Final = Path(fava.__file__).parent
_TEMPLATES: Final = Path(__file__).parent / "templates" / "fava"

# What Fava's scripts ask of the options; the rest of them (import configuration, files) stays here.
_CLIENT_OPTIONS: Final = (
    "auto_reload",
    "collapse_pattern",
    "conversion_currencies",
    "currency_column",
    "indent",
    "invert_gains_losses_colors",
    "invert_income_liabilities_equity",
    "locale",
    "show_accounts_with_zero_balance",
    "show_accounts_with_zero_transactions",
    "show_closed_accounts",
    "uptodate_indicator_grey_lookback_days",
)


#: What Fava's Chinese calls as merchants do, in the words of these books.
_WORDS: Final = {
    "Income Statement": "收入支出表",
    "Journal": "序时账",
    "Net Profit": "收支差额",
    "Net Worth": "净资产",
    "Trial Balance": "科目余额表",
}


#: One more than the journal's template lists, so that it says that there are more.
_MOST_ROWS: Final = 1001


class Loaded(Protocol):
    """A book as Beancount's loader returns it, which reads what changed when it is told to."""

    folder: Path
    entries: list[Any]
    errors: list[Any]
    options: Any

    @property
    def newest(self) -> int: ...

    def refresh(self) -> bool: ...


class Book(FavaLedger):  # type: ignore[misc, unused-ignore]
    """Fava's ledger over a :class:`Loaded` book, shown with people's signs and thousands apart.

    Only what the open pages need is computed. What would run or read more files (the importers
    that an option may name, stored queries) is left out.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        super().__init__(str(loaded.folder / "book.bean"), poll_watcher=True)

    def load_file(self) -> None:
        self.loaded.refresh()
        self._show()

    def changed(self) -> bool:
        """Read what changed; True if anything did."""
        if not self.loaded.refresh():
            return False
        self._show()
        return True

    def is_sound(self) -> bool:
        """Read what changed; True if the book and its plugins have nothing to object."""
        self.changed()
        return not self.load_errors

    def account_journal(
        self, filtered: Any, account_name: str, conversion: Any, *, with_children: bool
    ) -> list[tuple[int, Any, Any, Any]]:
        """The latest rows of an account: ``(index, entry, change, balance)``, oldest first.

        Fava's own converts the balance after each of a hundred thousand rows, to show a thousand.
        """
        within = account_tester(account_name, with_children=with_children)
        names = {name for name in self.accounts if within(name)}
        touching = [
            (index, entry)
            for index, entry in enumerate(filtered.entries_without_prices)
            if not names.isdisjoint(_accounts_of(entry))
        ]
        conv = conversion_from_str(conversion)
        earlier, latest = touching[:-_MOST_ROWS], touching[-_MOST_ROWS:]
        balance = CounterInventory()
        for _, entry in earlier:
            _add(balance, entry, names)
        rows = []
        for index, entry in latest:
            change = CounterInventory()
            _add(change, entry, names)
            balance.add_inventory(change)
            shown = (conv.apply(found, self.prices, entry.date) for found in (change, balance))
            rows.append((index, entry, *shown))
        return rows

    def _show(self) -> None:
        self.all_entries = self.loaded.entries
        self.load_errors = self.loaded.errors
        self.options = self.loaded.options
        self.options["render_commas"] = True
        self.watcher.last_checked = max(self.watcher.last_checked + 1, self.loaded.newest)
        self.get_filtered.cache_clear()
        self.get_entry.cache_clear()
        by_type = group_entries_by_type(self.all_entries)
        # Options and extensions are policy: what other files say of them has no effect.
        policy = [e for e in by_type.Custom if e.meta["filename"] == self.beancount_file_path]
        self.all_entries_by_type = by_type._replace(Custom=policy)
        self.prices = FavaPriceMap(by_type.Price)
        self.fava_options, self.fava_options_errors = parse_options(policy)
        self.fava_options.invert_income_liabilities_equity = True
        self._describe()
        for module in (self.budgets, self.charts, self.commodities, self.extensions):
            module.load_file()
        self.format_decimal.load_file()
        self.misc.load_file()

    def _describe(self) -> None:
        """Accounts and the words that filters offer; neither payees nor links are shown."""
        self.accounts.clear()
        for opened in self.all_entries_by_type.Open:
            account = self.accounts.setdefault(opened.account)
            account.meta, account.currencies = opened.meta, opened.currencies
        for closed in self.all_entries_by_type.Close:
            self.accounts.setdefault(closed.account).close_date = closed.date
        vouchers = self.all_entries_by_type.Transaction
        self.attributes.accounts = sorted(self.accounts)
        self.attributes.currencies = list(self.options["operating_currency"])
        self.attributes.tags = sorted({tag for entry in vouchers for tag in entry.tags or ()})
        self.attributes.years = get_active_years(
            self.all_entries, self.fava_options.fiscal_year_end
        )


def _accounts_of(entry: Any) -> Iterator[str]:
    if hasattr(entry, "postings"):
        return (posting.account for posting in entry.postings)
    return iter(get_entry_accounts(entry))


def _add(inventory: CounterInventory, entry: Any, names: set[str]) -> None:
    for posting in getattr(entry, "postings", ()):
        if posting.account in names:
            inventory.add_position(posting)


class OneBook:
    """The ledgers of a Fava application: exactly one, loaded when it is first asked for."""

    def __init__(self, name: str, load: Callable[[], Loaded]) -> None:
        self.name = name
        self._load = load
        self._book: Book | None = None
        self._lock = Lock()

    @property
    def book(self) -> Book:
        with self._lock:
            if self._book is None:
                self._book = Book(self._load())
            return self._book

    def __getitem__(self, slug: str) -> Book:
        if slug != self.name:
            raise KeyError(slug)
        return self.book

    def items(self) -> ItemsView[str, Book]:
        return {self.name: self.book}.items()

    def first_slug(self) -> str:
        return self.name


def fava_app(
    ledgers: OneBook,
    path: Path,
    links: Sequence[tuple[str, str]],
    *,
    extensions: frozenset[str],
    unit: str = "",
) -> Flask:
    """The Fava application of the book at ``path``, read-only, in our frame, without its secrets.

    ``links`` stand in its side bar, ``extensions`` are those of our pages that may answer, and
    ``unit`` is the unit whose vouchers can be opened by an address, if they can.
    """
    app: Flask = create_fava([path], read_only=True, poll_watcher=True)
    app.config["LEDGERS"] = ledgers
    app.config["MINGBAI_UNIT"] = unit
    app.config["MINGBAI_LINKS"] = list(links)
    app.config["MINGBAI_EXTENSIONS"] = extensions
    app.config["PROPAGATE_EXCEPTIONS"] = False
    fava_templates = app.jinja_loader
    if fava_templates is None:
        raise RuntimeError("Fava's application has no templates")
    app.jinja_loader = ChoiceLoader([FileSystemLoader(_TEMPLATES), fava_templates])  # type: ignore[method-assign, assignment, unused-ignore]
    app.add_template_global(static_url, "static_url")
    app.add_template_global(public_ledger_data, "get_ledger_data")
    app.view_functions["json_api.get_ledger_data"] = _ledger_data
    app.view_functions["json_api.get_errors"] = _no_errors
    # Runs where Fava itself has decided which endpoint a path means: the gate asked before, but
    # two readings of one path must not be able to differ.
    app.before_request_funcs.setdefault(None, []).insert(0, _only_open_endpoints)
    app.before_request_funcs[None].append(_our_words)
    return app


def static_url(filename: str) -> str:
    """Where we serve Fava's own file; the version in it lets browsers keep it."""
    return f"/assets/fava/{filename}?v={fava.__version__}"


def public_ledger_data() -> LedgerData:
    """What every page embeds, without paths, payees, links, queries and other ledgers."""
    data = get_ledger_data()
    options = {name: getattr(data.fava_options, name) for name in _CLIENT_OPTIONS}
    options |= {"import_config": None, "insert_entry": [], "use_external_editor": False}
    details = {
        name: {
            "close_date": account.close_date,
            "currencies": account.currencies,
            "uptodate_status": account.uptodate_status,
        }
        for name, account in data.account_details.items()
    }
    kept: dict[str, Any] = {
        "account_details": details,
        "errors": [],
        "fava_options": options,
        "have_excel": False,
        "links": [],
        "options": data.options | {"documents": [], "filename": "book.bean", "include": []},
        "other_ledgers": [],
        "payees": [],
        "sidebar_links": current_app.config["MINGBAI_LINKS"],
        "upcoming_events_count": 0,
        "user_queries": [],
    }
    _refuse_unknown_fields(data)
    return replace(data, **kept)


# Shown as Fava gives them.
_HARMLESS: Final = frozenset(
    {
        "accounts",
        "base_url",
        "currencies",
        "currency_names",
        "extensions",
        "incognito",
        "precisions",
        "tags",
        "years",
    }
)
_REPLACED: Final = frozenset(
    {
        "account_details",
        "errors",
        "fava_options",
        "have_excel",
        "links",
        "options",
        "other_ledgers",
        "payees",
        "sidebar_links",
        "upcoming_events_count",
        "user_queries",
    }
)


def _refuse_unknown_fields(data: LedgerData) -> None:
    """A new Fava may embed more; nobody sees it before somebody has looked at it."""
    unknown = {field.name for field in fields(data)} - _HARMLESS - _REPLACED
    if unknown:
        raise RuntimeError(f"Fava embeds data that is not reviewed: {', '.join(sorted(unknown))}")


def _ledger_data() -> Response:
    return json_success(public_ledger_data())


def _no_errors() -> Response:
    return json_success([])


def _our_words() -> None:
    get_translations()._catalog.update(_WORDS)


def _only_open_endpoints() -> None:
    if request.routing_exception is not None:
        raise request.routing_exception
    arguments = request.view_args or {}
    extensions = current_app.config["MINGBAI_EXTENSIONS"]
    if request.method != "GET" or not is_open(request.endpoint, arguments, extensions):
        abort(403)


def is_open_path(app: Flask, path: str) -> bool:
    """Does this path below the mount mean an endpoint that may answer?"""
    try:
        endpoint, arguments = app.url_map.bind("mingbai", MOUNT).match(path, method="GET")
    except HTTPException:
        return False
    return is_open(endpoint, arguments, app.config["MINGBAI_EXTENSIONS"])
