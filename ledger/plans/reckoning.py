"""A plan worked out on today's facts: what it gives each unit in all, and what it tells of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ledger.choosing import resolve_account
from ledger.dues.floors import floor_rule
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.plans.plan import FIXED, HEADS, Plan, UnitTerms, bad_plan
from ledger.registry import entries, plans, transfers, units
from ledger.rules.distribution import Claimant, distribute
from ledger.transfers.marks import COUNTER
from ledger.tree.heads import heads_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow
    from ledger.rules.rate_tables import FloorTable


@dataclass(frozen=True, slots=True)
class Row:
    """What a plan gives a unit, in fen; ``before`` is what was ordered for it already.

    ``floor`` is the rule of money per head and year that holds for a grass-roots unit, if one does.
    """

    unit: str
    name: str
    base: Fraction
    weight: Fraction
    fen: int
    before: int
    heads: int | None
    grass_roots: bool
    floor: FloorTable | None = None

    @property
    def difference(self) -> int:
        return self.fen - self.before

    @property
    def required(self) -> int | None:
        """What the rule asks for the unit's heads in a year, in fen; None if no rule is loaded."""
        return None if self.floor is None else self.floor.per_head * (self.heads or 0)

    @property
    def short(self) -> int:
        """What the plan alone lacks of that."""
        return max((self.required or 0) - self.fen, 0)

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
    def floors(self) -> tuple[FloorTable, ...]:
        """The rules of money per head that hold for any of the units."""
        return tuple(dict.fromkeys(row.floor for row in self.rows if row.floor is not None))

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
                    "unit": row.unit, "name": row.name, "base": number_text(row.base),
                    "weight": number_text(row.weight), "amount": Money(row.fen).text,
                    "before": Money(row.before).text, "difference": Money(row.difference).text,
                    "heads": row.heads, "per_head": row.each.text if row.each else None,
                    "grass_roots": row.grass_roots,
                    "floor": None if row.required is None else Money(row.required).text,
                    "short": None if row.required is None else Money(row.short).text,
                }
                for row in self.rows
            ],
            "floor_rules": [one.head.cite(one.article) for one in self.floors],
            "rest": Money(self.rest).text, "grassroots_share": self.grassroots_share,
            "findings": [found.as_json() for found in self.findings],
        }  # fmt: skip


# ---- working out -------------------------------------------------------------------------------


def worked_out(conn: Connection, registry: Registry, plan: Plan, user: User) -> Preview:
    """The plan on today's facts, as far as the user may know of its units."""
    plan = _with_accounts(conn, plan)
    rows = _units_of(conn, plan, user)
    counted = heads_on(conn, [row.id for row in rows], plan.on or plan.due)
    heads = {unit: one.count for unit, one in counted.items()}
    bases = _bases(registry, plan, rows, heads)
    claimants = [_claimant(plan, row, bases[row.id], heads.get(row.id)) for row in rows]
    try:
        done = distribute(plan.pool, claimants)
    except ValueError:
        raise Refused(_floors_too_high(plan, claimants)) from None
    before = _ordered(conn, plan)
    known = {row.id: row for row in units.all_units(conn)}
    ground = units.grass_roots(tuple(known.values()))
    found = tuple(
        Row(
            row.id, row.name, one.base, one.weight, done.amounts[row.id], before.pop(row.id, 0),
            heads.get(row.id), row.id in ground,
            floor_rule(registry.folder, row, plan.due) if row.id in ground else None,
        )
        for row, one in zip(rows, claimants, strict=True)
    )  # fmt: skip
    # Whoever was given something before and is in the plan no more gives it back.
    gone = tuple(
        Row(unit, known[unit].name, Fraction(0), Fraction(1), 0, fen, None,
            unit in ground)
        for unit, fen in sorted(before.items())
        if fen
    )  # fmt: skip
    return Preview(plan, (*found, *gone), done.rest, tuple(_warnings(plan, found, done.rest)))


def _with_accounts(conn: Connection, plan: Plan) -> Plan:
    """The plan with its accounts as the payer's book names them; Refused if it has none such."""
    units.find(conn, plan.payer)
    known = entries.accounts(conn, plan.payer)
    faults: list[Finding] = []

    def found(at: str, text: str) -> str:
        try:
            return resolve_account(text, known)
        except ValueError:
            shown = safe_text(text)[:60]
            faults.append(
                bad_plan(plan.file, f"{at}：{plan.payer} 的账上没有科目 {shown}",
                         f"{at}: the book of {plan.payer} has no account {shown}")
            )  # fmt: skip
            return ""

    account, money = found("account", plan.account), found("money", plan.money)
    if plan.fund not in entries.funds(conn, plan.payer, [plan.fund]):
        faults.append(
            bad_plan(plan.file, f"fund：{plan.payer} 没有资金 {plan.fund}",
                     f"fund: {plan.payer} has no fund {plan.fund}")
        )  # fmt: skip
    refuse_if(faults)
    return replace(plan, account=account, money=money)


def _units_of(conn: Connection, plan: Plan, user: User) -> list[UnitRow]:
    """The units that the plan gives to, by id."""
    if plan.below:
        rows = [row for row in units.subtree(conn, plan.below) if row.id != plan.below]
    else:
        rows = [units.find(conn, unit) for unit in plan.units]
    mine = {row.id for row in units.subtree(conn, plan.payer)}
    for row in rows:
        if row.id not in mine and not user.may("browse", row.id):
            raise units.no_unit(plan.below or row.id)
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


def number_text(value: Fraction) -> str:
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
        if row.short and row.floor is not None:
            yield _below_floor(row, row.floor)
        if plan.floor_per_head and not row.heads:
            yield finding(
                "no-heads", f"单位 {row.unit} 没有人数，人均下限不起作用",
                f"unit {row.unit} has no heads: the floor per head does not count",
                "登记人数：mingbai unit figure", "enter them: mingbai unit figure",
                severity="warning",
            )  # fmt: skip


def _below_floor(row: Row, floor: FloorTable) -> Finding:
    each, head = Money(floor.per_head).grouped, floor.head
    return finding(
        "below-floor",
        f"单位 {row.unit}：本方案给 {Money(row.fen).grouped}，"
        f"{row.heads} 人按人均 {each} 少 {Money(row.short).grouped}",
        f"unit {row.unit}: the plan gives {Money(row.fen).grouped}, for {row.heads} heads at "
        f"{each} it is {Money(row.short).grouped} short",
        f"设人均下限，或由其他经费补足；依据 {head.cite(floor.article)}（{head.confidence}）",
        f"set a floor per head, or let other money make it up; by {head.cite(floor.article)} "
        f"({head.confidence})",
        severity="warning",
    )


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
