"""What the public reads of a campaign: its terms, what became of its money, and every gift.

A projection is made of what may be told, never by taking away from what may not: a donor stands in
it by name only with a consent in force, and one who is anonymous by nothing that two of their gifts
have in common. Each gift has its commitment instead, of which the donor alone holds the opening.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Refused, Words, finding
from ledger.gifts.consented import NOBODY, Shown, shown
from ledger.gifts.following import Followed, FundFollowed, Terms, Use, follow_fund
from ledger.gifts.spending import beside_budget
from ledger.gifts.standing import GiftStanding, none_known
from ledger.gifts.totals import CampaignTotals
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money, percent_text
from ledger.period import Month
from ledger.registry import campaigns, donors, gifts
from ledger.registry.campaigns import CLOSED, CLOSING, OPEN, CampaignRow
from ledger.registry.donors import UNNAMED
from ledger.registry.gifts import ASSET, GOODS, MEMO, PLEDGE, SERVICE, GiftRow
from ledger.unitfacts import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.registry import Registry

MONEY, THINGS, SERVICES = "money", "things", "service"
_WAYS: Final = {GOODS: THINGS, ASSET: THINGS, MEMO: THINGS, SERVICE: SERVICES}
_SHOWN_STATES: Final = {OPEN: OPEN, CLOSING: OPEN, CLOSED: CLOSED}
#: A gift that went to another fund with its giver's consent.
MOVED: Final = "moved"


@dataclass(frozen=True)
class PublishedGift:
    """One gift in its campaign's fund. ``row`` is not for the public: :meth:`as_json` chooses."""

    row: GiftRow
    donor: Shown
    commitment: str
    part: Followed
    uses: Sequence[Use]
    returns: Sequence[Use]

    @property
    def way(self) -> str:
        """money, things or service."""
        return way_of(self.row)

    @property
    def day(self) -> date:
        """When it came first; of what no figure measures, when it was entered."""
        return self.part.came[0].day if self.part.came else self.row.day

    @property
    def came_fen(self) -> int:
        """What came of it to the campaign, from its giver or with their consent from elsewhere."""
        return self.part.received_fen + self.part.moved_in_fen

    @property
    def state(self) -> str:
        part = self.part
        if self.row.kind == MEMO:
            return MEMO
        if part.held_fen or part.units_held:
            return "pending" if part.pending_fen == part.held_fen else "held"
        if part.used_fen or part.units_used:
            return "used"
        return MOVED if part.moved_out_fen else "returned"

    def as_json(self) -> dict[str, Any]:
        part, row = self.part, self.row
        told: dict[str, Any] = {
            "gift": row.code, "date": self.day.isoformat(), "kind": self.way,
            "donor": self.donor.name.zh, "donor_en": self.donor.name.en,
            "consent": self.donor.consent, "commitment": self.commitment,
            "purpose": row.purpose, "nature": row.nature, "state": self.state,
            "amount": Money(self.came_fen).text, "used": Money(part.used_fen).text,
            "held": Money(part.held_fen).text, "returned": Money(part.returned_fen).text,
            "moved": Money(part.moved_out_fen).text,
            "lines": [one.as_json() for one in self.uses],
        }  # fmt: skip
        if row.quantity:
            told["quantity"], told["measure"] = row.quantity, row.measure
        return told


@dataclass(frozen=True)
class PublishedCampaign(CampaignTotals):
    """A campaign as of the end of a day. Amounts in fen; ``budget`` are (purpose, planned, spent).

    ``expected_fen`` and ``defaulted_fen`` are of promises: what is to come, and what will not.
    """

    row: CampaignRow
    unit_name: Words
    on: date
    digest: str
    budget: Sequence[tuple[str, int, int]]
    gifts: Sequence[PublishedGift]
    fund: FundFollowed
    expected_fen: int
    defaulted_fen: int

    def followed(self) -> Iterator[Followed]:
        return (one.part for one in self.gifts)

    @property
    def over_fen(self) -> int:
        """What came above the target, where there is one."""
        return max(0, self.raised_fen - self.row.target_fen) if self.row.target_fen else 0

    @property
    def progress(self) -> str:
        """The share of the target that was raised; empty where there is none."""
        return percent_text(self.raised_fen, self.row.target_fen)

    @property
    def is_public(self) -> bool:
        """Whether it had begun: before that nobody but those in charge may know of it."""
        return self.row.state in _SHOWN_STATES and self.row.start <= self.on

    @property
    def row_then(self) -> CampaignRow:
        """Its row as of the day: what was closed later was still open."""
        row = self.row
        if row.state == CLOSED and row.closed is not None and row.closed > self.on:
            return replace(row, state=OPEN, closed=None, decision="", leftover="")
        return row

    @property
    def state(self) -> str:
        """open or closed; Refused while nobody but those in charge may know of it."""
        if not self.is_public:
            raise _unpublished(self.row.code)
        return _SHOWN_STATES[self.row_then.state]

    def as_json(self) -> dict[str, Any]:
        """What the public reads; Refused for a campaign that was not opened."""
        return {**self._told(self.state), **self.ending}

    def _told(self, state: str) -> dict[str, Any]:
        row = self.row
        return {
            "campaign": row.code, "unit": row.unit,
            "unit_name": self.unit_name.zh, "unit_name_en": self.unit_name.en,
            "name": row.name, "name_en": row.name_en, "purpose": row.purpose, "state": state,
            "public": row.public, "emergency": row.emergency, "filing": row.filing,
            "partner": row.partner, "start": row.start.isoformat(),
            "end": row.end and row.end.isoformat(), "rule": row.rule,
            "on": self.on.isoformat(), "currency": "CNY", "ledger_digest": self.digest,
            "target": Money(row.target_fen).text, "progress": self.progress,
            "raised": Money(self.raised_fen).text, "used": Money(self.used_fen).text,
            "held": Money(self.held_fen).text, "returned": Money(self.returned_fen).text,
            "moved_in": Money(self.moved_in_fen).text, "moved_out": Money(self.moved_out_fen).text,
            "spent": Money(self.fund.spent_fen).text, "traced": Money(self.fund.traced_fen).text,
            "coverage": self.coverage, "untraced": Money(self.fund.untraced_fen).text,
            "promised": {"expected": Money(self.expected_fen).text,
                         "defaulted": Money(self.defaulted_fen).text},
            "budget": [
                {"purpose": purpose, "budget": Money(planned).text, "spent": Money(spent).text}
                for purpose, planned, spent in self.budget
            ],
            "over_target": Money(self.over_fen).text,
            "gifts": [one.as_json() for one in self.gifts],
        }  # fmt: skip

    @property
    def ending(self) -> dict[str, Any]:
        """How it ended; nothing of it while somebody still has to confirm that it does."""
        row = self.row_then
        if row.state != CLOSED:
            return {"closed": None, "decision": "", "leftover": ""}
        closed = row.closed and row.closed.isoformat()
        return {"closed": closed, "decision": row.decision, "leftover": row.leftover}

    def inside(self) -> dict[str, Any]:
        """The same for who has a right to the unit: with its fund, its acts, and donors' ids."""
        row = self.row_then
        told = {
            **self._told(row.state), "fund": row.fund, "maker": row.maker, "checker": row.checker,
            "closed": row.closed and row.closed.isoformat(), "decision": row.decision,
            "leftover": row.leftover,
        }  # fmt: skip
        told["gifts"] = [
            {**one.as_json(), "donor_id": one.row.donor, "entered_as": one.row.kind,
             "related": one.row.related, "until": one.row.until and one.row.until.isoformat()}
            for one in self.gifts
        ]  # fmt: skip
        return told


