"""The whole site as files: pages in both languages, what they share, and a list of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import Finding, Refused, finding
from reports.site import (
    addresses,
    giving,
    journals,
    looking,
    opening,
    overview,
    statements,
    told,
)
from reports.site.drawing import Pen
from reports.site.lists import Written
from reports.site.model import Site

#: No page is heavier, so that it comes over a slow line in a moment.
HEAVIEST_PAGE: Final = 200_000
_SHARED: Final = (addresses.STYLE, addresses.SCRIPT, addresses.ICON)


@dataclass(frozen=True, slots=True)
class File:
    """A file that was written, relative to the site's root."""

    path: str
    size: int
    sha256: str


def write_site(site: Site, folder: Path) -> list[File]:
    """Write every file of the site below ``folder``; what was written, by path.

    Files beside the pages, to which downloads lead, are put there by who made them. Refused if a
    page is too heavy; then nothing was written.
    """
    files = sorted(render_site(site))
    for path, data in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return [File(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in files]


def render_site(site: Site) -> list[Written]:
    """Every file by its path; the same site gives the same bytes."""
    files = [(name, (Path(__file__).parent / "static" / name).read_bytes()) for name in _SHARED]
    listed = []
    for language in addresses.LANGUAGES:
        pen = Pen(site, language)
        files += _pages(pen)
        listed += [
            {"path": path, "language": language, "title": title} for path, title in pen.listed
        ]
    told = {"format": "mingbai-site-1", "site": site.code, "period": site.period,
            "audience": site.audience, "on": site.on.isoformat(),
            "pages": sorted(listed, key=lambda page: page["path"])}  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files.append((addresses.LIST, text.encode()))
    heavy = [path for path, data in files if path.endswith(".html") and len(data) > HEAVIEST_PAGE]
    if heavy:
        raise Refused(*(_too_heavy(path) for path in heavy))
    return files


def unopened(site: Site) -> list[str]:
    """Figures that do not open: references that nothing on the site opens, then what leads nowhere
    on its pages, by page and row."""
    return [*_without_lines(site), *opening.shut(render_site(site))]


def _without_lines(site: Site) -> list[str]:
    known = {backing.ref for unit in site.units for one in unit.statements for backing in one.annex}
    asked = [
        figure.ref
        for unit in site.units
        for parts in (
            *((f.opening, f.came, f.spent, f.transferred, f.remaining) for f in unit.funds),
            *(
                (month.came, month.spent, month.transferred, month.remaining)
                for fund in unit.funds
                for month in fund.months
            ),
            *((kind.cost, kind.worn, kind.net) for kind in unit.classes),
        )
        for figure in parts
        if figure is not None and figure.fen and figure.ref
    ]
    return [ref for ref in asked if ref not in known]


def _pages(pen: Pen) -> Iterator[Written]:
    site = pen.site
    books = [(unit, journals.packed(pen, unit)) for unit in site.units]
    behind = [(unit, statements.packed(pen, unit)) for unit in site.units]
    for unit, found in books:
        yield from journals.draw(pen, unit, found)
    for unit, pages in behind:
        yield from statements.draw(pen, unit, pages)
    yield from overview.index(pen)
    for unit in site.units:
        yield from overview.unit(pen, unit)
        for fund in unit.funds:
            yield from overview.fund(pen, unit, fund)
        for campaign in unit.campaigns:
            yield from giving.campaign(pen, unit, campaign)
        if unit.classes:
            yield from overview.assets(pen, unit)
        yield from told.of_unit_pages(pen, unit)
    yield from told.of_units(pen)
    yield from looking.lookups(pen)
    yield from looking.data(pen)
    yield from looking.missing(pen)
    for gift in site.gifts:
        yield from giving.my_gift(pen, gift)
    for dues in site.dues:
        yield from looking.my_dues(pen, dues)


def _too_heavy(path: str) -> Finding:
    return finding(
        "page-too-heavy", f"网页 {path} 超过 200 KB", f"the page {path} is heavier than 200 KB",
        "缩短其中过长的文字", "shorten the text that is too long in it", file=path,
    )  # fmt: skip
