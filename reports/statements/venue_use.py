"""Use of venues: how long each was open and used, by whom as an audience, beside the cost key.

Everything is counted from the use log, in counts alone; a figure opens to the lines behind it, and
hours open to the days that the hours in force make up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, percent_text
from ledger.registry.venue_days import AUDIENCE_WORDS
from ledger.registry.venues import KIND_WORDS, STATE_WORDS
from ledger.venues.calendar import Span, clock
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span as Months
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from ledger.period import Period
    from ledger.registry.venue_days import UseRow
    from ledger.venues.standing import Standing, Tally
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "venue-use"
TITLE: Final = Words("活动阵地使用情况", "Use of venues")
ALL: Final = "all"
_FEES: Final = "fees"
#: The figures that are counted, and open, besides fees.
_COUNTED: Final = {
    "days": Words("开放天数", "Days open"),
    "open": Words("开放时数", "Hours open"),
    "used": Words("使用时数", "Hours used"),
    "uses": Words("使用次数", "Uses"),
    "heads": Words("人次", "Heads"),
    "benefit": Words("公益时数", "Public benefit, hours"),
    "outside": Words("超时使用", "Outside hours"),
}
#: Those that a user of a venue has too.
_OF_USER: Final = ("used", "uses", "heads", "benefit", "outside", _FEES)
_LABELS: Final = {**_COUNTED, _FEES: Words("收费", "Fees")}
_NOTES: Final = (
    Words(
        "开放天数与时数按现行开放时间逐日计算，不含闭馆日；使用只计人次，不记姓名。",
        "Days and hours open follow from the hours in force, without closed days; use is counted "
        "in heads, without names.",
    ),
    Words(
        "公益时数：会员与公众使用且未收费的时数。超时使用：在开放时间以外且没有决策文号。",
        "Public benefit: hours of members and the public for which nobody paid. Outside hours: "
        "use outside opening hours without a decision.",
    ),
    Words(
        "收费为登记的应收金额，不是账上收入；分摊比例为期末生效的比例。",
        "Fees are as entered with the use, not what the book received; the key is the one in force "
        "at the end.",
    ),
)


def build(source: Source, period: Period) -> Statement:
    """Each venue with its users below it, and all venues together."""
    lines: list[Line] = []
    for one in source.venues:
        lines.append(_venue(source, period, one))
        lines += [
            _user(source, period, one, user, tally)
            for user, tally in one.by_user().items()
            if tally.rows or one.key_of(user) is not None
        ]
    if len(source.venues) > 1:
        lines.append(_total(source, period, source.venues))
    notes = _NOTES if lines else (Words("没有登记活动阵地。", "No venue was entered."),)
    statement = make_statement(
        source, Months.of(period, quarters=True), period, NAME, TITLE,
        (
            *(Column(key, label, COUNT, 0.8) for key, label in _COUNTED.items()),
            Column("benefit_share", Words("公益占比", "Its share"), TEXT, 0.7),
            Column("share", Words("使用占比", "Share of use"), TEXT, 0.7),
            Column("key", Words("分摊比例", "Cost key"), TEXT, 0.6),
            Column(_FEES, _LABELS[_FEES], primary=True, share=0.9),
        ),
        tuple(lines), notes=notes, label_column=Words("阵地与使用者", "Venue and users"),
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The lines of the log behind a figure, or the days behind hours open; Refused for others."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _FEES
    code, _, user = line.partition(".")
    found = [one for one in source.venues if line == ALL or one.row.code == code]
    if not found or key not in _LABELS or (user and key not in _OF_USER):
        raise unknown_ref(ref)
    parts: list[VoucherLine] = []
    for one in found:
        if key in ("days", "open"):
            parts += _days(one, period, key)
        elif user and user not in one.by_user():
            raise unknown_ref(ref)
        else:
            parts += _uses(one, one.by_user()[user].rows if user else one.uses, key)
    whole = sum(_value(one, user, key) for one in found)
    said = "" if key == _FEES else _said(key, whole)
    closing = Money(whole) if key == _FEES else Money(0)
    return Backing(ref, _LABELS[key], None, tuple(parts), closing, measured=said)


def _value(one: Standing, user: str, key: str) -> int:
    """A figure in fen, minutes, or counts."""
    if key == "days":
        return one.open.days
    if key == "open":
        return one.open.minutes
    rows = one.by_user()[user].rows if user else one.uses
    return sum(_counts(one, row, key) for row in rows)


def _counts(one: Standing, row: UseRow, key: str) -> int:
    """What one line of the log adds to a figure."""
    match key:
        case "used":
            return row.minutes
        case "uses":
            return row.sign
        case "heads":
            return row.sign * row.heads
        case "benefit":
            return row.minutes if one.is_benefit(row) else 0
        case "outside":
            return one.minutes_outside(row)
        case _:
            return row.sign * row.fee_fen


def _said(key: str, value: int) -> str:
    return clock(value) if key in ("open", "used", "benefit", "outside") else f"{value:,}"


def _uses(one: Standing, rows: Iterable[UseRow], key: str) -> list[VoucherLine]:
    found = []
    for row in rows:
        value = _counts(one, row, key)
        if not value:
            continue
        words = AUDIENCE_WORDS[row.audience].zh
        whom = one.names.get(row.party, row.party) if row.party else words
        note = f"{Span(row.opens, row.closes).text} {whom} {row.note}".strip()
        found.append(
            VoucherLine(
                row.ref, row.day, note, "", "", Money(row.sign * row.fee_fen),
                measured="" if key == _FEES else _said(key, value),
            )
        )  # fmt: skip
    return found


def _days(one: Standing, period: Period, key: str) -> list[VoucherLine]:
    """Each day on which it was open, with its spans."""
    found = []
    for day in one.calendar.days(period):
        spans = one.calendar.spans(day)
        value = 1 if key == "days" else sum(span.minutes for span in spans)
        said = " ".join(span.text for span in spans)
        found.append(
            VoucherLine(one.row.code, day, said, "", "", Money(0), measured=_said(key, value))
        )
    return found


# ---- lines -------------------------------------------------------------------------------------


def _hours(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def _cells(
    values: dict[str, int | None], benefit: str, share: str, key: Fraction | None
) -> tuple[Cell, ...]:
    """The cells of a line; a figure that it does not have is None."""

    def cell(name: str) -> Cell:
        value = values.get(name)
        if value is None or name in ("days", "uses", "heads"):
            return value
        return Money(value) if name == _FEES else _hours(value)

    return (
        *map(cell, _COUNTED), benefit or None, share or None, None if key is None else str(key),
        cell(_FEES),
    )  # fmt: skip


def _venue(source: Source, period: Period, one: Standing) -> Line:
    values: dict[str, int | None] = {key: _value(one, "", key) for key in _LABELS}
    kind, state = KIND_WORDS[one.facts.kind], STATE_WORDS[one.state]
    memo = "，备查" if one.facts.is_memo else ""
    label = Words(
        f"{one.facts.name}（{kind.zh}，{state.zh}{memo}）",
        f"{one.facts.name_en or one.row.code} ({kind.en}, {state.en})",
    )
    cells = _cells(values, one.share_text(one.benefit.minutes), "", None)
    return _line(source, period, one.row.code, label, cells, tuple(_LABELS), "subtotal", 0)


def _user(source: Source, period: Period, one: Standing, user: str, tally: Tally) -> Line:
    values: dict[str, int | None] = {key: _value(one, user, key) for key in _OF_USER}
    words = AUDIENCE_WORDS.get(user)
    name = one.names.get(user, user)
    cells = _cells(values, "", one.share_text(tally.minutes), one.key_of(user))
    label = words or Words(name, user)
    code = f"{one.row.code}.{user}"
    return _line(source, period, code, label, cells, _OF_USER, "line", 1)


def _total(source: Source, period: Period, found: Sequence[Standing]) -> Line:
    values: dict[str, int | None] = {
        key: sum(_value(one, "", key) for one in found) for key in _LABELS
    }
    benefit, used = values["benefit"] or 0, values["used"] or 0
    cells = _cells(values, percent_text(benefit, used), "", None)
    label = Words("合计", "Total")
    return _line(source, period, ALL, label, cells, tuple(_LABELS), "total", 0)


def _line(
    source: Source, period: Period, code: str, label: Words, cells: tuple[Cell, ...],
    keys: Sequence[str], style: str, level: int,
) -> Line:  # fmt: skip
    return Line(
        code, label, cells, ref=figure_ref(source.unit, NAME, period, code), style=style,
        level=level, refs=figure_refs(source.unit, NAME, period, code, keys, _FEES),
    )  # fmt: skip
