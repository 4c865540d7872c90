"""A donor's own statement of a year: what came of each gift, and what became of it.

It names one donor, to that donor. What was used is told by purpose; what came stands beside its
receipts. Used, held and returned are of the whole gift as of the day, so that for every gift

    received in all = used + held + returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, total
from reports.statement import DAY, TEXT, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import make_statement

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "donor-statement"
TITLE: Final = Words("捐赠人年度对账单", "Donor's statement of the year")
#: So many purposes of a gift stand one by one; the others are taken together.
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class GiftOfYear:
    """A gift of which something came in the year. ``uses`` are purposes with what each took."""

    code: str
    day: date
    what: Words
    receipts: tuple[str, ...]
    purpose: str
    came: Money
    received: Money
    used: Money
    held: Money
    returned: Money
    uses: tuple[tuple[str, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class DonorFile:
    """One donor with the gifts of a year, as of the end of the day ``on``."""

    donor: str
    name: str
    gifts: tuple[GiftOfYear, ...]
    on: date


def build(source: Source, file: DonorFile, period: Period) -> Statement:
    """The statement; Refused for a year before the book."""
    lines = [line for gift in file.gifts for line in _lines(gift)]
    sums = [
        total(getattr(gift, name) for gift in file.gifts)
        for name in ("came", "received", "used", "held", "returned")
    ]
    lines.append(Line("", Words("合计", "Total"), (None, "", "", *sums), style="total"))
    columns = (
        Column("day", Words("收到日期", "Received on"), DAY, 0.9),
        Column("receipt", Words("收据", "Receipt"), TEXT, 1.2),
        Column("kind", Words("财产", "Kind"), TEXT, 0.9),
        Column("came", Words("本年收到", "Came this year"), primary=True),
        Column("received", Words("累计收到", "Received in all")),
        Column("used", Words("已使用", "Used")),
        Column("held", Words("结存", "Held")),
        Column("returned", Words("已退还", "Returned")),
    )
    made = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=tuple(_notes(file)), label_column=Words("捐赠与用途", "Gift and purpose"),
    )  # fmt: skip
    own = (
        (Words("捐赠人", "Donor"), file.name),
        (Words("捐赠人编号", "Donor's number"), file.donor),
        (Words("截至", "As of"), file.on.isoformat()),
        (Words("公开范围", "Audience"), "仅供捐赠人本人 the donor only"),
    )
    return replace(made, facts=(*own, *made.facts))


def _lines(gift: GiftOfYear) -> Iterator[Line]:
    yield Line(
        "", Words(f"{gift.code} {gift.purpose}", ""),
        (
            gift.day, " ".join(gift.receipts) or "—", gift.what.zh, gift.came, gift.received,
            gift.used, gift.held, gift.returned,
        ),
    )  # fmt: skip
    uses = gift.uses
    if len(uses) > MOST:
        rest = uses[MOST - 1 :]
        told = f"其余 {len(rest)} 项 others", total(amount for _, amount in rest)
        uses = (*uses[: MOST - 1], told)
    for purpose, amount in uses:
        cells = (None, "", "", None, None, amount, None, None)
        yield Line("", Words(f"用于 {purpose}", ""), cells, level=1)


def _notes(file: DonorFile) -> Iterator[Words]:
    yield Words(
        f"已使用、结存与退还为每笔捐赠截至 {file.on} 的累计数；物资按其价值。",
        f"Used, held and returned are of each whole gift as of {file.on}; things at their worth.",
    )
    yield Words(
        "凭捐赠编号可查每笔使用的凭证。本对账单由账簿生成，不是财政票据。",
        "Each use opens by the gift's number. Drawn from the books, no official fiscal receipt.",
    )
    if any(not gift.receipts for gift in file.gifts):
        yield Words("标 — 的尚未开具收据。", "What is marked — has no receipt yet.")
