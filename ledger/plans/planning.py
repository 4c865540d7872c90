"""A plan worked out on today's facts, and proposed: one draft, one transfer for each payee.

What a plan gives a unit in all is worked out anew each time; what was ordered before is taken off,
so that running it again with new headcounts proposes the differences only. Where a unit was given
more than it has now, the rest is to come back: an order the other way, by the same approval. Nobody
expects anything before the draft is approved and posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ledger import workflow
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.plans.plan import FIXED, HEADS, Plan, UnitTerms
from ledger.registry import figures, members, plans, transfers, units
from ledger.rules.distribution import Claimant, distribute
from ledger.transfers.expecting import Order, order_in
from ledger.transfers.marks import COUNTER, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow

GRASS_ROOTS = "grass-roots"


@dataclass(frozen=True, slots=True)
class Row:
    """What a plan gives a unit, in fen; ``before`` is what was ordered for it already."""

    unit: str
    name: str
    base: Fraction
    weight: Fraction
    fen: int
    before: int
    heads: int | None
    grass_roots: bool

    @property
    def difference(self) -> int:
        return self.fen - self.before

    @property
    def each(self) -> Money | None:
        """Per head, rounded half up to the fen."""
        if not self.heads:
            return None
        return Money(self.fen).times(Fraction(1, self.heads))


@dataclass(frozen=True)
class Preview:
    """A plan worked out. ``rest`` is what caps left over; ``findings`` are warnings."""

    plan: Plan
    rows: tuple[Row, ...]
    rest: int
    findings: tuple[Finding, ...]

    @property
    def grassroots_share(self) -> str:
        """The part of what is given that goes to grass-roots units, with four decimals."""
        whole = sum(row.fen for row in self.rows)
        part = sum(row.fen for row in self.rows if row.grass_roots)
        if not whole:
            return "0.0000"
        tenths = (2 * 10000 * part + whole) // (2 * whole)
        return f"{tenths // 10000}.{tenths % 10000:04d}"

    def as_json(self) -> dict[str, Any]:
        return {
            "plan": self.plan.id, "name": self.plan.name, "decision": self.plan.decision,
            "payer": self.plan.payer, "pool": Money(self.plan.pool).text,
            "rows": [
                {
                    "unit": row.unit, "name": row.name, "base": _number(row.base),
                    "weight": _number(row.weight), "amount": Money(row.fen).text,
                    "before": Money(row.before).text, "difference": Money(row.difference).text,
                    "heads": row.heads, "per_head": row.each.text if row.each else None,
                }
                for row in self.rows
            ],
            "rest": Money(self.rest).text, "grassroots_share": self.grassroots_share,
            "findings": [found.as_json() for found in self.findings],
        }  # fmt: skip


@dataclass(frozen=True)
class Proposed:
    """A version that was proposed: its draft, empty if nothing is to be paid, and its transfers."""

    preview: Preview
    version: int
    draft: str
    references: tuple[str, ...]


def preview(registry: Registry, plan: Plan, user: User) -> Preview:
    """What the plan gives each unit on today's facts; nothing is written.

    Refused if it names units that there are not, or are closed, or if its floors are more than the
    pool.
    """
    workflow.demand(user, "browse", plan.payer)
    with registry.read() as conn:
        return _worked_out(conn, registry, plan)


def propose(registry: Registry, plan: Plan, data: bytes, user: User, now: datetime) -> Proposed:
    """Propose what the plan gives beyond what was ordered before, as the payer's maker.

    The draft waits for a checker as any other; withdrawing it takes its transfers back. Refused if
    there is nothing to propose.
    """
    workflow.demand(user, "record", plan.payer)
    with registry.write() as conn:
        registry.lock_unit(conn, plan.payer)
        found = _worked_out(conn, registry, plan)
        if not any(row.difference for row in found.rows):
            raise Refused(_nothing_new(plan))
        if not any(row.difference > 0 for row in found.rows):
            raise Refused(_returns_only(plan, found.rows))
        version = plans.next_version(conn, plan.payer, plan.id)
        source = f"plan:{plan.id}:{version}"
        ordered = [
            (row, order_in(conn, _order(plan, row, source, now), user.id, now, waits=False))
            for row in found.rows
            if row.difference
        ]
        given = [(row, order) for row, order in ordered if row.difference > 0]
        back = sum(-row.difference for row, _ in ordered if row.difference < 0)
        draft_id = _draft(conn, registry, plan, given, Money(back), source, user, now)
        plans.add(
            conn,
            plans.PlanVersion(
                plan.payer, plan.id, version, plan.name, plan.pool, plan.decision, plan.digest,
                data, draft_id, user.id, now.isoformat(timespec="seconds"),
            ),
            [
                plans.PlanRow(row.unit, _number(row.base), _number(row.weight), row.fen)
                for row in found.rows
            ],
        )  # fmt: skip
    return Proposed(found, version, draft_id, tuple(order.reference for _, order in ordered))


def _order(plan: Plan, row: Row, source: str, now: datetime) -> Order:
    payer, payee, kind = (plan.payer, row.unit, "allocation")
    if row.difference < 0:
        payer, payee, kind = (row.unit, plan.payer, "return")
    due = max(plan.due, now.date())
    return Order(payer, payee, kind, Money(abs(row.difference)), due, plan.name, source)


def _draft(
    conn: Connection,
    registry: Registry,
    plan: Plan,
    given: Sequence[tuple[Row, transfers.Transfer]],
    back: Money,
    source: str,
    user: User,
    now: datetime,
) -> str:
    """One draft in the payer's book with a line for each payee."""
    total = Money(sum(order.fen for _, order in given))
    lines = [
        Posting(
            plan.account, Money(order.fen), plan.fund,
            meta_of({
                COUNTER: row.unit, TRANSFER: order.reference,
                "decision": safe_text(plan.decision),
            }),
        )
        for row, order in given
    ]  # fmt: skip
    lines.append(Posting(plan.money, -total, plan.fund))
    draft = build_draft(
        unit=plan.payer, day=now.date(), kind=voucher_class(lines), postings=tuple(lines),
        narration=safe_text(f"{plan.name}，{len(given)} 个单位{_back(back)}"), source=source,
        meta=meta_of({"plan": plan.digest[:16]}),
    )  # fmt: skip
    return workflow.propose_in(conn, registry, draft, user.id, now)


