"""How campaigns and gifts stand as of a day: the registry's terms beside the book's figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ledger.collecting import uncollected
from ledger.errors import CannotRun, finding
from ledger.gifts.following import Followed, FundFollowed, Terms, Use, follow_fund
from ledger.gifts.spending import beside_budget
from ledger.gifts.totals import CampaignTotals, Totals
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import campaigns, gifts
from ledger.registry.gifts import DEFAULTED, MEMO, PLEDGE, VOID
from ledger.rules.tracing import FIFO
from ledger.words import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.campaigns import CampaignRow
    from ledger.registry.gifts import EventRow, GiftRow

#: How a fund without a campaign is followed.
USUAL: Final = FIFO


@dataclass(frozen=True)
class CampaignStanding(CampaignTotals):
    """A campaign as of a day; its figures are its fund's."""

    row: CampaignRow
    lines: tuple[tuple[str, int], ...]
    gifts: tuple[GiftStanding, ...]
    fund: FundFollowed
    on: date

    def followed(self) -> Iterable[Followed]:
        return self.fund.gifts.values()

    @property
    def budget(self) -> list[tuple[str, int, int]]:
        """What it means to spend beside what it spent: purpose, planned, spent, in fen."""
        return beside_budget(self.lines, self.fund)

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "code": row.code, "name": row.name, "name_en": row.name_en, "purpose": row.purpose,
            "state": row.state, "fund": row.fund, "rule": row.rule,
            "start": row.start.isoformat(), "end": row.end and row.end.isoformat(),
            "public": row.public, "emergency": row.emergency, "filing": row.filing,
            "partner": row.partner, "target": Money(row.target_fen).text,
            "budget": [
                {"purpose": purpose, "amount": Money(fen).text} for purpose, fen in self.lines
            ],
            "gifts": len(self.gifts), "raised": Money(self.raised_fen).text,
            "used": Money(self.used_fen).text, "held": Money(self.held_fen).text,
            "returned": Money(self.returned_fen).text,
            "moved_in": Money(self.moved_in_fen).text,
            "moved_out": Money(self.moved_out_fen).text,
            "spent": Money(self.fund.spent_fen).text,
            "traced": Money(self.fund.traced_fen).text, "coverage": self.coverage,
            "untraced": Money(self.fund.untraced_fen).text,
            "closed": row.closed and row.closed.isoformat(), "decision": row.decision,
            "leftover": row.leftover,
        }  # fmt: skip


@dataclass(frozen=True)
class GiftStanding(Totals):
    """A gift as of a day: what was said of it, and in each fund where it stands what became of it.

    ``deadline`` is the last day of its campaign, if it has one.
    """

    row: GiftRow
    events: tuple[EventRow, ...]
    parts: tuple[Followed, ...]
    deadline: date | None = None

    def followed(self) -> Iterable[Followed]:
        return self.parts

    @property
    def uses(self) -> list[Use]:
        """What was used of it, by day and voucher, in whichever fund it stood."""
        lines = [line for part in self.parts for line in part.uses]
        return sorted(lines, key=lambda one: (one.day, one.voucher))

    @property
    def pending_fen(self) -> int:
        return self._sum("pending_fen")

    @property
    def defaulted_fen(self) -> int:
        """What of a pledge will not come, as two persons said."""
        return sum(one.fen for one in self.events if one.kind == DEFAULTED and one.checker)

    @property
    def expected_fen(self) -> int:
        """What of it is still to come."""
        if self.is_void:
            return 0
        return max(0, self.row.fen - self.received_fen - self.defaulted_fen)

    @property
    def is_void(self) -> bool:
        return any(one.kind == VOID and one.checker for one in self.events)

    @property
    def state(self) -> str:
        """expected, memo, held, used, returned, defaulted or void: how far it has come."""
        if self.is_void:
            return VOID
        if self.row.kind == MEMO:
            return MEMO
        if not self.received_fen:
            waits = self.row.kind != PLEDGE or self.expected_fen
            return "expected" if waits else DEFAULTED
        if self.held_fen:
            return "pending" if self.pending_fen == self.held_fen else "held"
        return "used" if self.used_fen else "returned"

    def as_json(self, *, lines: bool = True) -> dict[str, Any]:
        """What ``mingbai gift trace`` prints; it names nobody. Without lines, what a list tells."""
        row = self.row
        told: dict[str, Any] = {
            "gift": row.code, "kind": row.kind, "nature": row.nature, "campaign": row.campaign,
            "donor": row.donor, "fund": row.fund, "date": row.day.isoformat(),
            "state": self.state, "amount": Money(row.fen).text,
            "received": Money(self.received_fen).text, "used": Money(self.used_fen).text,
            "held": Money(self.held_fen).text, "returned": Money(self.returned_fen).text,
            "expected": Money(self.expected_fen if row.kind == PLEDGE else 0).text,
            "deadline": self.deadline and self.deadline.isoformat(),
            "until": row.until and row.until.isoformat(),
        }  # fmt: skip
        if lines:
            told["lines"] = [one.as_json() for one in self.uses]
        if row.quantity:
            told["things"] = {
                "commodity": row.commodity, "measure": row.measure,
                **{
                    key: f"{sum((getattr(one, name) for one in self.parts), Decimal(0)):f}"
                    for key, name in (
                        ("received", "units"), ("used", "units_used"), ("held", "units_held"),
                        ("returned", "units_returned"),
                    )
                },
            }  # fmt: skip
        return told


