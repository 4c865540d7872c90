"""Passing on what is outstanding: a draft for each way, with its arithmetic and its source.

Running it again proposes only what came since: what waits for a checker counts as proposed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.draft_text import draft_from_json
from ledger.dues.passing_on import COUNTER, FOR_YEAR, REMITTANCE, Reckoned, Way, reckon
from ledger.dues.ways import ways_of
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import drafts, transfers, units
from ledger.transfers.entering import references_of
from ledger.transfers.expecting import Order, order_in, take_back
from ledger.transfers.marks import TRANSFER
from ledger.usecheck import PASS_ON, PURPOSE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry, User

#: How long what is proposed today may take, a checker and the banks included.
_ON_THE_WAY: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Remitted:
    """One way of a unit: what is due, what went, what waits, and the draft of the rest."""

    reckoned: Reckoned
    proposed: Money
    draft: str | None
    finding: Finding | None

    @property
    def outstanding(self) -> Money:
        """What is in no voucher and in no draft."""
        return self.reckoned.outstanding - self.proposed

    def as_json(self) -> dict[str, Any]:
        one = self.reckoned
        return {
            "row": one.way.key, "name": one.way.name.zh, "name_en": one.way.name.en,
            "counter": one.way.counter, "source": one.way.source,
            "confidence": one.way.confidence, "year": one.year, "brought": one.begin.text,
            "received": one.came.text, "due": one.due.text, "arithmetic": one.arithmetic.zh,
            "remitted": one.went.text, "outstanding": one.outstanding.text,
            "deadline": one.deadline.isoformat() if one.deadline else None,
            "proposed": self.proposed.text, "draft": self.draft,
            "finding": self.finding.as_json() if self.finding else None,
        }  # fmt: skip


def remit(
    registry: Registry,
    unit: str,
    through: Month,
    user: User,
    now: datetime,
    *,
    look: bool = False,
    by: date | None = None,
) -> list[Remitted]:
    """Propose what is outstanding by every way of the unit; with ``look`` only say what is.

    What goes to a unit of the federation has a transfer's reference; it should arrive ``by`` a day,
    else by the rule's deadline, but not before ten days are over.
    """
    workflow.demand(user, "browse" if look else "record", unit)
    model = Model.open(unit_folder(registry.folder, unit))
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        found = []
        for way in ways_of(conn, registry, unit, through.first):
            one = reckon(model, way, through)
            waits = _waiting(conn, unit, way, one.year)
            rest = one.outstanding - waits
            draft_id, fault = None, _unsaid(way, unit)
            if rest.fen > 0 and fault is None and not look:
                _drop_unpaid(conn, unit, one, user, now)
                order = _ordered(conn, unit, one, rest, user, now, by)
                draft = _draft(unit, model, one, rest, now, order)
                draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
                waits += rest
            found.append(Remitted(one, waits, draft_id, fault))
    model.close()
    if not found:
        raise Refused(_no_way(registry, unit))
    return found


def _waiting(conn: Connection, unit: str, way: Way, year: int) -> Money:
    """What drafts that wait, or were returned, would pass on by this way for the year."""
    states = drafts.UNDECIDED
    wanted = {REMITTANCE: way.key, FOR_YEAR: str(year), COUNTER: way.counter}
    return Money(
        sum(
            line.amount.fen
            for row in drafts.in_states(conn, unit, states)
            if row.source.startswith("remit:")
            for line in draft_from_json(row.payload).postings
            if line.account == way.account
            and all(dict(line.meta).get(key, "") == text for key, text in wanted.items())
        )
    )


def _source(one: Reckoned, rest: Money) -> str:
    return f"remit:{one.way.id}:{one.year}:{(one.went + rest).text}"


def _ordered(
    conn: Connection,
    unit: str,
    one: Reckoned,
    rest: Money,
    user: User,
    now: datetime,
    by: date | None,
) -> str:
    """The reference under which both books will name what goes to a unit of the federation."""
    way = one.way
    if way.counter not in {row.id for row in units.all_units(conn)}:
        return ""
    kind = "return" if way.of_counter else "remittance"
    soon = now.date() + _ON_THE_WAY
    order = Order(
        unit, way.counter, kind, rest, by or max(one.deadline or soon, soon),
        f"{way.name.zh} {one.year}", _source(one, rest)[:60],
    )  # fmt: skip
    return order_in(conn, order, user.id, now, waits=False).reference


def _drop_unpaid(conn: Connection, unit: str, one: Reckoned, user: User, now: datetime) -> None:
    """What was ordered by this way before and never went, or was reversed, is proposed anew."""
    went: dict[str, int] = defaultdict(int)
    for line in one.remitted:
        went[dict(line.meta).get(TRANSFER, "")] += line.amount.fen
    states = drafts.UNDECIDED
    waits = {
        reference
        for row in drafts.in_states(conn, unit, states)
        for reference in references_of(draft_from_json(row.payload))
    }
    begin = f"remit:{one.way.id}:{one.year}:"
    for row in transfers.touching(conn, [unit]):
        mine = row.payer == unit and row.origin.startswith(begin) and not row.refused
        if mine and not went[row.reference] and row.reference not in waits:
            take_back(conn, row, "由新的上缴代替 another remittance takes its place", user.id, now)


def _draft(
    unit: str, model: Model, one: Reckoned, rest: Money, now: datetime, reference: str
) -> Draft:
    way = one.way
    words = {
        REMITTANCE: way.key,
        FOR_YEAR: str(one.year),
        COUNTER: way.counter,
        PURPOSE: PASS_ON if way.counter else None,
    }
    said = meta_of(words)
    lines = [
        Posting(way.account, rest, way.fund, meta_of({**words, TRANSFER: reference or None})),
        Posting(way.money, -rest, way.fund, meta_of({COUNTER: way.counter})),
    ]
    if way.account.startswith("Liabilities:") and not way.held and not way.of_counter:
        lines = [*_accrued(model, way, rest, said), *lines]
    said_of = f"{way.name.zh} {one.year} 年：{one.arithmetic.zh}，本次 {rest.text}"
    return build_draft(
        unit=unit, day=now.date(), kind=voucher_class(lines),
        narration=safe_text(said_of),
        postings=tuple(lines), source=_source(one, rest),
        meta=meta_of({
            "rule": safe_text(way.source), "arithmetic": safe_text(one.arithmetic.zh),
        }),
    )  # fmt: skip


def _accrued(model: Model, way: Way, rest: Money, said: Any) -> list[Posting]:
    """What came was income whole: the part that goes becomes a debt before it is paid."""
    owed = -sum(
        cell.net for cell in model.cells() if (cell.account, cell.fund) == (way.account, way.fund)
    )
    short = rest - Money(max(0, min(owed, rest.fen)))
    if not short or not way.base:
        return []
    account, fund = way.base[0]
    return [Posting(account, short, fund, said), Posting(way.account, -short, fund)]


def _unsaid(way: Way, unit: str) -> Finding | None:
    """A finding where nobody said what is debited, or which account pays."""
    kept = way.row is not None and not way.row.share  # nothing goes: nobody has to say where
    if kept or (way.account and way.money and way.base):
        return None
    held = " --held" if way.held else ""
    return finding(
        "no-remittance-path",
        f"{way.key}：未设定记入的科目与付款账户，或未设定收缴科目",
        f"{way.key}: nobody said what is debited and which account pays, or where dues come in",
        f"mingbai dues remittance DIR --unit {unit} {way.key} --account 科目 --fund 资金 "
        f"--money 银行科目{held}",
        f"mingbai dues remittance DIR --unit {unit} {way.key} --account A --fund F --money A{held}",
        severity="warning",
    )


def _no_way(registry: Registry, unit: str) -> Finding:
    with registry.read() as conn:
        kinds = units.find(conn, unit).kinds or "–"
    return finding(
        "no-rule-loaded",
        f"没有装入规则：没有适用于单位 {unit}（类型 {kinds}）的上缴规则",
        f"no rule loaded: no remittance applies to unit {unit} (kinds {kinds})",
        "省以下比例写入本地规则文件；单位类型须与规则中的上缴方一致",
        "a local rule file holds shares below the province; the unit's kinds name who pays",
    )
