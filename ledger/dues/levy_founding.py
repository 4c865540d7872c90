"""Preparation money is held until an employer has a union of its own; then it is released.

What is released is what came and was not released yet, as the posted claims and the book say. It
is shared then as any levy that comes: nothing of it was income while it was held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.canonical_reader import parse_voucher
from ledger.dues.levying import HELD, LEVY, PREPARATION, Desk, employer_called
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding
from ledger.money import Money
from ledger.period import Month
from ledger.registry import claims, drafts, employers, entries, levies

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: The metadata of what was released, on the account that held it: the employer's id.
RELEASED: Final = "released"


@dataclass(frozen=True, slots=True)
class Held:
    """What is held for an employer without a union: what came, what was released of it."""

    employer: str
    came: Money
    released: Money

    @property
    def left(self) -> Money:
        return self.came - self.released


def held_for(conn: Connection, unit: str, employer: str) -> Held:
    """What posted claims brought in as preparation money, less what vouchers released."""
    came = sum(
        one.claim.fen
        for one in levies.claims_of(conn, unit, employer=employer)
        if one.claim.rule == PREPARATION and one.claim.state == claims.PAID
    )
    released = 0
    for text in entries.texts_naming(conn, unit, f'{RELEASED}: "{employer}"'):
        for line in parse_voucher(text.decode()).draft.postings:
            if (RELEASED, employer) in line.meta:
                released += line.amount.fen
    return Held(employer, Money(came), Money(released))


def found_union(
    registry: Registry,
    unit: str,
    employer: str,
    since: date,
    decision: str,
    user: User,
    now: datetime,
    *,
    money: str = "",
) -> tuple[Held, str | None]:
    """The employer has a union from ``since`` on; a draft that releases what was held, if any.

    ``money`` is the bank account that the money moves on where it leaves one fund for another.
    Running it again proposes what came since.
    """
    workflow.demand(user, "record", unit)
    decision = safe_text(decision)
    if not decision:
        raise Refused(_undecided())
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        desk = Desk(conn, registry, unit, user, now)
        row = employer_called(conn, registry, unit, employer)
        if row.union_since not in (None, since):
            raise Refused(_founded(row.id, row.union_since))
        employers.set_union(conn, row.id, since)
        desk.log("levy.founded", row.id, f"{since} {decision}"[:300])
        held = held_for(conn, unit, row.id)
        if held.left.fen <= 0 or _waits(conn, unit, row.id):
            return held, None
        draft = build_draft(
            unit=unit, day=now.date(), kind=voucher_class(lines := _lines(desk, row.id, held, money,
            now.date())), narration=f"建会筹备金转出 {row.id}", postings=lines,
            source=f"levy-release:{row.id}:{held.came.text}",
            meta=meta_of({"decision": decision}),
        )  # fmt: skip
        return held, workflow.propose_in(conn, registry, draft, user.id, now)


def _lines(
    desk: Desk, employer: str, held: Held, money: str, day: date
) -> tuple[Posting, ...]:  # fmt: skip
    source = desk.target(PREPARATION, HELD)
    parts, table = desk.parts(LEVY, held.left, Month.of(day))
    lines = [
        Posting(source.account, held.left, source.fund, meta_of({RELEASED: employer})),
    ]
    moved: dict[str, int] = {}
    for part, amount in parts:
        if not amount:
            continue
        to = desk.target(LEVY, part)
        meta = meta_of({"levy": part, "rule": table})
        lines.append(Posting(to.account, -amount, to.fund, meta))
        if to.fund != source.fund:
            moved[to.fund] = moved.get(to.fund, 0) + amount.fen
    if moved and not money:
        raise Refused(_no_money())
    for fund, fen in moved.items():
        lines.append(Posting(money, Money(fen), fund))
    if moved:
        lines.append(Posting(money, Money(-sum(moved.values())), source.fund))
    return tuple(lines)


def _waits(conn: Connection, unit: str, employer: str) -> bool:
    """Whether a release waits for its checker already."""
    states = drafts.UNDECIDED
    return any(
        row.source.startswith(f"levy-release:{employer}:")
        for row in drafts.in_states(conn, unit, states)
    )


def _undecided() -> Finding:
    return finding(
        "transfer-undecided", "建会须写明批复文号", "a union is founded by a decision",
        "用 --decision 写明文号", "name it with --decision",
    )  # fmt: skip


def _founded(employer: str, since: date | None) -> Finding:
    return finding(
        "union-founded", f"缴费单位 {employer} 已于 {since} 建会",
        f"employer {employer} has a union since {since}",
        "核对日期", "check the day",
    )  # fmt: skip


def _no_money() -> Finding:
    return finding(
        "no-money-account", "资金不同，须写明在哪一银行科目划转",
        "the money moves between funds: say on which bank account",
        "用 --money 10201 写明", "name it with --money 10201",
    )  # fmt: skip
