"""A Fava application for one unit's book, with everything taken out that a browser should not see.

Fava builds URLs through one cache that all its applications in a process share. So every
application is mounted at the same place and a unit's name is the ledger's slug: a URL then says
which book it belongs to, and a cached one is right for whoever asks.
"""

from __future__ import annotations

import gc
import os
from collections.abc import ItemsView
from dataclasses import fields, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

# Before Beancount is imported: its cache is a pickle beside the book, which anyone who may write
# there could replace.
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"

import fava
from fava.application import create_app as create_fava
from fava.core import FavaLedger
from fava.internal_api import get_ledger_data
from fava.json_api import json_success
from flask import abort, request
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import HTTPException

import reports.web.extension  # noqa: F401  (Fava looks in the book's folder first for a module)
from reports.web.gate import is_open

if TYPE_CHECKING:
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


class Book(FavaLedger):  # type: ignore[misc, unused-ignore]
    """Fava's ledger, loaded without the garbage collector and shown with people's signs."""

    def load_file(self) -> None:
        """Load the book again. The collector would walk every new object several times."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            super().load_file()
        finally:
            if collecting:
                gc.enable()
            gc.freeze()
        self.fava_options.invert_income_liabilities_equity = True

    def is_sound(self) -> bool:
        """Read what changed; True if the book and its plugins have nothing to object."""
        self.changed()
        return not self.load_errors


class OneBook:
    """The ledgers of a Fava application: exactly one, loaded when it is first asked for."""

    def __init__(self, unit: str, path: Path) -> None:
        self.unit = unit
        self._path = path
        self._book: Book | None = None
        self._lock = Lock()

    @property
    def book(self) -> Book:
        with self._lock:
            if self._book is None:
                self._book = Book(str(self._path), poll_watcher=True)
            return self._book

    def __getitem__(self, slug: str) -> Book:
        if slug != self.unit:
            raise KeyError(slug)
        return self.book

    def items(self) -> ItemsView[str, Book]:
        return {self.unit: self.book}.items()

    def first_slug(self) -> str:
        return self.unit


def fava_for(unit: str, path: Path) -> Flask:
    """The Fava application of one unit, read-only, with our frame and without its secrets."""
    app: Flask = create_fava([path], read_only=True, poll_watcher=True)
    app.config["LEDGERS"] = OneBook(unit, path)
    app.config["MINGBAI_UNIT"] = unit
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
        "sidebar_links": [("明白账 Home", "/")],
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


def _only_open_endpoints() -> None:
    if request.routing_exception is not None:
        raise request.routing_exception
    arguments = request.view_args or {}
    if request.method != "GET" or not is_open(request.endpoint, arguments):
        abort(403)


def is_open_path(app: Flask, path: str) -> bool:
    """Does this path below the mount mean an endpoint that may answer?"""
    try:
        endpoint, arguments = app.url_map.bind("mingbai", MOUNT).match(path, method="GET")
    except HTTPException:
        return False
    return is_open(endpoint, arguments)
