"""The operation log of a period: who did what, when, to what. Rows arrive as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from reports.statement import REF, TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "operation-log"
TITLE: Final = Words("操作日志", "Operation log")


def build(source: Source, period: Period) -> Statement:
    """The acts of the period in the order of time; users appear by their ids."""
    acts = sorted((act for act in source.acts if act.at.date() in period), key=lambda act: act.at)
    lines = tuple(
        Line(
            f"{place:05d}",
            Words(act.action, act.action),
            (act.at, act.user, act.action, act.object, act.detail),
        )
        for place, act in enumerate(acts, start=1)
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
    """A log has no figures: always Refused."""
    raise unknown_ref(figure_ref(source.unit, NAME, period, line, column))
