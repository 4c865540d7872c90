"""Depreciation of a month: what every asset wears, and the drafts that charge it.

Each asset has a line of its own on accumulated depreciation, so that what it is worth follows from
the book. Running a month again proposes only what is missing; months that are charged stay as they
are, whatever is estimated anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger import numbered, posting, workflow
from ledger.assets import accounts
from ledger.assets.charging import (
    Charge,
    bound_funds,
    charges_due,
    last_day,
    postings_of,
    roles_of_charges,
    waiting,
)
from ledger.assets.marks import DEPRECIATION, head
from ledger.entry import Draft, build_draft
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import Money
from ledger.period import Month
from ledger.registry import oplog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.registry import Registry, User

#: Assets in one voucher: with what they are charged to they stay below its most postings.
AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Proposed:
    """The drafts of a month, and how much they charge to how many assets."""

    month: Month
    drafts: tuple[str, ...]
    assets: int
    fen: int


def depreciate(registry: Registry, unit: str, month: Month, user: User, now: datetime) -> Proposed:
    """Propose the drafts that charge a month; who records may. Refused where nothing is due.

    Refused while drafts of depreciation wait: what they charge would be proposed twice.
    """
    workflow.demand(user, "record", unit)
    chart = accounts.of_unit(registry, unit)
    with registry.read() as conn:
        due = charges_due(conn, unit, month)
        refuse_if(_waiting(conn, unit))
    if not due:
        raise Refused(_nothing(month))
    there = accounts.ready(registry, unit, roles_of_charges(chart, due), user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        refuse_if(_waiting(conn, unit))
        # What moved since it was reckoned is found where each draft is checked, under the lock.
        proposed = list(drafts_of(conn, unit, month, due, chart, there))
        refuse_if(posting.far_ahead(proposed[0], now.date()) if proposed else [])
        results = workflow.propose_each(conn, registry, proposed, user.id, now)
        refuse_if(fault for one in results if isinstance(one, list) for fault in one)
        made = tuple(one for one in results if isinstance(one, str))
        fen = sum(one.fen for one in due)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="asset.depreciate", object=str(month),
            detail=f"{len(due)} {Money(fen).text}",
        )  # fmt: skip
    return Proposed(month, made, len(due), fen)


def drafts_of(
    conn: Connection, unit: str, month: Month, due: Sequence[Charge], chart: AssetAccounts,
    there: Mapping[str, str],
) -> Iterator[Draft]:  # fmt: skip
    """The drafts that charge a month, at most :data:`AT_ONCE` assets each."""
    funds = {one.standing.fund for one in due}
    bound = bound_funds(conn, unit, funds) if chart.releases else set()
    sources = numbered.free(conn, unit, head(DEPRECIATION, str(month)))
    for start in range(0, len(due), AT_ONCE):
        part = due[start : start + AT_ONCE]
        posted = tuple(postings_of(part, chart, there, bound))
        yield build_draft(
            unit=unit, day=last_day(month), kind="转", postings=posted,
            source=next(sources),
            narration=f"计提 {month} 固定资产折旧 {len(part)} 项",
        )  # fmt: skip


def _waiting(conn: Connection, unit: str) -> Iterator[Finding]:
    for row in waiting(conn, unit)[:1]:
        yield finding(
            "depreciation-waits", f"折旧草稿 {row.id} 尚待审核",
            f"draft {row.id} of depreciation waits",
            "先审核或撤回它", "approve it or withdraw it first",
        )  # fmt: skip


def _nothing(month: Month) -> Finding:
    return finding(
        "nothing-to-charge", f"{month} 月没有待提的折旧", f"nothing is to be charged for {month}",
        "已计提，或没有应计提折旧的资产", "it is charged already, or nothing wears",
    )  # fmt: skip
