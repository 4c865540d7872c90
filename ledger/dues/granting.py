"""Retained dues given as support for one purpose, and the floor per head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.chart import load_chart
from ledger.dues.assessing import rulebook_for
from ledger.dues.passing_on import REMITTANCE
from ledger.entry import Posting, build_draft, meta_of, safe_text
from ledger.errors import Refused, finding
from ledger.fundcheck import is_restricted
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.registry import dues_schemes, entries, members, units
from ledger.rules.rate_tables import FloorTable
from ledger.rules.remittance import FloorCheck, check_floor
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Collection

    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow


@dataclass(frozen=True, slots=True)
class Grant:
    """Support out of a fund into a restricted one, by a decision. ``money`` is a bank account."""

    source: str
    target: str
    amount: Money
    money: str
    decision: str
    what: str


def grant(registry: Registry, unit: str, one: Grant, user: User, now: datetime) -> str:
    """Propose the draft that earmarks retained dues; its id.

    Refused unless the receiving fund is restricted: what is given for a purpose is kept for it.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        funds = entries.funds(conn, unit, [one.source, one.target])
        target = funds.get(one.target)
        decision = safe_text(one.decision)
        if target is None or not is_restricted(target.restriction) or not decision:
            raise Refused(
                finding(
                    "bad-grant",
                    f"资金 {one.target[:40]} 不是限定资金，或没有决议",
                    f"fund {one.target[:40]} is not restricted, or there is no decision",
                    "支持款转入限定用途的资金，用 --decision 写明决议",
                    "support goes into a restricted fund; name the decision with --decision",
                )
            )
        equity = _equity(registry, unit, entries.accounts(conn, unit))
        decided = meta_of({"decision": decision})
        postings = (
            Posting(equity, one.amount, one.source, decided),
            Posting(one.money, -one.amount, one.source),
            Posting(one.money, one.amount, one.target),
            Posting(equity, -one.amount, one.target, decided),
        )
        draft = build_draft(
            unit=unit, day=now.date(), kind="转", postings=postings, source="user",
            narration=safe_text(f"留存党费支持 {one.what}"),
            meta=meta_of({"decision": decision, "grant": safe_text(one.what)}),
        )  # fmt: skip
        return workflow.propose_in(conn, registry, draft, user.id, now)


def _equity(registry: Registry, unit: str, known: Collection[str]) -> str:
    """The account of net assets that money between funds goes through."""
    with registry.read() as conn:
        chart = load_chart(units.find(conn, unit).chart)
    for code in chart.surplus_to:
        for name in sorted(known):
            if any(account.code == code for account in chart.path(name)):
                return name
    raise Refused(
        finding(
            "no-equity", "没有开立结存科目", "no account of net assets is open",
            "先开立科目表中的结存科目", "open the chart's account of net assets first",
        )
    )  # fmt: skip


# ---- the floor per head ------------------------------------------------------------------------


#: What is asked of the rulebook for the floor per head.
RULE: Final = "party-floor"


@dataclass(frozen=True, slots=True)
class Floor:
    """A unit's money of the year beside what the floor asks; ``funds`` are those counted."""

    unit: str
    check: FloorCheck
    funds: tuple[str, ...]


def floor(
    registry: Registry, unit: str, year: int, today: date, funds: Collection[str] = ()
) -> Floor:
    """What the unit's party funds received in the year and kept, for each member at its end.

    Counted are the members who had joined and not left by the year's end, or by today; doubles that
    were merged count once. Without ``funds`` the one that the unit's Party dues go into is meant.
    Refused if no floor is in force.
    """
    day = min(date(year, 12, 31), today)
    with registry.read() as conn:
        row = units.find(conn, unit)
    table = rulebook_for(registry, unit)[0].in_force(FloorTable, RULE, day, Place.of(row))
    return floor_by(registry, row, table, year, today, funds)


def floor_by(
    registry: Registry,
    unit: UnitRow,
    table: FloorTable,
    year: int,
    today: date,
    funds: Collection[str] = (),
) -> Floor:
    """:func:`floor` by the table that is in force for the unit."""
    day = min(date(year, 12, 31), today)
    with registry.read() as conn:
        schemes = [s.fund for s in dues_schemes.of_unit(conn, unit.id) if s.rule == "party"]
        count = members.heads(conn, [unit.id], day).get(unit.id, 0)
    chosen = tuple(dict.fromkeys(funds or schemes))
    model = Model.open(unit_folder(registry.folder, unit.id))
    kept = sum(_kept(model, fund, year) for fund in chosen)
    model.close()
    return Floor(unit.id, check_floor(table, count, Money(kept), year), chosen)


def _kept(model: Model, fund: str, year: int) -> int:
    """Income of a fund in a year less what was passed on; carrying over moves no money."""
    fen = 0
    for line in model.lines(since=Month(year, 1), through=Month(year, 12), fund=fund):
        if line.amount.currency != CNY or line.carried:
            continue
        went = REMITTANCE in dict(line.meta) and line.account.startswith("Expenses:")
        if went or line.account.startswith("Income:"):
            fen -= line.amount.fen
    return fen
