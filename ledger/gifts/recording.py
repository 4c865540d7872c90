"""Recording a gift, whatever kind it is: its row in the registry, and the draft of what came.

Money that will come by the bank is announced: a claim of the gift's code waits, and the bank's line
finds it. What cannot be measured is numbered as well and stands in the memo register alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import Draft, Posting, build_draft, safe_text, voucher_class
from ledger.errors import refuse_if
from ledger.gifts import lines
from ledger.gifts.accounts import ready
from ledger.gifts.given import Given, planned, sent_twice
from ledger.money import CNY, Money
from ledger.reference import make_code
from ledger.registry import claims, gifts, oplog, papers
from ledger.registry.gifts import CASH, MEMO, PLATFORM, PREFIX, GiftRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: The kind of claims that gifts wait as.
GIFT_CLAIM: Final = "gift"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The gift, and the draft that waits; no draft where nothing is entered in the book yet."""

    row: GiftRow
    draft: str = ""


def record(registry: Registry, given: Given, user: User, now: datetime) -> Recorded:
    """Record a gift; what came is a draft for a checker.

    Refused with everything that is wrong with it, and for kinds that the unit's rule does not
    recognise: those stand in the memo register.
    """
    workflow.demand(user, "record", given.unit)
    with registry.read() as conn:
        plan = planned(conn, registry, given, now)
    accounts = ready(registry, given.unit, plan.roles, user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, given.unit)
        refuse_if(sent_twice(conn, given.unit, user.id, given.after))
        # Once more, behind the lock: a campaign may have been closed meanwhile.
        row = replace(planned(conn, registry, given, now).row, user=user.id)
        digest = ""
        if given.paper:
            digest = papers.store_in(
                conn, registry, given.unit, given.paper, given.paper_name, user=user.id, now=now
            )
        code = next_code(conn, given.unit, given.day.year)
        row = replace(
            row, code=code, paper=digest, commodity=row.commodity or (code if row.quantity else ""),
            at=now.isoformat(timespec="seconds"),
        )  # fmt: skip
        gifts.add_many(conn, [row])
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action="gift.record", object=code,
            detail=f"{row.kind} {Money(row.fen).text}",
        )  # fmt: skip
        if row.kind == MEMO:
            return Recorded(row)
        if row.kind in (CASH, PLATFORM) and not given.money:
            expect(conn, row, accounts[plan.roles[0]], [(row.day, row.fen)])
            return Recorded(row)
        posted = lines.received(
            row, Money(row.fen), accounts, given.money, restricted=plan.restricted
        )
        if given.freight:
            posted += (
                Posting(accounts["fee"], given.freight, row.fund),
                Posting(given.money, -given.freight, row.fund),
            )
        draft = receipt_draft(row, posted, row.day, 1, plan.called, (digest,) if digest else ())
        return Recorded(row, workflow.propose_in(conn, registry, draft, user.id, now))


def next_code(conn: Connection, unit: str, year: int) -> str:
    """The code of the unit's next gift: ``JZ2026-0001-7``. Claims of platforms' lists count too."""
    last = max(
        gifts.last_number(conn, unit, year), claims.last_number(conn, unit, f"{PREFIX}{year}-")
    )
    return make_code(PREFIX, year, last + 1)


def expect(conn: Connection, row: GiftRow, account: str, parts: list[tuple[date, int]]) -> None:
    """Claims of what is to come of a gift, so that the bank's line that names it finds them.

    In parts, the whole is void and each part stands in its place, as with any divided claim.
    """
    whole = claims.ClaimRow(
        row.unit, row.code, GIFT_CLAIM, None, account, row.fund,
        f"{row.day.year:04d}-{row.day.month:02d}", sum(fen for _, fen in parts), CNY, claims.OPEN,
        None, due=parts[-1][0], gift=row.code, donor=row.donor,
    )  # fmt: skip
    if len(parts) == 1:
        claims.add_many(conn, [whole])
        return
    claims.add_many(conn, [whole._replace(state=claims.VOID)])
    add_parts(conn, whole, parts)


def add_parts(conn: Connection, whole: claims.ClaimRow, parts: list[tuple[date, int]]) -> None:
    """Open claims in place of one, each ``(due, fen)``."""
    year = int(whole.code[2:6])
    rows = []
    last = max(
        gifts.last_number(conn, whole.unit, year),
        claims.last_number(conn, whole.unit, f"{PREFIX}{year}-"),
    )
    for place, (due, fen) in enumerate(parts, start=1):
        code = make_code(PREFIX, year, last + place)
        rows.append(
            whole._replace(code=code, fen=fen, due=due, parent=whole.code, state=claims.OPEN)
        )
    claims.add_many(conn, rows)


def receipt_draft(
    row: GiftRow, posted: tuple[Posting, ...], day: date, ordinal: int, called: str,
    of_papers: tuple[str, ...] = (),
) -> Draft:  # fmt: skip
    """The draft of what came of a gift; ``ordinal`` counts its receipts."""
    return build_draft(
        unit=row.unit, day=day, kind=voucher_class(posted), postings=posted,
        source=f"gift:in:{row.code}:{ordinal}", papers=of_papers,
        narration=safe_text(f"{called} {row.code}"),
    )  # fmt: skip