def way_of(row: GiftRow) -> str:
    """What a gift consists of: money, things or service."""
    return _WAYS.get(row.kind, MONEY)


def published(registry: Registry, unit: str, code: str, on: date) -> PublishedCampaign:
    """One campaign as of the end of a day; CannotRun if there is none of that code."""
    for one in all_published(registry, unit, on, code):
        return one
    raise none_known("no-campaign", "募捐活动", "campaign", code, "campaign list")


def all_published(
    registry: Registry, unit: str, on: date, code: str | None = None
) -> list[PublishedCampaign]:
    """The unit's campaigns by code, whatever their state; only this one, if given."""
    name = read_facts(registry.folder, unit).name
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        with registry.read() as conn:
            lines = campaigns.lines_of(conn, unit)
            return [
                _one(registry, conn, model, row, name, lines.get(row.code, ()), on)
                for row in campaigns.of_unit(conn, unit)
                if code in (None, row.code)
            ]
    finally:
        model.close()


def _one(
    registry: Registry, conn: Connection, model: Model, row: CampaignRow, name: Words,
    lines: Sequence[tuple[str, int]], on: date,
) -> PublishedCampaign:  # fmt: skip
    rows = gifts.of_fund(conn, row.unit, row.fund)
    events = gifts.events(conn, row.unit, [one.code for one in rows])
    people = donors.of_unit(conn, row.unit, {one.donor for one in rows})
    owners = {one.code: one.donor for one in rows}
    opened = donors.openings(conn, registry.vault, owners)
    fund = follow_fund(model, row.fund, row.rule, on, Terms.of(rows))
    standings = [
        GiftStanding(one, tuple(events.get(one.code, ())), _part(fund, one.code)) for one in rows
    ]
    promises = [one for one in standings if one.row.kind == PLEDGE and one.row.day <= on]
    return PublishedCampaign(
        row, name, on, model.digest(Month.of(on)), beside_budget(lines, fund),
        list(_gifts(standings, fund, shown(conn, registry.vault, people),
                    {gift: commitment for gift, (_, commitment) in opened.items()}, on)),
        fund,
        sum(one.expected_fen for one in promises), sum(one.defaulted_fen for one in promises),
    )  # fmt: skip


def _part(fund: FundFollowed, code: str) -> tuple[Followed, ...]:
    return (fund.gifts[code],) if code in fund.gifts else ()


def _gifts(
    standings: Sequence[GiftStanding], fund: FundFollowed, names: Mapping[str, Shown],
    commitments: Mapping[str, str], on: date,
) -> Iterator[PublishedGift]:  # fmt: skip
    """Those of which anything came, and those that no figure measures; by day and code."""
    lines = dict(fund.lines())
    for one in standings:
        row = one.row
        is_memo = row.kind == MEMO and row.day <= on and not one.is_void
        if row.code not in fund.gifts and not is_memo:
            continue
        part = fund.gift(row.code)
        if not part.came and not is_memo:
            continue
        uses, returns = lines.get(row.code, ((), ()))
        donor = names.get(row.donor, Shown(NOBODY, UNNAMED))
        yield PublishedGift(row, donor, commitments.get(row.code, ""), part, uses, returns)


def _unpublished(code: str) -> Refused:
    return Refused(
        finding(
            "not-published", f"活动 {code} 尚未开始或已撤回，不对外公开",
            f"campaign {code} was not opened, or was taken back: nothing of it is published",
            "待另一人审批开始后再公开", "it is published once somebody else opened it",
        )
    )  # fmt: skip
