"""Assessed again: the same figures from what was kept, and the difference when a fact changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.errors import Words
from ledger.money import Money, fen_text
from ledger.rules.assessment import Assessment, is_granted, prorated
from ledger.rules.rate_tables import RateTable


@dataclass(frozen=True, slots=True)
class Difference:
    """What is owed more (or, negative, less) than was assessed, in fen, and why.

    It may be zero: then the same is owed for another reason, which the record should say.
    """

    fen: int
    reasons: tuple[Words, ...]

    @property
    def amount(self) -> Money:
        return Money(self.fen)


def recompute(stored: Assessment, table: RateTable | None = None) -> Assessment:
    """The arithmetic once more over what an assessment kept, by its own table.

    ``recompute(stored) == stored`` unless an amount, or the row it was taken from, was altered.
    Another ``table`` answers what would have been owed by it. ValueError if it has no row for the
    status and base.
    """
    table = table or stored.table
    base = stored.base.fen if stored.base else None
    chosen = stored.chosen.fen if stored.chosen else None
    row = table.row(stored.status, base)
    if row is None:
        raise ValueError(f"no row of {table.head.key} is for {stored.status}")
    full = row.amount(base, chosen)
    fen = full if stored.months == 12 else prorated(row, full, stored.months)
    reduced = stored.reduction is not None and is_granted(
        stored.reduction, str(table.values.get("reduction", ""))
    )
    if stored.reduction is not None and reduced:
        fen = min(fen, stored.reduction.fen)
    return replace(stored, table=table, row=row, full=full, reduced=reduced, fen=fen)


def difference(old: Assessment | None, new: Assessment | None) -> Difference | None:
    """What to assess on top of ``old`` so that ``new`` is owed; None if nothing changed.

    None on either side is a month that is not owed to this unit. ``old`` is what stands by now: for
    a month that was assessed again before, the assessment that the last difference led to.

    Raises: ValueError for two members, months or kinds of dues.
    """
    if old == new:
        return None
    if old is None or new is None:
        return _appeared(old, new)
    if (old.member, old.month, old.table.head.rule) != (new.member, new.month, new.table.head.rule):
        raise ValueError("only two assessments of one member and month can be compared")
    return Difference(new.fen - old.fen, tuple(_reasons(old, new)))


def _appeared(old: Assessment | None, new: Assessment | None) -> Difference:
    """One side only: a month that is owed after all, or is not."""
    if new is not None:
        return Difference(new.fen, (Words("此月应缴，原未计", "owed, and not assessed before"),))
    gone = old.fen if old is not None else 0
    return Difference(-gone, (Words("此月不应缴", "not owed to this unit after all"),))


def _reasons(old: Assessment, new: Assessment) -> list[Words]:
    found: list[Words] = []

    def say(zh: str, en: str, before: object, after: object) -> None:
        found.append(Words(f"{zh} {before} → {after}", f"{en} {before} → {after}"))

    def name(zh: str, en: str, before: Words, after: Words) -> None:
        found.append(Words(f"{zh} {before.zh} → {after.zh}", f"{en} {before.en} → {after.en}"))

    if old.table != new.table:
        say("规则", "rule", old.table.head.key, new.table.head.key)
    if old.status != new.status:
        name("身份", "status", _status(old), _status(new))
    if old.base != new.base:
        say("基数", "base", _base(old), _base(new))
    if old.chosen != new.chosen:
        say("核定数额", "chosen amount", _chosen(old), _chosen(new))
    if old.row.id != new.row.id:
        name("档次", "row", old.row.name, new.row.name)
    if old.months != new.months:
        say("月数", "months", old.months, new.months)
    if (old.reduction, old.reduced) != (new.reduction, new.reduced):
        say("减免", "reduction", _reduction(old), _reduction(new))
    if old.due != new.due:
        say("应缴日期", "due", old.due, new.due)
    if not found:
        say("原记金额有误", "the amount was wrong", fen_text(old.fen), fen_text(new.fen))
    return found


def _status(one: Assessment) -> Words:
    known = one.table.named.get(one.status)
    return Words(one.status, one.status) if known is None else known.name


def _base(one: Assessment) -> str:
    return f"{fen_text(one.base.fen)} ({one.base.since})" if one.base else "–"


def _chosen(one: Assessment) -> str:
    return f"{fen_text(one.chosen.fen)} ({one.chosen.since})" if one.chosen else "–"


def _reduction(one: Assessment) -> str:
    if one.reduction is None:
        return "–"
    return fen_text(one.reduction.fen) if one.reduced else "未批准 not approved"
