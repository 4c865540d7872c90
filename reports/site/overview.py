"""The federation, a unit, a fund, and things by class: what there is, and where it opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup, escape

from reports.site import addresses, gaps, made, told
from reports.site.charts import MOST, Bar, bars, largest
from reports.site.drawing import Pen, Where, money, size_text
from reports.site.journals import months
from reports.site.lists import Written, beside, draw, home, of_unit
from reports.site.model import AssetClass, Download, Figure, Fund, Unit
from reports.site.packing import Block
from reports.site.tables import CODE, NUM, Col, row, section
from reports.statement import Statement

#: The file of a pack that has the entries of its seals, a leaf for each.
LEAVES: Final = "leaves.jsonl"

# ---- the federation ----------------------------------------------------------------------------


def index(pen: Pen) -> Iterator[Written]:
    site, path = pen.site, addresses.INDEX
    facts = (
        (pen.t("fact.period"), pen.t("fact.days", first=site.first, last=site.last)),
        (pen.t("fact.on"), site.on.isoformat()),
        (pen.t("fact.audience"), pen.t(f"audience.{site.audience}")),
        (pen.t("fact.units"), pen.count(path, len(site.units), Where(path, "units"))),
        (pen.t("fact.vouchers"), pen.count(path, _count(site.units), Where(path, "units"))),
    )
    blocks = [_units(pen, path), gaps.by_unit(pen, path), told.published(pen, path)]
    yield from draw(
        pen, path, pen.plain(site.name), blocks,
        lead=pen.t("index.lead", period=site.period), facts=facts,
    )  # fmt: skip


def _units(pen: Pen, path: str) -> Block:
    """The sums of each unit, which lead to its funds; their totals lead to the rows here."""
    levels = any(unit.level.zh for unit in pen.site.units)
    columns = [
        Col(pen.t("col.unit")), *([Col(pen.t("col.level"))] if levels else []), *_moved(pen),
        Col(pen.t("unit.vouchers"), NUM),
    ]  # fmt: skip
    rows, all_of_them = [], [0] * 5
    for depth, unit in pen.site.tree():
        sums = _sums(unit.funds)
        all_of_them = [one + other for one, other in zip(all_of_them, sums, strict=True)]
        name = pen.linked(path, Where(addresses.unit(unit.code)), pen.say(unit.name))
        if depth:
            name = Markup('<span class="in{}">{}</span>').format(min(depth, 4), name)
        # Each sum leads to the funds that make it up.
        cells = _sums_to(pen, path, sums, Where(addresses.unit(unit.code), "funds"))
        journal = Where(addresses.unit(unit.code), "journal")
        cells.append(pen.count(path, len(unit.vouchers), journal))
        level = [pen.say(unit.level)] if levels else []
        rows.append(row(columns, (name, *level, *cells)))
    here = Where(path, "units")
    sums_of_all = _sums_to(pen, path, all_of_them, here)
    sums_of_all.append(pen.count(path, _count(pen.site.units), here))
    blank = [""] if levels else []
    total = row(columns, (pen.t("word.total"), *blank, *sums_of_all), style="total")
    block = section(
        "units", pen.t("index.units"), pen.t("index.caption", period=pen.site.period), columns,
        rows, total=total, note=pen.t("index.note"), again=pen.t("list.again"),
    )  # fmt: skip
    drawn = [Bar(pen.plain(unit.name), _sums(unit.funds)[2]) for _, unit in pen.site.tree()]
    return beside(_picture(pen, "spent", "index.chart", drawn), block) if len(drawn) > 1 else block


def _count(units: Sequence[Unit]) -> int:
    return sum(len(one.vouchers) for one in units)


def _sums_to(pen: Pen, path: str, sums: Sequence[int | None], where: Where) -> list[Markup]:
    """Amounts in fen that lead to what they add up."""
    return [pen.amount(path, fen, where) for fen in sums]


def _picture(pen: Pen, key: str, title: str, rows: Sequence[Bar]) -> Markup:
    """The largest amounts as bars; the title says so where there are more."""
    said, drawn = pen.t(title), largest(rows)
    if len(drawn) < len(rows):
        said = pen.t("chart.largest", title=said, count=MOST)
    return bars(key, said, pen.t("chart.told"), drawn)


# ---- a unit ------------------------------------------------------------------------------------


def unit(pen: Pen, one: Unit) -> Iterator[Written]:
    path, site = addresses.unit(one.code), pen.site
    known = {other.code: other.name for other in site.units}
    facts: list[tuple[str, object]] = []
    if one.level.zh:
        facts.append((pen.t("col.level"), pen.say(one.level)))
    if one.upper in known:
        link = pen.linked(path, Where(addresses.unit(one.upper)), pen.say(known[one.upper]))
        facts.append((pen.t("fact.upper"), link))
    below = [other for other in site.units if other.upper == one.code]
    if below:
        links = [pen.linked(path, Where(addresses.unit(u.code)), pen.say(u.name)) for u in below]
        facts.append((pen.t("fact.below"), pen.joined(links)))
    facts += [
        (pen.t("fact.chart"), pen.say(one.chart)),
        (pen.t("fact.period"), pen.t("fact.days", first=site.first, last=site.last)),
    ]
    if one.reopened:
        facts.append((pen.t("fact.reopened"), pen.t("unit.reopened", count=one.reopened)))
    for month, day in one.opened_again:
        facts.append((pen.t("fact.opened_again"), pen.t("unit.opened_again", month=month, day=day)))
    if one.waits:
        facts.append((pen.t("fact.waits"), pen.t("unit.waits")))
    yield from draw(
        pen, path, pen.plain(one.name), _parts(pen, path, one), crumbs=(home(pen),), facts=facts
    )


def _parts(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
    if one.funds:
        yield _funds(pen, path, one)
    if one.campaigns:
        yield _campaigns(pen, path, one)
    if one.classes:
        yield _classes(pen, path, one.classes, one)
    if one.statements:
        yield _statements(pen, path, one)
    if one.vouchers:
        yield _months(pen, path, one)
    yield from told.of_one(pen, path, one)
    if one.seals:
        yield _seals(pen, path, one)
    if one.downloads:
        yield from _files(pen, path, one.downloads)


def _moved(pen: Pen) -> list[Col]:
    return [Col(pen.t(f"fund.{part}"), NUM) for part in _PARTS]


_MONTHS: Final = 12
_PARTS: Final = ("opening", "came", "spent", "transferred", "remaining")


def _figures(fund: Fund) -> tuple[Figure, ...]:
    return fund.opening, fund.came, fund.spent, fund.transferred, fund.remaining


def _opened(pen: Pen, path: str, unit: Unit, fund: Fund, figure: Figure) -> Markup:
    """A figure of a fund that leads to the lines behind it, or to the months that it sums up."""
    if figure.ref not in pen.figures and fund.months and figure.fen:
        where = Where(addresses.fund(unit.code, fund.code), "by-month")
        return pen.linked(path, where, money(figure.fen))
    return pen.opening(path, figure)


def _sums(funds: Sequence[Fund]) -> list[int]:
    return [
        sum(part.fen for part in parts) for parts in zip(*map(_figures, funds), strict=True)
    ] or [0] * 5


def _funds(pen: Pen, path: str, one: Unit) -> Block:
    columns = [Col(pen.t("col.fund")), Col(pen.t("fund.restriction")), *_moved(pen)]
    rows = [
        row(columns, (pen.fund(path, one.code, fund.code), pen.t(f"restriction.{fund.restriction}"),
                      *(_opened(pen, path, one, fund, part) for part in _figures(fund))))
        for fund in one.funds
    ]  # fmt: skip
    sums = _sums_to(pen, path, _sums(one.funds), Where(path, "funds"))
    total = row(columns, (pen.t("word.total"), "", *sums), style="total")
    drawn = [Bar(pen.plain(fund.name), fund.remaining.fen) for fund in one.funds]
    return beside(
        _picture(pen, "held", "unit.chart", drawn),
        section("funds", pen.t("unit.funds"), pen.t("fund.caption", period=pen.site.period),
                columns, rows, total=total, note=pen.t("fund.note"), again=pen.t("list.again")),
    )  # fmt: skip


def _campaigns(pen: Pen, path: str, one: Unit) -> Block:
    columns = [
        Col(pen.t("col.campaign")), Col(pen.t("col.state")), Col(pen.t("gift.came"), NUM),
        Col(pen.t("gift.used"), NUM), Col(pen.t("gift.held"), NUM),
        Col(pen.t("gift.returned"), NUM), Col(pen.t("campaign.gifts"), NUM),
    ]  # fmt: skip
    rows = []
    for found in one.campaigns:
        where = Where(addresses.campaign(one.code, found.code))
        sums = (found.raised, found.used, found.held, found.returned)
        amounts = _sums_to(pen, path, sums, replace(where, anchor="became"))
        gifts = pen.count(path, len(found.gifts), replace(where, anchor="gifts"))
        rows.append(
            row(columns, (pen.linked(path, where, pen.say(found.name)),
                          pen.t(f"campaign.{found.state}"), *amounts, gifts))
        )  # fmt: skip
    caption = pen.t("unit.campaigns_caption", day=pen.site.on)
    again = pen.t("list.again")
    return section("campaigns", pen.t("unit.campaigns"), caption, columns, rows, again=again)


def _statements(pen: Pen, path: str, one: Unit) -> Block:
    columns = [Col(pen.t("col.statement")), Col(pen.t("col.period"))]
    by_name: dict[str, list[Statement]] = {}
    for found in one.statements:
        by_name.setdefault(found.name, []).append(found)
    rows = []
    for name, them in by_name.items():
        links = [
            pen.linked(path, Where(addresses.statement(one.code, name, it.period)), it.period)
            for it in sorted(them, key=lambda it: it.period)
        ]
        rows.append(row(columns, (pen.say(them[-1].title), pen.joined(links))))
    title, caption = pen.t("unit.statements"), pen.t("unit.statements_caption")
    return section("statements", title, caption, columns, rows, again=pen.t("list.again"))


def _months(pen: Pen, path: str, one: Unit) -> Block:
    columns = [Col(pen.t("col.month"), CODE), Col(pen.t("unit.vouchers"), NUM)]
    rows = []
    for month in months(one):
        count = sum(1 for found in one.vouchers if found.month == month)
        where = Where(addresses.journal(one.code, month))
        rows.append(row(columns, (pen.linked(path, where, month), pen.count(path, count, where))))
    title, caption = pen.t("unit.journal"), pen.t("unit.journal_caption")
    return section("journal", title, caption, columns, rows, again=pen.t("list.again"))


def _seals(pen: Pen, path: str, one: Unit) -> Block:
    columns = [
        Col(pen.t("col.month"), CODE), Col(pen.t("seal.version")),
        Col(pen.t("seal.size"), NUM), Col(pen.t("seal.root"), CODE), Col(pen.t("seal.key"), CODE),
    ]  # fmt: skip
    rows = [
        row(columns, (seal.month, str(seal.version), leaves(pen, path, one, seal.size),
                      pen.code(seal.root),
                      pen.code(seal.key) if seal.key
                      else pen.t("seal.unsigned")))
        for seal in one.seals
    ]  # fmt: skip
    title, caption = pen.t("unit.seals"), pen.t("seal.caption")
    note = pen.t("seal.note")
    return section("seals", title, caption, columns, rows, note=note, again=pen.t("list.again"))


def _files(pen: Pen, path: str, found: Sequence[Download]) -> Iterator[Block]:
    """Each statement in its forms, by short names; then all other files with their digests."""
    columns = [Col(pen.t("col.statement")), Col(pen.t("col.period")), Col(pen.t("col.forms"))]
    forms: dict[tuple[str, str], list[Download]] = {}
    for one in found:
        if one.of:
            forms.setdefault((one.of, one.period), []).append(one)
    rows = [
        row(columns, (pen.say(held[0].what), period, taken_as(pen, path, held)))
        for (_, period), held in forms.items()
    ]
    if rows:
        yield section(
            "forms", pen.t("unit.forms"), pen.t("download.forms"), columns, rows,
            again=pen.t("list.again"),
        )  # fmt: skip
    others = [one for one in found if not one.of]
    if others:
        yield downloads(pen, path, others)


def leaves(pen: Pen, path: str, one: Unit, count: int) -> Markup:
    """How many entries a seal holds, which leads to the file that lists them leaf by leaf."""
    there = next((it for it in reversed(one.downloads) if it.name == LEAVES), None)
    if there is None:
        return escape(f"{count:,}")
    return Markup('<a href="{}">{}</a>').format(pen.file(path, there.path), f"{count:,}")


def taken_as(pen: Pen, path: str, found: Sequence[Download]) -> Markup:
    """Links to the forms of one statement: CSV · JSON · PDF · XLSX."""
    link = Markup('<a href="{}">{}</a>').format
    return Markup(" · ").join(link(pen.file(path, one.path), one.form) for one in found)


def downloads(pen: Pen, path: str, found: Sequence[Download], title: str = "") -> Block:
    """Files to take away, with what tells whether they arrived whole."""
    columns = [
        Col(pen.t("col.file"), CODE), Col(pen.t("col.what")), Col(pen.t("col.size"), NUM),
        Col("SHA-256", CODE),
    ]  # fmt: skip
    rows = []
    for one in found:
        name = Markup('<a href="{}">{}</a>').format(pen.file(path, one.path), one.name)
        digest = pen.code(one.sha256)
        rows.append(row(columns, (name, pen.say(one.what), size_text(one.size), digest)))
    return section(
        "downloads", title or pen.t("unit.downloads"), pen.t("download.caption"), columns, rows,
        again=pen.t("list.again"),
    )  # fmt: skip


# ---- a fund ------------------------------------------------------------------------------------


def fund(pen: Pen, one: Unit, found: Fund) -> Iterator[Written]:
    path = addresses.fund(one.code, found.code)
    facts = [
        (pen.t("fund.code"), found.code),
        (pen.t("fund.restriction"), pen.t(f"restriction.{found.restriction}")),
        (pen.t("fund.source"), pen.own(found.source) if found.source else pen.t("word.none")),
    ]
    columns = [Col(pen.t("fund.step")), Col(pen.t("col.amount"), NUM)]
    rows = [
        row(columns, (pen.t(f"fund.{part}"), _opened(pen, path, one, found, figure)))
        for part, figure in zip(_PARTS[:-1], _figures(found), strict=False)
    ]
    total = row(
        columns,
        (pen.t("fund.remaining"), _opened(pen, path, one, found, found.remaining)),
        style="total",
    )
    blocks = [
        section("moved", pen.t("fund.moved"), pen.t("fund.caption", period=pen.site.period),
                columns, rows, total=total, note=pen.t("fund.note"))
    ]  # fmt: skip
    if found.months:
        blocks.append(_by_month(pen, path, one, found))
    yield from draw(
        pen, path, pen.plain(found.name), blocks, crumbs=of_unit(pen, one.code), facts=facts,
        lead=pen.t(f"restriction_told.{found.restriction}"),
    )  # fmt: skip


def _by_month(pen: Pen, path: str, one: Unit, found: Fund) -> Block:
    columns = [Col(pen.t("col.month"), CODE), *_moved(pen)[1:]]
    there = set(months(one))
    rows, drawn = [], []
    for month in found.months:
        where = Where(addresses.journal(one.code, month.month)) if month.month in there else None
        amounts = month.came, month.spent, month.transferred, month.remaining
        cells = [pen.opening(path, figure) for figure in amounts]
        rows.append(row(columns, (pen.linked(path, where, month.month), *cells)))
        drawn += [
            Bar(f"{month.month} {pen.t('fund.came')}", month.came.fen, "a"),
            Bar(f"{month.month} {pen.t('fund.spent')}", month.spent.fen, "b"),
        ]
    picture = bars("months", pen.t("fund.chart"), pen.t("chart.told"), drawn[-2 * _MONTHS :])
    return beside(
        picture,
        section("by-month", pen.t("fund.months"), pen.t("fund.months_caption"), columns, rows,
                again=pen.t("list.again")),
    )  # fmt: skip


# ---- things ------------------------------------------------------------------------------------


def assets(pen: Pen, one: Unit) -> Iterator[Written]:
    path = addresses.of_unit(one.code, "assets.html")
    title = pen.t("assets.title", unit=pen.plain(one.name))
    yield from draw(
        pen, path, title, [_classes(pen, path, one.classes, one), made.of_classes(pen)],
        crumbs=of_unit(pen, one.code), lead=pen.t("assets.lead"),
    )  # fmt: skip


def _classes(pen: Pen, path: str, found: Sequence[AssetClass], one: Unit) -> Block:
    columns = [
        Col(pen.t("assets.class")), Col(pen.t("assets.count"), NUM), Col(pen.t("assets.cost"), NUM),
        Col(pen.t("assets.worn"), NUM), Col(pen.t("assets.net"), NUM),
    ]  # fmt: skip
    own_page = addresses.of_unit(one.code, "assets.html")
    how = made.place(own_page)

    def opened(figure: Figure | None) -> Markup:
        if figure is None:
            return Markup("")
        where = pen.figures.get(figure.ref, how)
        return pen.linked(path, where if figure.fen else None, money(figure.fen))

    rows = [
        row(columns, (pen.say(kind.name), pen.count(path, kind.count, how),
                      *(opened(part) for part in (kind.cost, kind.worn, kind.net))))
        for kind in found
    ]  # fmt: skip
    here = Where(path, "assets")
    sums = [
        # What is not told of one class is told of no sum.
        "" if any(part is None for part in parts)
        else _sums_to(pen, path, [sum(part.fen for part in parts if part)], here)[0]
        for parts in zip(*((kind.cost, kind.worn, kind.net) for kind in found), strict=True)
    ]  # fmt: skip
    count = pen.count(path, sum(kind.count for kind in found), here)
    total = row(columns, (pen.t("word.total"), count, *sums), style="total")
    drawn = [Bar(pen.plain(kind.name), kind.net.fen) for kind in found if kind.net]
    title: object = pen.t("assets.classes")
    if path != own_page:
        title = pen.linked(path, Where(own_page), pen.t("assets.classes"))
    picture = _picture(pen, "net", "assets.chart", drawn)
    block = section(
        "assets", title, pen.t("assets.caption", day=pen.site.last), columns, rows, total=total,
        again=pen.t("list.again"),
    )  # fmt: skip
    return beside(picture, block) if path == own_page else block
