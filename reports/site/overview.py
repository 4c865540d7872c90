"""The federation, a unit, a fund, and things by class: what there is, and where it opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from reports.site import addresses, told
from reports.site.charts import MOST, Bar, bars, largest
from reports.site.drawing import Pen, Where, money, size_text
from reports.site.journals import months
from reports.site.lists import Written, beside, draw, home, of_unit
from reports.site.model import AssetClass, Download, Figure, Fund, Unit
from reports.site.packing import Block
from reports.site.tables import CODE, NUM, Col, row, section
from reports.statement import Statement

#: What stands where nothing was said.
NONE: Final = "—"

# ---- the federation ----------------------------------------------------------------------------


def index(pen: Pen) -> Iterator[Written]:
    site, path = pen.site, addresses.INDEX
    facts = (
        (pen.t("fact.period"), pen.t("fact.days", first=site.first, last=site.last)),
        (pen.t("fact.on"), site.on.isoformat()),
        (pen.t("fact.audience"), pen.t(f"audience.{site.audience}")),
        (pen.t("fact.units"), str(len(site.units))),
        (pen.t("fact.vouchers"), f"{sum(len(one.vouchers) for one in site.units):,}"),
    )
    blocks = [_units(pen, path), told.missing_by_unit(pen, path), told.published(pen, path)]
    yield from draw(
        pen, path, pen.plain(site.name), blocks,
        lead=pen.t("index.lead", period=site.period), facts=facts,
    )  # fmt: skip


def _units(pen: Pen, path: str) -> Block:
    columns = [Col(pen.t("col.unit")), Col(pen.t("col.level")), *_moved(pen)]
    rows, all_of_them = [], [0] * 5
    for depth, unit in pen.site.tree():
        sums = _sums(unit.funds)
        all_of_them = [one + other for one, other in zip(all_of_them, sums, strict=True)]
        name = pen.linked(path, Where(addresses.unit(unit.code)), pen.say(unit.name))
        if depth:
            name = Markup('<span class="in{}">{}</span>').format(min(depth, 4), name)
        # Each sum leads to the funds that make it up.
        where = Where(addresses.unit(unit.code), "funds")
        cells = [pen.linked(path, where if fen else None, money(fen)) for fen in sums]
        rows.append(row(columns, (name, pen.say(unit.level) or NONE, *cells)))
    total = row(columns, (pen.t("word.total"), "", *map(money, all_of_them)), style="total")
    block = section(
        "units", pen.t("index.units"), pen.t("index.caption", period=pen.site.period), columns,
        rows, total=total, note=pen.t("index.note"), again=pen.t("list.again"),
    )  # fmt: skip
    drawn = [Bar(pen.plain(unit.name), _sums(unit.funds)[2]) for _, unit in pen.site.tree()]
    return beside(_picture(pen, "spent", "index.chart", drawn), block) if len(drawn) > 1 else block


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
    facts: list[tuple[str, object]] = [(pen.t("col.level"), pen.say(one.level) or NONE)]
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
        yield _seals(pen, one)
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
    total = row(columns, (pen.t("word.total"), "", *map(money, _sums(one.funds))), style="total")
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
        amounts = map(money, (found.raised, found.used, found.held, found.returned))
        rows.append(
            row(columns, (pen.linked(path, where, pen.say(found.name)),
                          pen.t(f"campaign.{found.state}"), *amounts, f"{len(found.gifts):,}"))
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
        rows.append(row(columns, (pen.linked(path, where, month), f"{count:,}")))
    title, caption = pen.t("unit.journal"), pen.t("unit.journal_caption")
    return section("journal", title, caption, columns, rows, again=pen.t("list.again"))


def _seals(pen: Pen, one: Unit) -> Block:
    columns = [
        Col(pen.t("col.month"), CODE), Col(pen.t("seal.version"), NUM),
        Col(pen.t("seal.size"), NUM), Col(pen.t("seal.root"), CODE), Col(pen.t("seal.key"), CODE),
    ]  # fmt: skip
    rows = [
        row(columns, (seal.month, str(seal.version), f"{seal.size:,}",
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
        pen, path, title, [_classes(pen, path, one.classes, one)], crumbs=of_unit(pen, one.code),
        lead=pen.t("assets.lead"),
    )  # fmt: skip


def _classes(pen: Pen, path: str, found: Sequence[AssetClass], one: Unit) -> Block:
    columns = [
        Col(pen.t("assets.class")), Col(pen.t("assets.count"), NUM), Col(pen.t("assets.cost"), NUM),
        Col(pen.t("assets.worn"), NUM), Col(pen.t("assets.net"), NUM),
    ]  # fmt: skip
    rows = [
        row(columns, (pen.say(kind.name), f"{kind.count:,}", pen.opening(path, kind.cost),
                      pen.opening(path, kind.worn), pen.opening(path, kind.net)))
        for kind in found
    ]  # fmt: skip
    sums = [
        sum(part)
        for part in zip(*((k.cost.fen, k.worn.fen, k.net.fen) for k in found), strict=True)
    ]
    count = sum(kind.count for kind in found)
    total = row(
        columns, (pen.t("word.total"), f"{count:,}", *map(money, sums or (0, 0, 0))), style="total"
    )
    drawn = [Bar(pen.plain(kind.name), kind.net.fen) for kind in found]
    own_page = addresses.of_unit(one.code, "assets.html")
    title: object = pen.t("assets.classes")
    if path != own_page:
        title = pen.linked(path, Where(own_page), pen.t("assets.classes"))
    picture = _picture(pen, "net", "assets.chart", drawn)
    block = section(
        "assets", title, pen.t("assets.caption", day=pen.site.last), columns, rows, total=total,
        again=pen.t("list.again"),
    )  # fmt: skip
    return beside(picture, block) if path == own_page else block
