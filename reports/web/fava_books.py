"""The Fava of one unit's book at the desk: over the registry's journal, with all of our pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import reports.web.extension  # noqa: F401  (Fava looks in the book's folder first for a module)
from ledger.layout import unit_folder
from ledger.loaded_book import LoadedBook
from reports.web.fava_ledger import OneBook, fava_app
from reports.web.gate import OPEN_EXTENSIONS

if TYPE_CHECKING:
    from flask import Flask

    from ledger.registry import Registry


class DeskBook(OneBook):
    """The book of a unit, and the registry that pages inside Fava's frame ask besides."""

    def __init__(self, registry: Registry, unit: str) -> None:
        super().__init__(unit, lambda: LoadedBook(registry, unit))
        self.registry = registry


def fava_for(registry: Registry, unit: str) -> Flask:
    """The Fava application of one unit, which leads to its vouchers and statements."""
    links = (
        ("首页 Home", "/"),
        ("凭证 Vouchers", f"/vouchers/{unit}/"),
        ("报表 Statements", f"/statements/{unit}/"),
    )
    path = unit_folder(registry.folder, unit) / "book.bean"
    ledgers = DeskBook(registry, unit)
    return fava_app(ledgers, path, links, extensions=OPEN_EXTENSIONS, unit=unit)
