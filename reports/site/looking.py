"""Finding one's own gift or dues, the open data and how to verify it, and the page of no page."""

from __future__ import annotations

from collections.abc import Iterator

from reports.site import addresses
from reports.site.drawing import Pen, Where, money
from reports.site.lists import Written, draw, drawn, home
from reports.site.model import MEMBERS, MyDues
from reports.site.overview import downloads
from reports.site.packing import pack
from reports.site.tables import CODE, NUM, Col, remark, row, section


def lookups(pen: Pen) -> Iterator[Written]:
    """The pages that lead to one's own; dues only where members read."""
    yield pen.page(
        addresses.FOLLOW, "lookup.html", pen.t("follow.title"), crumbs=(home(pen),), script=True,
        what="follow",
    )  # fmt: skip
    yield pen.page(
        addresses.DUES, "lookup.html", pen.t("dues.title"), crumbs=(home(pen),),
        script=pen.site.audience == MEMBERS, what="dues",
    )  # fmt: skip


def data(pen: Pen) -> Iterator[Written]:
    """The open data: files of the whole, and the ways to those of each unit; seals and roots."""
    path = addresses.DATA
    blocks = []
    if pen.site.downloads:
        blocks.append(downloads(pen, path, pen.site.downloads, pen.t("data.files")))
    columns = [
        Col(pen.t("col.unit")), Col(pen.t("col.month"), CODE), Col(pen.t("seal.what")),
        Col(pen.t("seal.size"), NUM), Col(pen.t("seal.root"), CODE),
    ]  # fmt: skip
    rows = []
    for _, unit in pen.site.tree():
        where = Where(addresses.unit(unit.code))
        name = pen.linked(path, where, pen.say(unit.name))
        for seal in unit.seals:
            what = pen.t("seal.book", version=seal.version)
            cells = (name, seal.month, what, f"{seal.size:,}", pen.code(seal.root))
            rows.append(row(columns, cells))
        for root in unit.receipt_roots:
            cells = (
                name,
                root.month,
                pen.t("seal.receipts"),
                f"{root.size:,}",
                pen.code(root.root),
            )
            rows.append(row(columns, cells))
    if rows:
        blocks.append(
            section("roots", pen.t("data.roots"), pen.t("data.roots_caption"), columns, rows,
                    note=pen.t("seal.note"), again=pen.t("list.again"))
        )  # fmt: skip
    yield from drawn(
        pen, path, pen.t("data.title"), pack(blocks), crumbs=(home(pen),), lead=pen.t("data.lead"),
        template="data.html",
    )  # fmt: skip


def missing(pen: Pen) -> Iterator[Written]:
    """The page for addresses that are not there; it also stands where pages of one's own lie, so
    that a server that lists folders lists none of them."""
    yield pen.page(addresses.MISSING, "missing.html", pen.t("missing.title"), unlisted=True)
    yield pen.page(addresses.NOBODY, "missing.html", pen.t("missing.title"), unlisted=True)


def my_dues(pen: Pen, one: MyDues) -> Iterator[Written]:
    path, unit = addresses.mine(one.token), pen.site.unit(one.unit)
    columns = [
        Col(pen.t("col.month"), CODE), Col(pen.t("col.what")), Col(pen.t("dues.owed"), NUM),
        Col(pen.t("dues.paid"), NUM), Col(pen.t("dues.open"), NUM), Col(pen.t("dues.why")),
    ]  # fmt: skip
    rows = [
        row(columns, (month.month, pen.say(month.what), money(month.owed), money(month.paid),
                      money(month.open), pen.say(month.why)))
        for month in one.months
    ]  # fmt: skip
    owed, paid, still = (
        sum(part) for part in (
            [month.owed for month in one.months], [month.paid for month in one.months],
            [month.open for month in one.months],
        )
    )  # fmt: skip
    total = row(columns, (pen.t("word.total"), "", money(owed), money(paid), money(still), ""))
    blocks = [
        section("months", pen.t("dues.months"), pen.t("dues.caption", day=pen.site.last), columns,
                rows or [remark(columns, pen.t("word.nothing"))], total=total,
                note=pen.t("dues.note"), again=pen.t("list.again"))
    ]  # fmt: skip
    if one.went:
        columns = [Col(pen.t("gift.purpose")), Col(pen.t("col.amount"), NUM)]
        went = [row(columns, (pen.say(words), pen.opening(path, fig))) for words, fig in one.went]
        blocks.append(
            section("went", pen.t("dues.went"), pen.t("dues.went_caption"), columns, went,
                    note=pen.t("dues.went_note"))
        )  # fmt: skip
    where = Where(addresses.unit(unit.code))
    facts = [(pen.t("col.unit"), pen.linked(path, where, pen.say(unit.name)))]
    yield from draw(
        pen, path, pen.t("dues.mine"), blocks, facts=facts, unlisted=True, lead=pen.t("mine.lead")
    )