def _back(back: Money) -> str:
    """What the checker is told of money that is to come back by the same approval."""
    return f"，另收回 {back.text}" if back.fen else ""


# ---- working out -------------------------------------------------------------------------------


def _worked_out(conn: Connection, registry: Registry, plan: Plan) -> Preview:
    rows = _units_of(conn, plan)
    heads = _heads(conn, plan, rows)
    bases = _bases(registry, plan, rows, heads)
    claimants = [_claimant(plan, row, bases[row.id], heads.get(row.id)) for row in rows]
    try:
        done = distribute(plan.pool, claimants)
    except ValueError:
        raise Refused(_floors_too_high(plan, claimants)) from None
    before = _ordered(conn, plan)
    uppers = {row.upper for row in units.all_units(conn)}
    found = tuple(
        Row(
            row.id, row.name, one.base, one.weight, done.amounts[row.id], before.pop(row.id, 0),
            heads.get(row.id), _is_grass_roots(row, uppers),
        )
        for row, one in zip(rows, claimants, strict=True)
    )  # fmt: skip
    known = {row.id: row for row in units.all_units(conn)}
    # Whoever was given something before and is in the plan no more gives it back.
    gone = tuple(
        Row(unit, known[unit].name, Fraction(0), Fraction(1), 0, fen, None,
            _is_grass_roots(known[unit], uppers))
        for unit, fen in sorted(before.items())
        if fen
    )  # fmt: skip
    return Preview(plan, (*found, *gone), done.rest, tuple(_warnings(plan, found, done.rest)))


def _units_of(conn: Connection, plan: Plan) -> list[UnitRow]:
    """The units that the plan gives to, by id."""
    units.find(conn, plan.payer)
    if plan.below:
        rows = [row for row in units.subtree(conn, plan.below) if row.id != plan.below]
    else:
        rows = [units.find(conn, unit) for unit in plan.units]
    if plan.level:
        rows = [row for row in rows if row.level == plan.level]
    # A whole subtree is who is there; who is named one by one has to be.
    if plan.below:
        rows = [row for row in rows if row.closed is None or row.closed > plan.due]
    faults = [
        finding(
            "unit-closed", f"单位 {row.id} 已于 {row.closed} 撤销",
            f"unit {row.id} was closed on {row.closed}", "从方案中删去", "take it out of the plan",
        )
        for row in rows
        if row.closed is not None and row.closed <= plan.due
    ]  # fmt: skip
    strange = sorted(set(plan.terms) - {row.id for row in rows})
    faults += [
        finding(
            "not-in-plan", f"[[unit]] {unit} 不在方案的单位之中",
            f"[[unit]] {unit} is none of the plan's units", "核对代号", "check its id",
        )
        for unit in strange
    ]  # fmt: skip
    if not rows or any(row.id == plan.payer for row in rows):
        faults.append(
            finding(
                "no-payees", "方案没有收款单位，或付款单位也在其中",
                "the plan gives to nobody, or to its own payer", "核对 [units]", "check [units]",
            )
        )  # fmt: skip
    if faults:
        raise Refused(*faults)
    return sorted(rows, key=lambda row: row.id)


def _heads(conn: Connection, plan: Plan, rows: Iterable[UnitRow]) -> dict[str, int]:
    """Heads on the plan's day: an entered figure goes before the count of who is registered."""
    day = plan.on or plan.due
    ids = [row.id for row in rows]
    entered = figures.on_day(conn, ids, "heads", day)
    return {**members.heads(conn, ids, day), **entered}


