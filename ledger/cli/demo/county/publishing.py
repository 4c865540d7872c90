"""What a campaign tells the public while it runs and when it is over: dates, and a PDF for each.

Interim disclosures follow each other without a gap, each from where the last one ended; the closing
one tells of the whole campaign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Words
from ledger.gifts.standing import CampaignStanding, campaign_standing
from ledger.money import Money
from ledger.period import Month, Period
from reports.render import render
from reports.sources import known_source
from reports.statement import Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import make_statement

if TYPE_CHECKING:
    from ledger.registry import Registry

#: The folder of what was published, in that of the demonstration.
FOLDER: Final = "published"
_KINDS: Final = {"interim": Words("进展公示", "interim disclosure"),
                 "closing": Words("结项公示", "closing disclosure")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Publication:
    """One disclosure of a campaign: what it tells of, from which day through which, and when.

    ``paper`` are the bytes that were published, ``name`` the file's name.
    """

    unit: str
    campaign: str
    kind: str
    first: date
    through: date
    on: date
    paper: bytes
    name: str


def published_in(
    registry: Registry, unit: str, codes: dict[str, str], said: dict[str, Any], month: Month
) -> list[Publication]:
    """What is published in a month, by the campaigns in ``gifts.toml`` that say so."""
    return [
        _draw(registry, unit, codes[campaign["id"]], campaign, number)
        for campaign in said["campaign"]
        for number, one in enumerate(campaign.get("published", ()))
        if Month.of(one["on"]) == month and campaign["id"] in codes
    ]


def publish(registry: Registry, one: Publication) -> Path:
    """Lay what is published where the public finds it; the file. A log of disclosures is kept of
    what is laid here, and of nothing else."""
    folder = registry.folder / FOLDER / one.unit
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / one.name
    path.write_bytes(one.paper)
    return path


def _draw(
    registry: Registry, unit: str, code: str, said: dict[str, Any], number: int
) -> Publication:
    one = said["published"][number]
    is_first = number == 0 or one["kind"] == "closing"
    before = said["published"][number - 1]["through"] + timedelta(days=1)
    first = said["start"] if is_first else before
    standing = campaign_standing(registry, unit, code, one["through"])
    statement = _statement(registry, unit, standing, first, one)
    name = f"{code}-{one['kind']}-{one['through']}.pdf"
    return Publication(
        unit, code, one["kind"], first, one["through"], one["on"], render(statement, "pdf"), name
    )


def _statement(
    registry: Registry, unit: str, standing: CampaignStanding, first: date, one: dict[str, Any]
) -> Statement:
    row, kind, fund = standing.row, _KINDS[one["kind"]], standing.fund
    into = sum(one.moved_in_fen for one in fund.gifts.values())
    out = sum(one.moved_out_fen for one in fund.gifts.values())
    sums = (
        ("收到捐赠", "Raised", standing.raised_fen),
        ("经捐赠人同意转入", "Moved in, by consent", into),
        ("使用", "Used", standing.used_fen),
        ("退还", "Returned", standing.returned_fen),
        ("经捐赠人同意转出", "Moved out, by consent", out),
        ("结存", "Held", standing.held_fen),
        ("资金支出", "Spent of its fund", fund.spent_fen),
        ("其中可追溯到捐赠", "of which traced to gifts", fund.traced_fen),
        ("未能追溯", "Untraced", fund.untraced_fen),
    )
    lines = tuple(
        Line(str(place), Words(zh, en), (Money(fen),))
        for place, (zh, en, fen) in enumerate(sums, start=1)
    )
    period = Period.parse(str(Month.of(one["through"])))
    notes = (
        Words(
            f"{first} 至 {one['through']}；金额自活动开始累计。公示于 {one['on']}。",
            f"{first} to {one['through']}; amounts from the campaign's beginning. "
            f"Published on {one['on']}.",
        ),
        Words(
            f"公开募捐备案 {row.filing}；捐赠 {len(standing.gifts)} 笔；"
            f"追溯率 {standing.coverage or '尚无支出'}。",
            f"Filed as {row.filing}; {len(standing.gifts)} gifts; "
            f"traced {standing.coverage or 'nothing is spent yet'}.",
        ),
    )
    return make_statement(
        known_source(registry, unit, "funds", period), Span.of(period), period,
        f"campaign-{one['kind']}", Words(f"{row.name}{kind.zh}", f"{row.name_en}: {kind.en}"),
        (Column("amount", Words("金额", "Amount"), primary=True),), lines, notes=notes,
        label_column=Words("项目", "Item"),
    )  # fmt: skip
