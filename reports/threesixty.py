"""Grants and gifts as open data that others can put beside theirs: 360Giving, version 1.4.

A grant is what one unit allocates to another, or supports it with; it is awarded on the day it was
entered, and disbursed as far as the payer's book says. A gift that came is told in the same field
names, in a file of its own: the standard is of those who give.

No person stands in either. Words are of kinds and names of units and campaigns, never narrations.
Of donors only organisations that consented are named; all others are a sum per campaign, of
five donors or more. What is fewer joins the rest of the unit, or is left out. Aid to persons
is no grant to an organisation and stands in the statement of aid, in sums.

Source: 360Giving Data Standard 1.4, schema of grants and of packages, and its guidance on
identifiers; the standard asks for amounts as JSON numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Words
from ledger.gifts.called import WAYS
from ledger.gifts.published import all_published
from ledger.registry import donors, transfers, units
from ledger.registry.donors import COMPANY, NAMED
from ledger.registry.grant_prefix import GrantPrefix, read_grant_prefix
from ledger.registry.settings import read_settings
from ledger.transfers.matrix import build_matrix

if TYPE_CHECKING:
    from ledger.gifts.published import PublishedCampaign, PublishedGift
    from ledger.period import Period
    from ledger.registry import Registry

VERSION: Final = "1.4"
FEWEST: Final = 5  # donors whose gifts are told as one sum
_GRANTED: Final = {
    "allocation": Words("拨款", "Allocation"),
    "support": Words("补助", "Support"),
}
_CURRENCY: Final = "CNY"
_UNREGISTERED: Final = Words(
    "编号的前缀未在 360Giving 登记。",
    "The prefix of the identifiers is not registered with 360Giving.",
)
_NO_PERSONS: Final = Words(
    "只含单位之间的拨款与补助；发给个人的帮扶不在其中。",
    "Allocations and support between organisations only; aid to persons is not in it.",
)
_SUMS: Final = Words(
    f"只有同意具名的单位逐笔列出，其余按活动合计；不足{FEWEST}人的并入本单位其他活动，仍不足的不列。",
    f"Organisations that consented are listed one by one, all others are summed by campaign; sums "
    f"of fewer than {FEWEST} donors join the unit's other campaigns, or are left out.",
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """``id`` is unique in the publisher's data: the prefix, and what it is called there."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, and how its identifiers begin."""

    name: str
    prefix: GrantPrefix

    def id(self, *parts: str) -> str:
        return "-".join((self.prefix.text, *parts))

    def unit(self, unit: str, name: str) -> Organisation:
        return Organisation(self.id("unit", unit), name)


@dataclass(frozen=True, slots=True)
class Grant:
    """What ``funder`` awarded ``recipient`` on ``day``, in fen, and what of it was paid."""

    id: str
    kind: Words
    funder: Organisation
    recipient: Organisation
    fen: int
    disbursed_fen: int
    day: date


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift of an organisation, or with ``donors`` a sum of those of so many others."""

    id: str
    campaign: str
    way: Words
    recipient: Organisation
    fen: int
    day: date | None = None
    donor: Organisation | None = None
    donors: int = 0


def publisher_of(registry: Registry) -> Publisher:
    """The federation as its settings call it."""
    folder = registry.folder
    return Publisher(read_settings(folder).name, read_grant_prefix(folder))


def grants_of(
    registry: Registry, asked: Collection[str], period: Period, today: date
) -> list[Grant]:
    """What these units awarded in the period, by reference; paid as of its end, or of today."""
    by = publisher_of(registry)
    inside = frozenset(asked)
    with registry.read() as conn:
        names = {row.id: row.name for row in units.all_units(conn)}
        awarded = [
            row
            for row in transfers.touching(conn, inside)
            if row.payer in inside
            and row.kind in _GRANTED
            and not row.refused
            and date.fromisoformat(row.at[:10]) in period
        ]
    # What neither moved nor is due yet stands in no matrix: nothing was paid of it.
    standings = build_matrix(registry, inside, period, today).standings
    paid = {one.transfer.reference: one.paid_fen for one in standings}
    return [
        Grant(
            by.id(row.reference),
            _GRANTED[row.kind],
            by.unit(row.payer, names[row.payer]),
            by.unit(row.payee, names[row.payee]),
            row.fen,
            paid.get(row.reference, 0),
            date.fromisoformat(row.at[:10]),
        )
        for row in awarded
    ]


def gifts_of(registry: Registry, unit: str, period: Period) -> list[Gift]:
    """The gifts that came to the unit's campaigns in the period, as the public may read them."""
    by = publisher_of(registry)
    with registry.read() as conn:
        name = units.find(conn, unit).name
        kinds = {row.id: row.kind for row in donors.of_unit(conn, unit)}
    shown = [one for one in all_published(registry, unit, period.last) if one.is_public]
    return list(_gifts(shown, kinds, by, by.unit(unit, name), unit, period))


