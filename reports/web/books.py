"""The books: ``/books/<unit>/…``, where a request that may pass is handed to that unit's Fava."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from ledger.layout import unit_folder
from reports.web.access import IN_UNIT, current_user, holds, may_browse
from reports.web.errors import trouble_page
from reports.web.fava_books import fava_for
from reports.web.fava_ledger import MOUNT
from reports.web.handing import Shelf, hand_over

if TYPE_CHECKING:
    from flask import Flask

    from ledger.registry import Registry

books = Blueprint("books", __name__)


def shelf_of(registry: Registry) -> Shelf:
    """The books of the federation's units, each opened when it is first asked for."""

    def opened(unit: str) -> Flask | None:
        there = (unit_folder(registry.folder, unit) / "book.bean").is_file()
        return fava_for(registry, unit) if there else None

    return Shelf(opened)


def shelf() -> Shelf:
    return cast("Shelf", current_app.extensions["mingbai-shelf"])


@books.get(f"{MOUNT}/<unit>", provide_automatic_options=False)
@books.get(f"{MOUNT}/<unit>/", provide_automatic_options=False)
@may_browse
def first_page(unit: str) -> Response:
    """A book opens at its funds."""
    return redirect(f"{MOUNT}/{unit}/extension/Funds/")


@books.get(f"{MOUNT}/<unit>/<path:rest>", provide_automatic_options=False)
@may_browse
def page(unit: str, rest: str) -> Response:
    """One page or piece of data of the unit's book, if the gate lets it pass."""
    opened = shelf().book(unit)
    if opened is None:
        return trouble_page(503)
    user = current_user()
    rights = [right for right in IN_UNIT if holds(user, right, unit)]
    return hand_over(opened, unit, rest, request.args, trouble_page, rights)
