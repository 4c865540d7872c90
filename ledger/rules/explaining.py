"""An assessment in lines for the member who asks why: rule, base, row, arithmetic, terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.errors import Words
from ledger.money import fen_text
from ledger.rules.assessment import Assessment
from ledger.rules.rate_tables import Term
from ledger.rules.table import ORIGINS
from ledger.rules.terms import MEANINGS, TERMS


class Line(NamedTuple):
    """One line: what it is about, what it says, and for scripts its key."""

    key: str
    name: Words
    text: Words


def explain(one: Assessment) -> list[Line]:
    """Everything that made the amount, each with its source where it has one.

    Texts that people recorded (reasons, decisions, sources) stand in both languages as written.
    """
    return list(_lines(one))


def _lines(one: Assessment) -> Iterator[Line]:
    head, row = one.table.head, one.row
    status = one.table.named[one.status]
    origin = ORIGINS[head.origin]
    amount = one.amount.text
    yield _line("amount", "应缴", "owed", f"{amount} 元", f"{amount} CNY")
    yield _line("arithmetic", "计算", "arithmetic", *one.arithmetic)
    yield _line("row", "档次", "row", f"{row.id} {row.name.zh}", f"{row.id} {row.name.en}")
    yield _same("source", "依据", "source", f"{one.source} ({row.confidence})")
    yield _line(
        "rule", "规则", "rule", f"{head.key}（{origin.zh}）{head.file}",
        f"{head.key} ({origin.en}) {head.file}",
    )  # fmt: skip
    yield _line("status", "身份", "status", *status.name)
    if one.base is not None:
        decided = f"，{one.base.decision}" if one.base.decision else ""
        fen = fen_text(one.base.fen)
        yield _line(
            "base", "基数", "base",
            f"{fen}，{status.base_name.zh}，自 {one.base.since}{decided}",
            f"{fen}, {status.base_name.en}, since {one.base.since}{decided}",
        )  # fmt: skip
    if one.chosen is not None:
        yield _same("chosen", "核定", "chosen", f"{fen_text(one.chosen.fen)} {one.chosen.decision}")
    if one.reduction is not None:
        papers = "; ".join(
            paper for paper in (one.reduction.study, one.reduction.approval) if paper
        )
        applied = Words("适用", "applied") if one.reduced else Words("不适用", "not applied")
        yield _line(
            "reduction", "减免", "reduction",
            f"{one.reduction.reason}（{papers}）{applied.zh}",
            f"{one.reduction.reason} ({papers}) {applied.en}",
        )  # fmt: skip
    yield _same("due", "应缴至", "due by", one.due.isoformat())
    for term in _terms(one):
        meaning = MEANINGS.get((term.name, str(term.value)), Words(str(term.value), ""))
        said = f"{term.source} ({term.confidence})"
        name = TERMS[term.name].name
        yield Line(
            f"term-{term.name}", name, Words(f"{meaning.zh}：{said}", f"{meaning.en}: {said}")
        )


def _terms(one: Assessment) -> Iterator[Term]:
    """The terms that had a say in this one."""
    names = ["proration"]
    if one.base is not None and not one.table.named[one.status].fixing:
        names += ["base"]
    if one.base is not None:
        names += ["changes"]
    if one.reduction is not None:
        names += ["reduction"]
    for name in names:
        term = one.table.term(name)
        if term is not None:
            yield term


def _line(key: str, name_zh: str, name_en: str, zh: str, en: str) -> Line:
    return Line(key, Words(name_zh, name_en), Words(zh, en))


def _same(key: str, name_zh: str, name_en: str, text: str) -> Line:
    return Line(key, Words(name_zh, name_en), Words(text, text))