def campaign_standing(registry: Registry, unit: str, code: str, on: date) -> CampaignStanding:
    """One campaign as of the end of a day; CannotRun if there is none of that code.

    Its gifts are told as far as they stand in its fund.
    """
    with registry.read() as conn:
        row = known_campaign(conn, unit, code)
        lines = campaigns.lines_of(conn, unit).get(code, ())
        told = _Told(conn, unit, [row.fund])
    with _model(registry, unit) as model, uncollected():
        fund = _fund(model, row.fund, row.rule, on, told)
        of = [
            told.standing(one, [fund.gifts[one.code]] if one.code in fund.gifts else [], row)
            for one in told.gifts.values()
            if one.campaign == code
        ]
    return CampaignStanding(row, tuple(lines), tuple(of), fund, on)


def campaign_standings(registry: Registry, unit: str, on: date) -> list[CampaignStanding]:
    """The unit's campaigns as of the end of a day, by code."""
    return unit_standings(registry, unit, on)[0]


def gift_standings(registry: Registry, unit: str, on: date) -> list[GiftStanding]:
    """Every gift of the unit as of the end of a day, by day and code."""
    return unit_standings(registry, unit, on)[1]


def unit_standings(
    registry: Registry, unit: str, on: date
) -> tuple[list[CampaignStanding], list[GiftStanding]]:
    """The unit's campaigns and all of its gifts as of the end of a day, each fund followed once."""
    with registry.read() as conn, uncollected():
        rules = {row.fund: row for row in campaigns.of_unit(conn, unit)}
        lines = campaigns.lines_of(conn, unit)
        told = _Told(conn, unit)
        at = {row.code: told.at(row) for row in told.gifts.values()}
    with _model(registry, unit) as model, uncollected():
        funds = [*rules, *(fund for of in at.values() for fund in of)]
        followed = {
            fund: _fund(model, fund, rules[fund].rule if fund in rules else USUAL, on, told)
            for fund in dict.fromkeys(funds)
        }
        given = [
            told.standing(
                row,
                [followed[fund].gifts[row.code] for fund in at[row.code]
                 if row.code in followed[fund].gifts],
                rules.get(row.fund),
            )
            for row in told.gifts.values()
        ]  # fmt: skip
        of_campaign: dict[str | None, list[GiftStanding]] = {}
        for one in given:
            of_campaign.setdefault(one.row.campaign, []).append(one)
        return [
            CampaignStanding(
                row, tuple(lines.get(row.code, ())), tuple(of_campaign.get(row.code, ())),
                followed[row.fund], on,
            )
            for row in rules.values()
        ], given  # fmt: skip


def gift_standing(registry: Registry, unit: str, code: str, on: date) -> GiftStanding:
    """One gift as of the end of a day; CannotRun if there is none of that code."""
    with registry.read() as conn:
        row = known_gift(conn, unit, code)
        rules = {one.fund: one for one in campaigns.of_unit(conn, unit)}
        moved = gifts.events(conn, unit, [code]).get(code, [])
        told = _Told(conn, unit, gifts.stands_in(row, moved))
    with _model(registry, unit) as model:
        funds = [
            _fund(model, fund, rules[fund].rule if fund in rules else USUAL, on, told)
            for fund in told.at(row)
        ]
    parts = [fund.gift(code) for fund in funds if code in fund.codes]
    return told.standing(row, parts, rules.get(row.fund))


def known_campaign(conn: Connection, unit: str, code: str) -> CampaignRow:
    """The unit's campaign of this code; CannotRun if there is none."""
    row = campaigns.find(conn, unit, code)
    if row is None:
        raise none_known("no-campaign", "募捐活动", "campaign", code, "campaign list")
    return row


def known_gift(conn: Connection, unit: str, code: str) -> GiftRow:
    """The unit's gift of this code; CannotRun if there is none."""
    row = gifts.find(conn, unit, code)
    if row is None:
        raise none_known("no-gift", "捐赠", "gift", code, "gift list")
    return row


class _Told:
    """What the registry says of a unit's gifts, or of those in some funds."""

    def __init__(self, conn: Connection, unit: str, funds: Sequence[str] = ()) -> None:
        if funds:
            rows = [row for fund in funds for row in gifts.of_fund(conn, unit, fund)]
        else:
            rows = gifts.of_unit(conn, unit)
        self.gifts = {row.code: row for row in rows}
        self.events = gifts.events(conn, unit, self.gifts)
        self.terms = Terms.of(rows)

    def at(self, row: GiftRow) -> list[str]:
        """The funds in which a gift stands, or stood."""
        return gifts.stands_in(row, self.events.get(row.code, ()))

    def standing(
        self, row: GiftRow, parts: Sequence[Followed], campaign: CampaignRow | None
    ) -> GiftStanding:
        events = tuple(self.events.get(row.code, ()))
        return GiftStanding(row, events, tuple(parts), campaign.end if campaign else None)


def _fund(model: Model, fund: str, rule: str, on: date, told: _Told) -> FundFollowed:
    return follow_fund(model, fund, rule, on, told.terms)


@contextmanager
def _model(registry: Registry, unit: str) -> Iterator[Model]:
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        yield model
    finally:
        model.close()


def none_known(rule: str, zh: str, en: str, code: str, command: str) -> CannotRun:
    """The answer to a code that nothing has."""
    return CannotRun(
        finding(
            rule, f"没有{zh} {typed(code)}", f"there is no {en} {typed(code)}",
            f"用 mingbai {command} 查看", f"see mingbai {command}",
        )
    )  # fmt: skip
