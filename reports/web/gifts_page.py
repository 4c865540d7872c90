"""The gifts page inside Fava's own frame: campaigns, and what became of what they raised.

Campaigns stand in the registry, which only our desk opens; in a Fava that somebody runs alone the
page says so. Nobody is named: not a giver, not by their id either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fava.ext import FavaExtensionBase

from ledger import clock
from ledger.disclosing.deadlines import reckoned
from ledger.errors import Words
from ledger.gifts.called import CAMPAIGN_STATES, RULES
from ledger.gifts.standing import unit_standings
from ledger.money import Money
from ledger.registry import campaigns
from reports.gift_figures import ALL, PARTS, UNTRACED
from reports.web.allocations import WIDTH
from reports.web.fava_asked import last_day_asked, registry_of_page, unit_of_page, years_offered
from reports.web.gifts import KINDS, campaign_bar, last_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ledger.gifts.standing import CampaignStanding, GiftStanding
    from reports.web.allocations import Part
    from reports.web.gifts import LastDay

_DAYS_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """A campaign, or gifts of a kind; ``cells`` are texts with the address that opens them."""

    name: str
    name_en: str
    notes: tuple[str, ...]
    href: str
    bar: tuple[Part, ...]
    cells: tuple[tuple[str, str], ...]
    coverage: str = ""
    untraced: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask."""

    known: bool
    on: str = ""
    width: int = WIDTH
    columns: tuple[Words, ...] = ()
    rows: tuple[Row, ...] = ()
    kinds: tuple[Row, ...] = ()
    total: Row | None = None
    days: tuple[LastDay, ...] = ()
    years: tuple[tuple[str, bool], ...] = ()
    desk: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Gifts(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """捐赠: what campaigns raised, and what of it was used, is held and went back."""

    report_title = "捐赠 Gifts"

    def page(self) -> Page:
        """The page as of the end of Fava's time filter; today if there is none."""
        registry = registry_of_page()
        if registry is None:
            return Page(known=False)
        unit = unit_of_page()
        today = clock.now().date()
        on = min(last_day_asked(today), today)
        every, given = unit_standings(registry, unit, on)
        found = [
            one
            for one in every
            if one.row.state not in (campaigns.WAITING, campaigns.WITHDRAWN) and one.row.start <= on
        ]
        figures = f"/figures/{unit}/gifts/{on.isoformat()}"
        return Page(
            known=True,
            on=on.isoformat(),
            columns=tuple(PARTS.values()),
            rows=tuple(_campaign(unit, figures, one) for one in found),
            kinds=tuple(_kinds(unit, figures, given)),
            total=_total(figures, given) if given else None,
            days=tuple(last_days(reckoned(registry, unit, on, given)))[:_DAYS_SHOWN],
            years=years_offered((one.row.day.year for one in given), on),
            desk=f"/desk/{unit}",
            files=tuple(
                (form.upper(), f"/desk/{unit}/campaigns?on={on.isoformat()}&format={form}")
                for form in ("xlsx", "csv", "pdf")
                if found
            ),
        )


def _campaign(unit: str, figures: str, one: CampaignStanding) -> Row:
    row = one.row
    state, rule = CAMPAIGN_STATES[row.state], RULES[row.rule]
    notes = [f"{row.code} · {row.start} – {row.end or '…'}", f"{state.zh} {state.en}",
             f"{rule.zh} {rule.en}"]  # fmt: skip
    if row.target_fen:
        share = 100 * one.raised_fen // row.target_fen
        notes.append(f"目标 target {Money(row.target_fen).grouped} · {share} %")
    untraced = one.fund.untraced_fen
    return Row(
        row.name, row.name_en, tuple(notes), f"/desk/{unit}/campaigns/{row.code}",
        campaign_bar(one), _cells(lambda part: _of(one, part), f"{figures}/{row.code}"),
        one.coverage,
        (Money(untraced).grouped, f"{figures}/{row.code}/{UNTRACED}" if untraced else ""),
    )  # fmt: skip


def _kinds(unit: str, figures: str, given: Sequence[GiftStanding]) -> Iterator[Row]:
    """What became of gifts by what they are, those of no campaign among them."""
    for kind, words in KINDS.items():
        own = [one for one in given if one.row.kind == kind]
        if own:
            yield Row(
                words.zh, words.en, (f"{len(own)} 笔 gifts",), f"/desk/{unit}/gifts?kind={kind}",
                (), _sums(own, f"{figures}/{kind}"),
            )  # fmt: skip


def _total(figures: str, given: Sequence[GiftStanding]) -> Row:
    return Row(
        "全部捐赠", "All gifts", (f"{len(given)} 笔 gifts",), "", (),
        _sums(given, f"{figures}/{ALL}"),
    )  # fmt: skip


def _sums(given: Sequence[GiftStanding], place: str) -> tuple[tuple[str, str], ...]:
    return _cells(lambda part: sum(_of(one, part) for one in given), place)


def _of(one: CampaignStanding | GiftStanding, part: str) -> int:
    """A part's figure in fen; what a campaign raised is what gifts received."""
    name = "received" if part == "raised" else part
    fen: int = getattr(one, f"{name}_fen")
    return fen


def _cells(figure: Callable[[str], int], place: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (Money(fen).grouped, f"{place}/{part}" if fen else "")
        for part, fen in ((part, figure(part)) for part in PARTS)
    )
