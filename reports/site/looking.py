"""Finding one's own gift or dues, the open data and how to verify it, and the page of no page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from reports.site import addresses
from reports.site.drawing import Pen, Where, money
from reports.site.lists import Written, draw, drawn, home
from reports.site.model import MEMBERS, MyDues
from reports.site.overview import downloads, leaves
from reports.site.packing import pack
from reports.site.tables import CODE, NUM, Col, explained, remark, row, section
from reports.site.words import catalogue

#: The style of the page that may name no stylesheet; its policy allows these bytes alone.
PLAIN: Final = Markup(
    "body{max-width:36rem;margin:3rem auto;padding:0 1rem;font:1rem/1.7 system-ui,sans-serif;"
    "color:#1e2729;background:#f6f5f1}.lead{color:#3d4648}"
    "@media (prefers-color-scheme:dark){body{color:#e8ebea;background:#14191a}"
    ".lead{color:#c3cbcb}}"
)


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
            size = leaves(pen, path, unit, seal.size)
            rows.append(row(columns, (name, seal.month, what, size, pen.code(seal.root))))
        for root in unit.receipt_roots:
            # Who holds a receipt finds it; nobody reads a list of them.
            size = pen.count(path, root.size, Where(addresses.FOLLOW))
            what = pen.t("seal.receipts")
            rows.append(row(columns, (name, root.month, what, size, pen.code(root.root))))
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
    """The page for addresses that are not there, in both languages, and one where pages of one's
    own lie, so that a server that lists folders lists none of them.

    The first is served at any depth of a site that may lie anywhere: it names no file.
    """
    if pen.language == addresses.ZH:
        digest = base64.b64encode(hashlib.sha256(PLAIN.encode()).digest()).decode()
        yield pen.page(
            addresses.MISSING, "nowhere.html", pen.t("missing.title"), unlisted=True,
            english=lambda key: catalogue()[key].en, plain=PLAIN, digest=digest,
            home=pen.site.home.rstrip("/"),
        )  # fmt: skip
    yield pen.page(addresses.NOBODY, "missing.html", pen.t("missing.title"), unlisted=True)


def my_dues(pen: Pen, one: MyDues) -> Iterator[Written]:
    path, unit = addresses.mine(one.token), pen.site.unit(one.unit)
    columns = [
        Col(pen.t("col.month"), CODE), Col(pen.t("col.what")), Col(pen.t("dues.owed"), NUM),
        Col(pen.t("dues.paid"), NUM), Col(pen.t("dues.open"), NUM), Col(pen.t("dues.why")),
    ]  # fmt: skip
    # By which rule a month was owed stands in its row; when it was paid, no page says.
    how = Where(path, "how")
    rows = [
        row(columns, (month.month, pen.say(month.what),
                      *(pen.linked(path, how if fen else None, money(fen))
                        for fen in (month.owed, month.paid, month.open)),
                      pen.say(month.why)))
        for month in one.months
    ]  # fmt: skip
    owed, paid, still = (
        sum(part) for part in (
            [month.owed for month in one.months], [month.paid for month in one.months],
            [month.open for month in one.months],
        )
    )  # fmt: skip
    months = Where(path, "months")
    sums = (pen.linked(path, months if fen else None, money(fen)) for fen in (owed, paid, still))
    total = row(columns, (pen.t("word.total"), "", *sums, ""))
    blocks = [
        section("months", pen.t("dues.months"), pen.t("dues.caption", day=pen.site.last), columns,
                rows or [remark(columns, pen.t("word.nothing"))], total=total,
                note=pen.t("dues.note"), again=pen.t("list.again")),
        explained("how", pen.t("dues.made"), [
            pen.t("dues.made_owed"), pen.t("dues.made_paid", day=pen.site.last),
            pen.t("dues.made_open"),
        ]),
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
