"""One row of a table applied to one base: the amount, and the arithmetic as a person writes it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money, fen_text
from ledger.rules.rate_tables import RateRow, RateTable, Status
from ledger.rules.table import percent


@dataclass(frozen=True, slots=True)
class Rated:
    """What a payer of ``status`` with ``base`` owes for one period, and by which row."""

    table: RateTable
    row: RateRow
    status: Status
    base: int | None
    chosen: int | None
    fen: int

    @property
    def amount(self) -> Money:
        return Money(self.fen)

    @property
    def source(self) -> str:
        return self.table.head.cite(self.row.article)

    @property
    def arithmetic(self) -> Words:
        return arithmetic(self.row, self.base, self.chosen, self.fen)


def rate(
    table: RateTable, status: str = "", base: int | None = None, chosen: int | None = None
) -> Rated:
    """What the table says for a base in fen; ``status`` by id or Chinese name, or the default one.

    >>> from ledger.rules.rulebook import load
    >>> from ledger.rules.table import Place
    >>> from datetime import date
    >>> table = load()[0].in_force(RateTable, "party", date(2026, 3, 1), Place())
    >>> rate(table, base=3001_00).arithmetic.en
    '3001.00 × 1 % = 30.01'

    Raises: Refused if there is no such status, no base where one is needed, or no choice within
    the range that the rule leaves.
    """
    known = table.status_called(status or table.default_status)
    if known is None:
        raise Refused(no_status(table, status))
    if base is not None and base < 0:
        raise ValueError("a base is not negative")
    row = table.row(known.id, base)
    if row is None:
        raise Refused(no_base(known))
    if row.least is not None and (fault := bad_choice(row, chosen)) is not None:
        raise Refused(fault)
    if not row.needs_base:
        base = None
    if row.least is None:
        chosen = None
    return Rated(table, row, known, base, chosen, row.amount(base, chosen))


def arithmetic(row: RateRow, base: int | None, chosen: int | None, fen: int) -> Words:
    """``3456.00 → 3450.00 × 0.5 % = 17.25``, with every step that changed the figure."""
    if row.fixed is not None:
        return Words(f"定额 {fen_text(fen)}", f"fixed {fen_text(fen)}")
    if row.rate is None:
        span = f"{fen_text(row.least or 0)}–{fen_text(row.most or 0)}"
        return Words(
            f"核定 {fen_text(chosen or 0)}（规定 {span}）",
            f"chosen {fen_text(chosen or 0)} (the rule leaves {span})",
        )
    whole = base or 0
    cut = whole - whole % row.base_unit
    zh = en = fen_text(whole)
    if row.base_unit > 1:
        unit = fen_text(row.base_unit).removesuffix(".00")
        zh += f"（不足 {unit} 元的尾数不计）→ {fen_text(cut)}"
        en += f" (tail under {unit} yuan ignored) → {fen_text(cut)}"
    exact = cut * row.rate
    step = f" × {percent(row.rate)} = {_exact(exact)}"
    zh, en = zh + step, en + step
    rounded = row.rounding.apply(cut * row.rate.numerator, row.rate.denominator)
    if rounded != exact:
        how = row.rounding.words
        zh += f" → {fen_text(rounded)}（{how.zh}）"
        en += f" → {fen_text(rounded)} ({how.en})"
    if row.cap is not None and rounded > row.cap:
        zh += f" → {fen_text(row.cap)}（最高 {fen_text(row.cap)}）"
        en += f" → {fen_text(row.cap)} (at most {fen_text(row.cap)})"
    return Words(zh, en)


def _exact(fen: Fraction) -> str:
    """An exact amount in yuan with all its decimals, at least two."""
    digits = 2
    while (fen * 10 ** (digits - 2)).denominator != 1:
        digits += 1
    whole = int(fen * 10 ** (digits - 2))
    return f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"


def no_status(table: RateTable, status: str) -> Finding:
    known_zh = "、".join(f"{one.id} {one.name.zh}" for one in table.statuses)
    known_en = "; ".join(f"{one.id} ({one.name.en})" for one in table.statuses)
    shown = status[:40] if status.isprintable() else "?"
    return finding(
        "no-status",
        f"规则表 {table.head.key} 没有身份「{shown}」" if shown else "没有写明身份",
        f"table {table.head.key} has no status “{shown}”" if shown else "no status was given",
        f"可用的身份：{known_zh}",
        f"statuses: {known_en}",
    )


def no_base(status: Status) -> Finding:
    return finding(
        "no-base",
        f"没有基数：{status.name.zh}按{status.base_name.zh}计",
        f"there is no base: {status.name.en} pay by {status.base_name.en}",
        "登记基数，或以 --base 写明",
        "record the base, or give it with --base",
    )


def bad_choice(row: RateRow, chosen: int | None) -> Finding | None:
    """A finding unless ``chosen`` lies within the range that the row leaves."""
    least, most = row.least or 0, row.most or 0
    if chosen is not None and least <= chosen <= most:
        return None
    span = f"{fen_text(least)}–{fen_text(most)}"
    if chosen is None:
        zh, en = (
            f"规定为 {span}，具体数额没有核定",
            f"the rule leaves {span}, and nothing is chosen",
        )
    else:
        zh = f"核定的 {fen_text(chosen)} 不在规定的 {span} 之内"
        en = f"the chosen {fen_text(chosen)} is not within {span}"
    return finding(
        "not-chosen", zh, en, "按支部决议登记数额，或以 --chosen 写明",
        "record the amount of the branch's resolution, or give it with --chosen",
    )  # fmt: skip
