"""Pledges and other gifts that are still to come: promised, received by parts.

A promise is no income: nothing stands in the book until money comes. A claim of the gift's code, or
one for each part, waits for the bank's line that names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.fundcheck import is_restricted
from ledger.gifts import lines, waiting
from ledger.gifts.accounts import ready
from ledger.gifts.campaigns import open_campaign
from ledger.gifts.donors import known_donor
from ledger.gifts.given import bad, called, money_account, sent_twice
from ledger.gifts.marks import GIFT
from ledger.gifts.recording import add_parts, expect, next_code, receipt_draft
from ledger.gifts.standing import gift_standing, known_campaign
from ledger.money import Money
from ledger.registry import campaigns, claims, entries, gifts, oplog, papers
from ledger.registry.gifts import CASH, PLEDGE, GiftRow
from ledger.words import named_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_MOST_PARTS = 120


@dataclass(frozen=True, slots=True)
class Promise:
    """What a donor promised, and by when: ``parts`` are each ``(due, amount)``, in order.

    ``after`` as of :class:`ledger.gifts.given.Given`.
    """

    unit: str
    donor: str
    day: date
    parts: Sequence[tuple[date, Money]]
    campaign: str = ""
    fund: str = ""
    purpose: str = ""
    until: date | None = None
    paper: bytes = b""
    paper_name: str = ""
    after: str | None = None


def pledge(registry: Registry, one: Promise, user: User, now: datetime) -> GiftRow:
    """Enter a promise, so that what comes of it is found. Refused for one that makes no sense."""
    workflow.demand(user, "record", one.unit)
    with registry.read() as conn:
        fund, restricted = _fund(conn, registry, one, now)
    role = "restricted" if restricted else "income"
    accounts = ready(registry, one.unit, [role], user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, one.unit)
        refuse_if(sent_twice(conn, one.unit, user.id, one.after))
        _fund(conn, registry, one, now)
        donor = known_donor(conn, one.unit, one.donor)
        digest = ""
        if one.paper:
            digest = papers.store_in(
                conn, registry, one.unit, one.paper, one.paper_name, user=user.id, now=now
            )
        row = GiftRow(
            one.unit, next_code(conn, one.unit, one.day.year), PLEDGE, one.campaign or None,
            donor.id, fund, one.day, sum(amount.fen for _, amount in one.parts), paper=digest,
            purpose=safe_text(one.purpose), until=one.until, related=donor.related, user=user.id,
            at=now.isoformat(timespec="seconds"),
        )  # fmt: skip
        gifts.add_many(conn, [row])
        expect(conn, row, accounts[role], [(due, amount.fen) for due, amount in one.parts])
        oplog.record(
            conn, at=now, user=user.id, unit=one.unit, action="gift.pledge", object=row.code,
            detail=Money(row.fen).text,
        )  # fmt: skip
    return row


def receive(
    registry: Registry, unit: str, code: str, amount: Money, money: str, day: date, user: User,
    now: datetime, *, seen: str = "",
) -> str:  # fmt: skip
    """Propose the draft of what came of a gift that was expected, the whole or a part; its id.

    Refused beyond what is still to come. ``seen`` as in :func:`waiting.source`.
    """
    workflow.demand(user, "record", unit)
    standing = gift_standing(registry, unit, code, now.date())
    row = standing.row
    with registry.read() as conn:
        restricted = is_restricted(entries.funds(conn, unit, [row.fund])[row.fund].restriction)
    role = lines.credit_role(row, restricted=restricted)
    accounts = ready(registry, unit, [role], user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        source = waiting.source(conn, unit, "in", code, seen)
        most = standing.expected_fen - _waiting(conn, row)
        refuse_if(money_account(conn, unit, money))
        if row.kind not in (PLEDGE, CASH) or not 0 < amount.fen <= most:
            raise Refused(_too_much(row, Money(max(0, most))))
        if day < row.day or day > now.date():
            raise Refused(bad("日期在承诺之后，不晚于今天", "it came after the promise, by today"))
        campaign = known_campaign(conn, unit, row.campaign) if row.campaign else None
        claim = _claim_of(conn, row, amount, most)
        posted = lines.received(row, amount, accounts, money, restricted=restricted, claim=claim)
        draft = receipt_draft(
            row, posted, day, int(source.rsplit(":", 1)[1]), called(row, campaign)
        )
        made = workflow.propose_in(conn, registry, draft, user.id, now)
        if claim is not None:
            claims.set_state(conn, unit, [claim], claims.DRAFTED)
        return made


def free_claims(conn: Connection, row: GiftRow, day: date) -> list[claims.ClaimRow]:
    """What is still to come of a gift is claimed no more; the claims that were open."""
    opened = [one for one in claims.leaves_of(conn, row.unit, row.code) if one.state == claims.OPEN]
    claims.void(conn, row.unit, [one.code for one in opened], day)
    return opened


def _claim_of(conn: Connection, row: GiftRow, amount: Money, most: int) -> str | None:
    """The open claim that an amount settles; none, if it is another amount than any of them.

    Then what is still to come is claimed anew, in one.
    """
    opened = [one for one in claims.leaves_of(conn, row.unit, row.code) if one.state == claims.OPEN]
    exact = sorted((one.due or date.max, one.code) for one in opened if one.fen == amount.fen)
    if exact:
        return exact[0][1]
    free_claims(conn, row, row.day)
    if opened and most > amount.fen:
        whole = claims.find(conn, row.unit, row.code)
        assert whole is not None  # noqa: S101 - it was entered with the gift
        last = max((one.due for one in opened if one.due), default=row.day)
        add_parts(conn, whole, [(last, most - amount.fen)])
    return None


def _waiting(conn: Connection, row: GiftRow) -> int:
    """What drafts that wait would enter of a gift, in fen; those of bank lines among them."""
    own = sum(
        -line.amount.fen
        for line in waiting.postings(conn, row.unit, "in", row.code)
        if dict(line.meta).get(GIFT) == row.code and line.amount.fen < 0
    )
    by_bank = sum(
        one.fen for one in claims.leaves_of(conn, row.unit, row.code) if one.state == claims.DRAFTED
    )
    return max(own, by_bank)


def _fund(conn: Connection, registry: Registry, one: Promise, now: datetime) -> tuple[str, bool]:
    """The fund of a promise, and whether it is restricted; Refused with every fault."""
    fund = open_campaign(conn, one.unit, one.campaign, one.day).fund if one.campaign else one.fund
    known = entries.funds(conn, one.unit, [fund]).get(fund) if fund else None
    faults = [*_faults(one, now.date()), *named_faults(conn, registry, one.purpose)]
    if (one.campaign and one.fund) or known is None:
        faults.append(bad("须写明活动或资金之一", "one of campaign and fund is named"))
    elif not one.campaign and (own := campaigns.of_fund(conn, one.unit, fund)) is not None:
        faults.append(bad(f"资金 {fund} 是活动 {own.code} 的，请写活动",
                          f"fund {fund} is campaign {own.code}'s: name the campaign"))  # fmt: skip
    elif (one.purpose or one.until) and not is_restricted(known.restriction):
        faults.append(
            bad(
                f"有限定的捐赠不能记入非限定资金 {fund}",
                f"a gift with limits does not go into fund {fund}, which has none",
            )
        )
    refuse_if(faults)
    assert known is not None  # noqa: S101 - it was refused else
    return fund, is_restricted(known.restriction)


def _faults(one: Promise, today: date) -> Iterator[Finding]:
    days = [due for due, _ in one.parts]
    if not 0 < len(one.parts) <= _MOST_PARTS or any(amount.fen <= 0 for _, amount in one.parts):
        yield bad(f"承诺有 1 至 {_MOST_PARTS} 期，各大于零",
                  f"a promise has 1 to {_MOST_PARTS} parts, each above nothing")  # fmt: skip
    if days != sorted(days) or any(due < one.day for due in days):
        yield bad("各期依次，不早于承诺之日", "parts follow each other, none before the promise")
    if one.day > today:
        yield bad("承诺日期不晚于今天", "it was promised no later than today")


def _too_much(row: GiftRow, most: Money) -> Finding:
    return finding(
        "too-much", f"捐赠 {row.code} 尚可收 {most.grouped}",
        f"of gift {row.code} {most.grouped} may still come",
        "核对金额；多给的另行登记", "check the amount; what is more is another gift",
    )  # fmt: skip
