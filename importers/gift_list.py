"""The gifts of a platform's list: each order is a gift of its own, of a donor of its own.

Same names are not the same person: whoever is known already is named by their number. What the
platform kept of each is kept with it, so that the list's fee, which is one entry, can be followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from importers.listing import Target
from ledger.errors import Finding, finding, refuse_if
from ledger.fundcheck import is_restricted
from ledger.gifts.accounts import ready
from ledger.gifts.standing import known_campaign
from ledger.registry import campaigns, donors, entries, gifts
from ledger.registry.campaigns import OPEN
from ledger.registry.donors import ANONYMOUS, COMPANY, MASKED, NAMED, PERSON, UNNAMED, New
from ledger.registry.gifts import PLATFORM, GiftRow
from ledger.registry.persons import PersonData
from ledger.words import named_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from importers.list_values import ListRow
    from ledger.registry import Registry, User
    from ledger.registry.campaigns import CampaignRow
    from ledger.registry.claims import ClaimRow

#: How donors are published, as lists say it.
CONSENTS: Final = {"实名": NAMED, "隐名": MASKED, "匿名": UNNAMED}


def targets(
    registry: Registry, unit: str, campaign: str, user: User, now: datetime
) -> tuple[Target, Target]:
    """Where a campaign's gifts and a platform's fee are entered; CannotRun if there is none."""
    with registry.read() as conn:
        row = known_campaign(conn, unit, campaign)
        fund = entries.funds(conn, unit, [row.fund]).get(row.fund)
    limited = fund is not None and is_restricted(fund.restriction)
    role = "restricted" if limited else "income"
    accounts = ready(registry, unit, [role, "fee"], user, now)
    return Target(accounts[role], row.fund), Target(accounts["fee"], row.fund)


def enter(
    conn: Connection, registry: Registry, rows: Sequence[ListRow], claimed: Sequence[ClaimRow],
    name: str, user: User, now: datetime,
) -> dict[str, str]:  # fmt: skip
    """Enter a gift for each row, under the code of its claim; the donors by code.

    Refused with every row whose day its campaign does not take, whose donor is unknown, or whose
    words name somebody.
    """
    unit, fund = claimed[0].unit, claimed[0].fund
    campaign = campaigns.of_fund(conn, unit, fund)
    ids = {row.text("donor_id") for row in rows} - {""}
    known = {one.id: one for one in donors.of_unit(conn, unit, ids)} if ids else {}
    refuse_if(_faults(rows, campaign, known, name))
    new = [row for row in rows if not row.text("donor_id")]
    made = iter(donors.add_many(conn, registry.vault, unit, list(map(_new, new)), user.id, now))
    refuse_if(_named(conn, registry, rows, name))
    at = now.isoformat(timespec="seconds")
    givers: dict[str, str] = {}
    entered = []
    for row, claim in zip(rows, claimed, strict=True):
        donor = row.text("donor_id") or next(made)
        givers[claim.code] = donor
        related = donor in known and known[donor].related
        entered.append(
            GiftRow(
                unit, claim.code, PLATFORM, campaign.code if campaign is not None else None, donor,
                fund, _day(row), claim.fen, row.money("fee").fen, purpose=row.text("purpose"),
                related=related, order=row.text("order"), user=user.id, at=at,
            )
        )  # fmt: skip
    gifts.add_many(conn, entered)
    return givers


def _new(row: ListRow) -> New:
    name = row.text("donor")
    if not name:
        return New(ANONYMOUS, None)
    kind = COMPANY if row.text("donor_kind") == "单位" else PERSON
    return New(kind, PersonData(name), CONSENTS[row.text("consent")])


def _day(row: ListRow) -> date:
    value = row.values["at"]
    if not isinstance(value, date):
        raise TypeError("a gift's day is a date")
    return value


def _faults(
    rows: Sequence[ListRow],
    campaign: CampaignRow | None,
    known: dict[str, donors.DonorRow],
    name: str,
) -> Iterator[Finding]:
    if campaign is not None and campaign.state != OPEN:
        yield _row(
            name, None, f"活动 {campaign.code} 的状态是 {campaign.state}，不收捐赠",
            f"campaign {campaign.code} is {campaign.state} and takes no gifts",
        )  # fmt: skip
    for row in rows:
        day, donor = _day(row), row.text("donor_id")
        if donor and donor not in known:
            yield _row(name, row.line, "没有此编号的捐赠人", "no donor has that number")
        if campaign is not None and not (
            campaign.start <= day and (campaign.end is None or day <= campaign.end)
        ):
            yield _row(
                name, row.line, f"捐赠日期不在活动 {campaign.code} 期间",
                f"the day is outside campaign {campaign.code}",
            )  # fmt: skip
        if not row.text("donor") and not donor and row.text("consent") != "匿名":
            yield _row(
                name, row.line, "没有写捐赠人，公开方式须为匿名",
                "who names no donor is anonymous",
            )  # fmt: skip


def _named(
    conn: Connection, registry: Registry, rows: Sequence[ListRow], name: str
) -> list[Finding]:
    """Rows whose purpose or order names a person: both are kept as they are."""
    texts = {row.line: (row.text("purpose"), row.text("order")) for row in rows}
    if not named_faults(conn, registry, *(text for both in texts.values() for text in both)):
        return []
    return [
        _row(name, line, "意向用途或订单号中含有姓名", "its purpose or order names a person")
        for line, both in texts.items()
        if named_faults(conn, registry, *both)
    ]


def _row(name: str, line: int | None, zh: str, en: str) -> Finding:
    return finding(
        "gift-row", zh, en, "改正后重新登记；此清单未登记",
        "correct it and enter the list again", file=name, line=line,
    )  # fmt: skip
