"""What a page inside Fava's frame is asked: of which registry and unit, by whom, as of when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from fava.util.date import parse_date
from flask import current_app, request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.registry import Registry

#: Under which name the environment of a request tells the rights of whoever asks.
RIGHTS: Final = "mingbai.rights"
_YEARS_SHOWN = 6


def registry_of_page() -> Registry | None:
    """The registry behind the books; None in a Fava that somebody runs alone."""
    found: Registry | None = getattr(current_app.config["LEDGERS"], "registry", None)
    return found


def unit_of_page() -> str:
    """The unit whose book is shown; empty in a Fava that somebody runs alone."""
    unit: str = current_app.config.get("MINGBAI_UNIT", "")
    return unit


def rights_of_page() -> frozenset[str]:
    """The rights in the unit of whoever asks; none in a Fava that somebody runs alone.

    They stand in the environment under a name that no header of a browser can have.
    """
    found: frozenset[str] = request.environ.get(RIGHTS, frozenset())
    return found


def last_day_asked(today: date) -> date:
    """The last day that Fava's time filter asks for; today if it asks for none."""
    _, end = parse_date(request.args.get("time", ""))
    if end is None or not 1900 <= end.year <= 2998:
        return today
    return end - timedelta(days=1)


def years_offered(years: Iterable[int], on: date) -> tuple[tuple[str, bool], ...]:
    """The years to choose from, the latest first, that of the day among them and chosen."""
    latest = sorted({*years, on.year}, reverse=True)[:_YEARS_SHOWN]
    return tuple((f"{one:04d}", one == on.year) for one in latest)
