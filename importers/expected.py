"""A platform's payout: each gift is a claim on the account and fund that the treasurer names.

All of them stand under the list's code, so that one deposit settles them. A platform keeps a fee
back: gifts are entered gross, and the fee as a claim below zero, so that together they are the
deposit. What a finance bureau announces stands in :mod:`importers.notices`, what a tax office
collected in :mod:`importers.levies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from importers import gift_list, listing
from importers.listing import ListEntered, Target
from importers.lists import read_list
from importers.templates import DONATION_EXPORT
from ledger import workflow
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import CNY
from ledger.reference import make_code
from ledger.registry import claim_lists, claims, gifts, oplog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from importers.list_values import ListRow
    from importers.lists import FilledIn
    from importers.templates import Template
    from ledger.period import Month
    from ledger.registry import Registry, User

#: What the claims of each list are, and what their codes and the list's begin with.
GIFT, KEPT_BACK = "gift", "gift-fee"


@dataclass(frozen=True)
class _Part:
    """One claim of a list."""

    kind: str
    fen: int
    to: Target
    row: ListRow | None = None  # the gift that it is


@dataclass(frozen=True)
class _List:
    """A list as it was read: what it is of, and the claims that it makes."""

    template: Template
    code: str
    list_prefix: str
    claim_prefix: str
    month: Month
    payer: str
    parts: Sequence[_Part]
    keys: tuple[str, ...] = ()


def enter_gifts(
    registry: Registry,
    unit: str,
    data: bytes,
    name: str,
    to: Target,
    fee: Target,
    user: User,
    now: datetime,
) -> ListEntered:
    """A platform's list of gifts, whose deposit is what was given less the platform's fee.

    Each order is a gift of its own; where the fund is a campaign's they are gifts of the campaign.
    Refused if an order stands in another list: it would be entered twice.
    """
    workflow.demand(user, "record", unit)
    read = read_list(data, name, DONATION_EXPORT)
    parts = [_Part(GIFT, row.money("gross").fen, to, row) for row in read.rows]
    kept = sum(row.money("fee").fen for row in read.rows)
    if kept:
        parts.append(_Part(KEPT_BACK, -kept, fee))
    listed = _List(
        read.template, read.fact("code"), "PT", "JZ", read.month("paid_out"),
        read.fact("platform"), parts, tuple(row.text("order") for row in read.rows),
    )  # fmt: skip
    if read.total.fen <= 0:
        raise Refused(_nothing_comes(name))
    return _enter(registry, unit, data, name, listed, user, now, read)


def _enter(
    registry: Registry,
    unit: str,
    data: bytes,
    name: str,
    listed: _List,
    user: User,
    now: datetime,
    read: FilledIn | None = None,
) -> ListEntered:
    """The claims of a list, all or none; the same bytes again change nothing."""
    refuse_if(listing.too_long(len(listed.parts), name))
    template = listed.template.name
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        before = listing.entered_before(conn, registry, unit, data, template)
        if before is not None:
            return before
        refuse_if(listing.unknown(conn, unit, {part.to for part in listed.parts}))
        year = listed.month.year
        code = listed.code or listing.next_code(conn, registry, unit, listed.list_prefix, year)
        known = claim_lists.all_lists(conn, registry.vault, unit)
        if code in known and known[code].template != template:
            raise Refused(_other_list(code, name))
        refuse_if(listing.being_paid(claims.of_list(conn, unit, code), code, name))
        others = {
            key: row.code
            for row in known.values()
            if row.template == template and row.code != code
            for key in row.keys
        }
        if read is not None:
            single = gifts.with_orders(conn, unit, [row.text("order") for row in read.rows])
            own = {row.code for row in claims.of_list(conn, unit, code)}
            others |= {order: gift for order, gift in single.items() if gift not in own}
            refuse_if(
                _known_order(name, row.line, others[row.text("order")])
                for row in read.rows
                if row.text("order") in others
            )
        # What stood in it before was no gift yet: another list takes its place.
        gifts.forget(
            conn, unit, [row.code for row in claims.of_list(conn, unit, code) if row.kind == GIFT]
        )
        claims.void_list(conn, unit, code)
        last = claims.last_number(conn, unit, f"{listed.claim_prefix}{year}-")
        if listed.claim_prefix == gifts.PREFIX:
            last = max(last, gifts.last_number(conn, unit, year))
        rows = [
            claims.ClaimRow(
                unit, make_code(listed.claim_prefix, year, last + place), part.kind, None,
                part.to.account, part.to.fund, str(listed.month), part.fen, CNY, claims.OPEN, code,
            )
            for place, part in enumerate(listed.parts, start=1)
        ]  # fmt: skip
        if read is not None:
            rows = _as_gifts(conn, registry, listed.parts, rows, name, user, now)
        claims.add_many(conn, rows)
        listing.keep(
            conn, registry, unit, code, template, data, name, listed.payer, user, now, listed.keys
        )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="list.enter", object=code,
            detail=f"{template}, {len(rows)} claims",
        )  # fmt: skip
        done = listing.entered_before(conn, registry, unit, data, template)
    if done is None:
        raise RuntimeError("the list that was just entered is not there")
    return done


def _as_gifts(
    conn: Connection, registry: Registry, parts: Sequence[_Part], rows: list[claims.ClaimRow],
    name: str, user: User, now: datetime,
) -> list[claims.ClaimRow]:  # fmt: skip
    """The claims of a list, those of orders with the gift and the donor that each is of."""
    of = [part.row for part in parts if part.row is not None]
    own = [row for part, row in zip(parts, rows, strict=True) if part.row is not None]
    donors = gift_list.enter(conn, registry, of, own, name, user, now)
    return [
        row._replace(gift=row.code, donor=donors[row.code]) if row.code in donors else row
        for row in rows
    ]


def _nothing_comes(name: str) -> Finding:
    return finding(
        "nothing-comes",
        "平台费用不少于捐赠金额，没有款项到账",
        "the fees are no less than the gifts: nothing is paid out",
        "核对清单",
        "check the list",
        file=name,
    )


def _other_list(code: str, name: str) -> Finding:
    return finding(
        "list-code-taken",
        f"清单编号 {code} 已用于另一种清单",
        f"list code {code} is that of a list of another kind",
        "换一个编号，或留空由系统给出",
        "give another code, or leave it empty",
        file=name,
    )


def _known_order(name: str, line: int, other: str) -> Finding:
    return finding(
        "order-known",
        f"此订单已在清单 {other} 中",
        f"this order stands in list {other} already",
        "删去重复的行",
        "take out the rows that are there twice",
        file=name,
        line=line,
    )