def _gifts(
    campaigns: Iterable[PublishedCampaign], kinds: dict[str, str], by: Publisher,
    recipient: Organisation, unit: str, period: Period,
) -> Iterator[Gift]:  # fmt: skip
    rest: list[PublishedGift] = []
    for campaign in campaigns:
        others: list[PublishedGift] = []
        for one in campaign.gifts:
            if one.day not in period or not one.came_fen:
                continue
            if kinds.get(one.row.donor) == COMPANY and one.donor.consent == NAMED:
                shown = one.donor.name.zh
                mark = hashlib.sha256(shown.encode()).hexdigest()[:16]
                yield Gift(
                    by.id("gift", unit, one.row.code), campaign.row.name, WAYS[one.way], recipient,
                    one.came_fen, one.day, Organisation(by.id("donor", mark), shown),
                )  # fmt: skip
            else:
                others.append(one)
        if _count(others) >= FEWEST:
            id = by.id("gifts", unit, campaign.row.code, str(period))
            yield _sum(id, campaign.row.name, recipient, others)
        else:
            rest += others
    if _count(rest) >= FEWEST:
        yield _sum(by.id("gifts", unit, "rest", str(period)), "其他活动 others", recipient, rest)


def _count(found: Iterable[PublishedGift]) -> int:
    """How many donors: several gifts of one are one."""
    return len({one.row.donor for one in found})


def _sum(id: str, campaign: str, recipient: Organisation, found: list[PublishedGift]) -> Gift:
    sums: defaultdict[str, int] = defaultdict(int)
    for one in found:
        sums[one.way] += one.came_fen
    way = Words("、".join(WAYS[key].zh for key in WAYS if key in sums),
                ", ".join(WAYS[key].en for key in WAYS if key in sums))  # fmt: skip
    return Gift(id, campaign, way, recipient, sum(sums.values()), donors=_count(found))


# ---- as JSON ---------------------------------------------------------------------------------


def render_grants(by: Publisher, grants: Iterable[Grant], period: Period) -> str:
    """The package of grants, issued on the period's last day; empty where there are none.

    The standard knows no package without a grant.
    """
    told = [_grant(one) for one in grants]
    if not told:
        return ""
    data = {
        "version": VERSION,
        **_head(by, "grants", Words("拨款与补助", "Grants"), [_NO_PERSONS], period),
        "grants": told,
    }
    return _text(data)


def render_gifts(by: Publisher, gifts: Iterable[Gift], period: Period) -> str:
    """The gifts of a period, in the field names of 360Giving."""
    data = {
        "format": "mingbai-gifts-1",
        **_head(by, "gifts", Words("收到的捐赠", "Gifts received"), [_SUMS], period),
        "gifts": [_gift(one, period) for one in gifts],
    }
    return _text(data)


def _head(
    by: Publisher, what: str, words: Words, told: list[Words], period: Period
) -> dict[str, object]:
    if not by.prefix.registered:
        told = [*told, _UNREGISTERED]
    return {
        "title": f"{by.name} {words.zh} {words.en} {period}",
        "description": " ".join([*(one.zh for one in told), *(one.en for one in told)]),
        "identifier": by.id(what, str(period)),
        "issued": period.last.isoformat(),
        "publisher": {"name": by.name},
    }


def _grant(one: Grant) -> dict[str, object]:
    way = f"{one.funder.name} → {one.recipient.name}"
    return {
        "id": one.id,
        "title": f"{one.kind.zh} {one.kind.en}：{way}",
        "description": f"{one.funder.name}给{one.recipient.name}的{one.kind.zh}。 "
        f"{one.kind.en} from {one.funder.name} to {one.recipient.name}.",
        "currency": _CURRENCY,
        "amountAwarded": number(one.fen),
        "amountDisbursed": number(one.disbursed_fen),
        "awardDate": one.day.isoformat(),
        "fundingOrganization": [_organisation(one.funder)],
        "recipientOrganization": [_organisation(one.recipient)],
    }


def _gift(one: Gift, period: Period) -> dict[str, object]:
    whose = f"{one.donors} 人合计 sum of {one.donors} donors" if one.donor is None else ""
    told: dict[str, Any] = {
        "id": one.id,
        "title": f"{one.campaign}：捐赠 gift" if not whose else f"{one.campaign}：{whose}",
        "description": f"捐给“{one.campaign}”的{one.way.zh} {one.way.en}.",
        "currency": _CURRENCY,
        "amountAwarded": number(one.fen),
        "recipientOrganization": [_organisation(one.recipient)],
    }
    if one.donor is None:
        told["donors"] = one.donors
        first, last = period.start.isoformat(), period.last.isoformat()
        told["actualDates"] = [{"startDate": first, "endDate": last}]
        return told
    told["fundingOrganization"] = [_organisation(one.donor)]
    told["awardDate"] = one.day.isoformat() if one.day else ""
    return told


def _organisation(one: Organisation) -> dict[str, str]:
    return {"id": one.id, "name": one.name}


def number(fen: int) -> int | float:
    """Yuan as the JSON number that the standard asks for; exact as text, to fifteen digits.

    Only here is money a binary fraction, and it is never computed with: its shortest text is the
    amount.

    >>> json.dumps([number(123450), number(-5), number(100)])
    '[1234.5, -0.05, 1]'
    """
    if abs(fen) >= 10**15:
        raise ValueError("an amount beyond what a JSON number holds to the fen")
    return fen // 100 if fen % 100 == 0 else fen / 100


def _text(data: dict[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
