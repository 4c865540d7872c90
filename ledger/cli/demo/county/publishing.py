"""What a campaign tells the public while it runs and when it is over, laid open and logged.

Each disclosure is the campaign's own statement up to its last day; interim ones follow each other
without a gap, the closing one tells of the whole campaign. Entered by the treasurer, confirmed by
the checker. That an emergency is over is logged with the announcement that says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ledger.clock import CHINA
from ledger.disclosing.publishing import Said, confirm, record
from ledger.period import Month, Period
from reports.render import render
from reports.sources import known_source
from reports.statements import catalogue

if TYPE_CHECKING:
    from ledger.registry import Registry, User

#: The folder of what was published, in that of the demonstration.
FOLDER: Final = "published"
OVER: Final = "emergency-over"
_PLACE: Final = "慈善信息平台（示例）"
_ANNOUNCED: Final = "应急处置与救援阶段已经结束（示例）。"


@dataclass(frozen=True, slots=True)
class Publication:
    """One disclosure of a campaign: what it tells of, through which day, and when it came out.

    ``paper`` are the bytes that were published, ``name`` the file's name.
    """

    unit: str
    campaign: str
    kind: str
    through: date
    on: date
    paper: bytes
    name: str


def published_in(
    registry: Registry, unit: str, codes: dict[str, str], said: dict[str, Any], month: Month
) -> list[Publication]:
    """What is published in a month, by the campaigns in ``gifts.toml`` that say so."""
    return [
        _draw(registry, unit, codes[campaign["id"]], one)
        for campaign in said["campaign"]
        for one in campaign.get("published", ())
        if Month.of(one["on"]) == month and campaign["id"] in codes
    ]


def publish(registry: Registry, one: Publication, maker: User, checker: User) -> None:
    """Lay a disclosure where the public finds it, and log it: one enters, another confirms."""
    if one.kind != OVER:
        folder = registry.folder / FOLDER / one.unit
        folder.mkdir(parents=True, exist_ok=True)
        (folder / one.name).write_bytes(one.paper)
    said = Said(one.unit, one.kind, one.on, one.through, one.paper, one.name, _PLACE, one.campaign)
    now = datetime.combine(one.on, datetime.min.time(), CHINA).replace(hour=17)
    row = record(registry, said, maker, now)
    confirm(registry, one.unit, row.number, checker, now)


def _draw(registry: Registry, unit: str, code: str, said: dict[str, Any]) -> Publication:
    kind, through = said["kind"], said["through"]
    if kind == OVER:
        paper, ending = _ANNOUNCED.encode(), "txt"
    else:
        paper, ending = _statement(registry, unit, code, Month.of(through)), "pdf"
    name = f"{code}-{kind}-{through}.{ending}"
    return Publication(unit, code, kind, through, said["on"], paper, name)


def _statement(registry: Registry, unit: str, code: str, month: Month) -> bytes:
    """The campaign's page as of the end of a month."""
    period = Period.parse(str(month))
    source = known_source(registry, unit, "campaign", period)
    if source.gifts is None:
        raise TypeError("statements of campaigns are of gifts")
    source = replace(source, gifts=source.gifts.of(code))
    return render(catalogue.build("campaign", source, period), "pdf")
