"""How a thing leaves the book: the draft of a scrapping, sale, donation, loss or transfer out.

What it still has to be charged with, up to its last month, is charged in the same voucher; then its
cost and all that was depreciated of it go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import numbered, workflow
from ledger.assets import accounts
from ledger.assets.leaving import CALLED, Terms, undecided
from ledger.assets.marks import OUT, head
from ledger.assets.outgoing import Outgoing, charged_later, outgoing
from ledger.assets.requesting import known
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, finding, refuse_if
from ledger.money import Money
from ledger.parallelcheck import OUTSIDE
from ledger.registry import asset_requests, entries, oplog, papers
from ledger.registry.asset_requests import APPROVED, HANDED, LOSS, SALE, SCRAP, RequestRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_NOTHING: Final = Money(0)


@dataclass(frozen=True, slots=True)
class Leaving:
    """How it leaves: on ``day``, what came of it into ``money``, and what that cost.

    A sale's price is its request's; ``proceeds`` is what scrap was sold for.
    """

    day: date
    money: str = ""
    fee: Money = _NOTHING
    proceeds: Money = _NOTHING
    paper: bytes = b""
    paper_name: str = ""


def dispose(
    registry: Registry, unit: str, code: str, how: Leaving, user: User, now: datetime
) -> str:
    """Propose the draft by which what a request is for leaves the book; its id.

    Who records may. Refused before it was approved and signed for, and while a draft of it waits.
    """
    workflow.demand(user, "record", unit)
    chart = accounts.of_unit(registry, unit)
    with registry.read() as conn:
        row = known(conn, unit, code)
        refuse_if(_faults(conn, row, how, now.date()))
        out = outgoing(conn, chart, row, how.day)
        refuse_if(_nothing_leaves(out))
        terms = _terms(out, how)
    there = accounts.ready(registry, unit, out.roles(terms), user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        refuse_if(_faults(conn, row, how, now.date()))
        out = outgoing(conn, chart, row, how.day)
        posted = tuple(out.postings(_terms(out, how), there))
        digests = [row.sign_paper, row.paper]
        if how.paper:
            digests.append(
                papers.store_in(
                    conn, registry, unit, how.paper, how.paper_name, user=user.id, now=now
                )
            )
        draft = _draft(conn, row, how.day, posted, digests, treasury=chart.has("treasury"))
        made = workflow.propose_in(conn, registry, draft, user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="asset.dispose", object=code, detail=made
        )
        return made


def _terms(out: Outgoing, how: Leaving) -> list[Terms]:
    paid = Money(out.row.price_fen) if out.row.kind == SALE else how.proceeds
    return out.terms(how.money, paid, how.fee)


def _nothing_leaves(out: Outgoing) -> Iterator[Finding]:
    if not out.things:
        yield _bad("这项申请的资产都不在账簿中", "nothing that it is for stands in the book")


def _draft(
    conn: Connection, row: RequestRow, day: date, posted: tuple[Posting, ...],
    digests: Sequence[str], *, treasury: bool,
) -> Draft:  # fmt: skip
    codes = asset_requests.items(conn, row.unit, [row.code])[row.code]
    told = "、".join(codes[:5]) + ("…" if len(codes) > 5 else "")
    kind = voucher_class(posted)
    # What an office gets for a thing is the treasury's: it is in no budget of its own.
    meta = {OUTSIDE: "应缴财政款" if treasury and kind != "转" else None}
    return build_draft(
        unit=row.unit, day=day, kind=kind, postings=posted, meta=meta_of(meta),
        papers=tuple(dict.fromkeys(filter(None, digests))),
        source=next(numbered.free(conn, row.unit, head(OUT, row.code))),
        narration=safe_text(f"{CALLED[row.kind]}固定资产 {row.code} {told}"),
    )  # fmt: skip


def _faults(conn: Connection, row: RequestRow, how: Leaving, today: date) -> Iterator[Finding]:
    if row.kind not in CALLED:
        yield _bad("这项申请不使资产离开账簿", "by this request nothing leaves the book")
        return
    if row.state != (APPROVED if row.kind == LOSS else HANDED):
        yield undecided(row)
    if not (row.signed or row.day) <= how.day <= today:
        yield _bad("处置日期在交接与今天之间", "it leaves between being handed over and today")
    codes = asset_requests.items(conn, row.unit, [row.code])[row.code]
    yield from charged_later(conn, row.unit, codes, how.day, today)
    if any(numbered.waiting(conn, row.unit, head(OUT, row.code))):
        yield _bad(f"{row.code} 的处置草稿尚待审核", f"a draft of {row.code} waits")
    if row.kind not in (SALE, SCRAP) and (how.proceeds or how.fee):
        yield _bad(
            "只有出售与报废有价款与费用", "only a sale or a scrapping has proceeds and costs"
        )
    if row.kind == SALE and how.proceeds.fen not in (0, row.price_fen):
        yield _bad("价款以批准的为准", "its price is as approved")
    paid = row.kind == SALE or how.proceeds or how.fee
    if paid and not entries.is_money(conn, row.unit, how.money):
        yield _bad("须写明收付款科目", "say which account of money it comes on")


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-disposal", zh, en, "改正后重试", "correct it and try again")
