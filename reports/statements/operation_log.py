"""The operation log of a period: who did what, when, to what. Rows arrive as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from reports.statement import REF, TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Act, Source

NAME: Final = "operation-log"
TITLE: Final = Words("操作日志", "Operation log")


def build(source: Source, period: Period) -> Statement:
    """The acts of the period in the order of time; users appear by their ids."""
    lines = tuple(
        Line(
            code,
            Words(act.action, act.action),
            (act.at, act.user, act.action, act.object, act.detail),
            ref=figure_ref(source.unit, NAME, period, code),
        )
        for code, act in _acts(source, period).items()
    )
    columns = (
        Column("at", Words("时间", "Time"), kind=TEXT, share=1.2),
        Column("user", Words("操作人", "User"), kind=TEXT, share=0.9),
        Column("action", Words("操作", "Action"), kind=TEXT, share=1.0),
        Column("object", Words("对象", "Object"), kind=REF, share=1.4),
        Column("detail", Words("说明", "Detail"), kind=TEXT, share=2.5),
    )
    return make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, lines, label_column=None
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What was done, when, by whom and to what: an act moves no money, and no voucher makes it.

    Refused for an act that the period does not have.
    """
    ref = figure_ref(source.unit, NAME, period, line, column)
    act = _acts(source, period).get(line)
    if act is None or column:
        raise unknown_ref(ref)
    told = (f"{act.at:%Y-%m-%d %H:%M:%S}", act.user, act.action, act.object, act.detail)
    label = " ".join(part for part in told if part)
    return Backing(ref, Words(label, label), None, (), None)


def _acts(source: Source, period: Period) -> dict[str, Act]:
    """The acts of the period in the order of time, by the codes of their lines."""
    acts = sorted((act for act in source.acts if act.at.date() in period), key=lambda act: act.at)
    return {f"{place:05d}": act for place, act in enumerate(acts, start=1)}
