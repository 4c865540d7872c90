"""What a form of the desk does, and what its reader sees then: the page anew, or the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, redirect, url_for

from ledger.errors import CannotRun, LedgerError, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug import Response

    from ledger.errors import Finding

    Shown = Callable[[tuple[Finding, ...]], Response]


def do(
    deed: Callable[[], object], shown: Shown, to: str, *, done: str | Callable[[], str],
    missing: bool = False, not_allowed: Shown | None = None, **place: str | None,
) -> Response:  # fmt: skip
    """Do what a form asks, then go to a page, so that a second click does nothing twice.

    ``shown`` draws the form again with what speaks against it; ``not_allowed`` where that is who
    asks. With ``missing``, what is not there is 404 and no finding. ``place`` is the address, and
    ``done`` what it says was done; a function where only the deed tells.
    """
    try:
        deed()
    except NotAllowed as fault:
        return (not_allowed or shown)(fault.findings)
    except LedgerError as fault:
        if missing and isinstance(fault, CannotRun):
            abort(404)
        return shown(fault.findings)
    told = done if isinstance(done, str) else done()
    values: dict[str, Any] = {**place, "done": told}
    return redirect(url_for(to, **values), 303)


def do_and_open(
    deed: Callable[[], str], shown: Shown, place: Callable[[str], str]
) -> Response:  # fmt: skip
    """:func:`do` for what has a page of its own then: ``deed`` gives its code, ``place`` of a code
    the address, with what it says was done."""
    try:
        code = deed()
    except LedgerError as fault:
        return shown(fault.findings)
    return redirect(place(code), 303)