def _bases(
    registry: Registry, plan: Plan, rows: Iterable[UnitRow], heads: Mapping[str, int]
) -> dict[str, Fraction]:
    if plan.base == HEADS:
        return {row.id: Fraction(heads.get(row.id, 0)) for row in rows}
    if plan.base == FIXED:
        lacking = [row.id for row in rows if plan.terms.get(row.id, UnitTerms()).base is None]
        if lacking:
            raise Refused(*(_no_base(unit) for unit in lacking))
        return {row.id: plan.terms[row.id].base or Fraction(0) for row in rows}
    past = _past(registry, plan)
    return {row.id: Fraction(past.get(row.id, 0)) for row in rows}


def _past(registry: Registry, plan: Plan) -> dict[str, int]:
    """What the payer paid each unit on the plan's account in the year named, in fen."""
    year = plan.year or plan.due.year - 1
    found: dict[str, int] = {}
    model = Model.open(unit_folder(registry.folder, plan.payer))
    for line in model.lines(since=Month(year, 1), through=Month(year, 12), accounts=[plan.account]):
        counter = dict(line.meta).get(COUNTER, "")
        if counter and line.amount.currency == CNY:
            found[counter] = found.get(counter, 0) + line.amount.fen
    model.close()
    return {unit: max(fen, 0) for unit, fen in found.items()}


def _claimant(plan: Plan, row: UnitRow, base: Fraction, heads: int | None) -> Claimant:
    terms = plan.terms.get(row.id, UnitTerms())
    weight = plan.levels.get(row.level, Fraction(1))
    for region in row.regions.split():
        weight *= plan.regions.get(region, Fraction(1))
    if terms.weight is not None:
        weight = terms.weight
    floor = plan.floor if terms.floor is None else terms.floor
    floor = max(floor, plan.floor_per_head * (heads or 0))
    cap = plan.cap if terms.cap is None else terms.cap
    # A floor per head is a right; a cap is a wish.
    return Claimant(row.id, base, weight, floor, None if cap is None else max(cap, floor))


def _ordered(conn: Connection, plan: Plan) -> dict[str, int]:
    """What was ordered for each unit under this plan and not taken back, in fen."""
    found: dict[str, int] = {}
    origins = [f"plan:{plan.id}:{one.version}" for one in plans.versions(conn, plan.payer, plan.id)]
    for row in transfers.of_origin(conn, origins):
        if row.refused or plan.payer not in (row.payer, row.payee):
            continue
        sign, unit = (1, row.payee) if row.payer == plan.payer else (-1, row.payer)
        found[unit] = found.get(unit, 0) + sign * row.fen
    return found


def _is_grass_roots(row: UnitRow, uppers: set[str | None]) -> bool:
    """By its level, or where nobody said one, if no unit is below it."""
    return row.level == GRASS_ROOTS if row.level else row.id not in uppers


def _number(value: Fraction) -> str:
    """A base or weight as people write it: at most four decimals."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.4f}".rstrip("0")


# ---- findings ----------------------------------------------------------------------------------


def _warnings(plan: Plan, rows: Sequence[Row], rest: int) -> Iterable[Finding]:
    if rest:
        yield finding(
            "plan-rest", f"受上限或基数所限，{Money(rest).grouped} 元未分配",
            f"{Money(rest).grouped} yuan are not given: caps or bases leave them",
            "提高上限，或减少总额", "raise a cap, or lower the pool", severity="warning",
        )  # fmt: skip
    for row in rows:
        if plan.floor_per_head and not row.heads:
            yield finding(
                "no-heads", f"单位 {row.unit} 没有人数，人均下限不起作用",
                f"unit {row.unit} has no heads: the floor per head does not count",
                "登记人数：mingbai unit figure", "enter them: mingbai unit figure",
                severity="warning",
            )  # fmt: skip


def _floors_too_high(plan: Plan, claimants: Sequence[Claimant]) -> Finding:
    floors = Money(sum(one.floor for one in claimants))
    return finding(
        "floors-above-pool", f"下限合计 {floors.grouped}，超过总额 {Money(plan.pool).grouped}",
        f"floors come to {floors.grouped}, the pool is {Money(plan.pool).grouped}",
        "降低下限，或提高总额", "lower the floors, or raise the pool",
    )  # fmt: skip


def _no_base(unit: str) -> Finding:
    return finding(
        "no-base", f"单位 {unit} 没有固定基数", f"unit {unit} has no fixed base",
        "在 [[unit]] 中写明 base", "write its base in [[unit]]",
    )  # fmt: skip


def _nothing_new(plan: Plan) -> Finding:
    return finding(
        "nothing-new", f"方案 {plan.id} 与已下达的一致，没有差额",
        f"plan {plan.id} gives what was ordered already: there is no difference",
        "人数或总额变动后再办理", "run it again when heads or pool have changed",
    )  # fmt: skip


def _returns_only(plan: Plan, rows: Sequence[Row]) -> Finding:
    units_of = "、".join(row.unit for row in rows if row.difference < 0)[:120]
    return finding(
        "returns-only", f"方案 {plan.id} 只有收回、没有下达：{units_of}",
        f"plan {plan.id} only takes back, it gives nothing: {units_of}",
        "收回须另作决议，由交回的单位用 mingbai transfer order --kind return 办理",
        "taking back is a decision of its own: the unit orders it with mingbai transfer order "
        "--kind return",
    )  # fmt: skip
