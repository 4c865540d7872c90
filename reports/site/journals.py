"""The journal of a unit: a page or more for each month, every voucher with an anchor of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from ledger.money import Money
from reports.site import addresses
from reports.site.drawing import Pen, Where
from reports.site.lists import Written, drawn, of_unit
from reports.site.model import PublicVoucher, Unit
from reports.site.packing import Block, Piece, pack, places
from reports.site.tables import CODE, END, NUM, Col, head, row, spanning
from reports.statement import VoucherLine

Packed = dict[str, list[list[Piece]]]


def months(unit: Unit) -> list[str]:
    return sorted({one.month for one in unit.vouchers})


def packed(pen: Pen, unit: Unit) -> Packed:
    """The pages of each month, by month; the pen learns where every voucher is.

    A voucher may name another that stands on a page not yet packed, and a link to page 2 is longer
    than one to page 1: so it is done again until every voucher is where it was said to be.
    """
    ordered = sorted(unit.vouchers, key=lambda one: (one.month, one.day, one.number))
    by_month = {month: list(them) for month, them in groupby(ordered, lambda one: one.month)}
    for month, them in by_month.items():
        for one in them:
            path = addresses.journal(unit.code, month)
            pen.vouchers[unit.code, one.number] = Where(path, addresses.anchor(one.number))
    while True:
        before = dict(pen.vouchers)
        found = {month: _month(pen, unit, month, them) for month, them in by_month.items()}
        if pen.vouchers == before:
            return found


def _month(
    pen: Pen, unit: Unit, month: str, vouchers: Sequence[PublicVoucher]
) -> list[list[Piece]]:
    path, columns = addresses.journal(unit.code, month), _columns(pen)
    found = pack(_block(pen, path, unit, one, columns) for one in vouchers)
    for number, page in places(found).items():
        where = Where(addresses.paged(path, page), addresses.anchor(number))
        pen.vouchers[unit.code, number] = where
    return found


def draw(pen: Pen, unit: Unit, pages: Packed) -> Iterator[Written]:
    columns = _columns(pen)
    for month, found in sorted(pages.items()):
        title = pen.t("journal.title", unit=pen.plain(unit.name), month=month)
        top = head("journal", pen.t("journal.caption", month=month), columns)
        framed = [_framed(top, page) for page in found]
        yield from drawn(
            pen, addresses.journal(unit.code, month), title, framed,
            crumbs=of_unit(pen, unit.code), lead=pen.t("journal.lead"),
        )  # fmt: skip


def _framed(top: Markup, page: list[Piece]) -> list[Piece]:
    """The page's vouchers within one table."""
    opened = Piece(Block("", top), True)
    closed = Piece(Block("", END), True)
    return [opened, *page, closed]


def _columns(pen: Pen) -> tuple[Col, ...]:
    return (
        Col(pen.t("col.account")), Col(pen.t("col.fund")), Col(pen.t("col.debit"), NUM),
        Col(pen.t("col.credit"), NUM),
    )  # fmt: skip


def _block(pen: Pen, path: str, unit: Unit, one: PublicVoucher, columns: tuple[Col, ...]) -> Block:
    begin = Markup('<tbody id="{}">').format(addresses.anchor(one.number))
    title = Markup('<strong>{}</strong> <span class="day">{}</span> {}').format(
        pen.own(one.number), one.day.isoformat(), pen.say(one.text)
    )
    if one.is_group:
        title += Markup(' <span class="tag">{}</span>').format(
            pen.t("journal.group", vouchers=one.vouchers, persons=one.persons)
        )
    if one.reverses:
        title += Markup(' <span class="tag">{} {}</span>').format(
            pen.t("journal.reverses"), pen.voucher(path, unit.code, one.reverses)
        )
    rows = []
    for line in one.postings:
        debit, credit = (line.money.shown, "") if line.fen >= 0 else ("", (-line.money).shown)
        cells = pen.account(unit.code, line.account), pen.fund(path, unit.code, line.fund)
        rows.append(row(columns, (*cells, debit, credit)))
    rows += [
        Markup('<tr class="paper"><td colspan="4">{} <code>{}</code></td></tr>').format(
            pen.t("journal.paper"), paper
        )
        for paper in one.papers
    ]
    if not one.papers and not one.is_group:
        rows.append(
            Markup('<tr class="paper"><td colspan="4">{}</td></tr>').format(pen.t("journal.bare"))
        )
    end = Markup("</tbody>")
    return Block(
        one.number, begin + spanning(columns, title, style="voucher"), rows,
        Markup("<tbody>") + spanning(
            columns, Markup("{} {}").format(pen.own(one.number), pen.t("list.again")),
            style="voucher",
        ), end, end,
    )  # fmt: skip


def behind_rows(pen: Pen, path: str, unit: Unit, lines: Sequence[VoucherLine]) -> list[Markup]:
    """Postings behind a figure; those of a voucher on one account and fund stand as their sum.

    What a voucher's maker wrote is not told: labels say enough.
    """
    columns, rows = behind_columns(pen), []
    for one, amount in _merged(lines):
        cells = (
            pen.voucher(path, unit.code, one.number), one.day.isoformat(),
            pen.account(unit.code, one.account), pen.fund(path, unit.code, one.fund),
            one.measured or amount.shown,
        )  # fmt: skip
        rows.append(row(columns, cells))
    return rows


def _merged(lines: Sequence[VoucherLine]) -> list[tuple[VoucherLine, Money]]:
    """The first line of each voucher, account and fund with the sum; measures do not add up."""
    found: list[tuple[VoucherLine, Money]] = []
    places: dict[tuple[str, str, str, str], int] = {}
    for one in lines:
        key = one.number, one.account, one.fund, one.amount.currency
        if one.measured or key not in places:
            places.setdefault(key, len(found))
            found.append((one, one.amount))
        else:
            first, amount = found[places[key]]
            found[places[key]] = first, amount + one.amount
    return found


def behind_columns(pen: Pen) -> tuple[Col, ...]:
    return (
        Col(pen.t("col.voucher"), CODE), Col(pen.t("col.day"), "day"), Col(pen.t("col.account")),
        Col(pen.t("col.fund")), Col(pen.t("col.amount"), NUM),
    )  # fmt: skip
