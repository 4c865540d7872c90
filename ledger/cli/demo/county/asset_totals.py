"""What units keep for long and what became of it, as a text that can be read and compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts
from ledger.assets.marks import REQUEST
from ledger.assets.standing import AssetStanding, overdue, register
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Period
from ledger.registry import asset_requests, units
from ledger.registry.asset_requests import DONE, LEAVING
from ledger.stocktakes.standing import closed_in
from ledger.venues.calendar import clock
from ledger.venues.standing import stands

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.registry.asset_requests import RequestRow

#: The file with the totals of assets, in the folder of the demonstration.
ASSETS: Final = "assets.txt"
_NOMINAL: Final = 100


def asset_totals(registry: Registry, on: date) -> str:
    """Things by unit and class, by source and state, and what left, as of a day; lines of words."""
    with registry.read() as conn:
        names = [row.id for row in units.all_units(conn) if accounts.known(row.chart)]
    found = {unit: register(registry, unit, on) for unit in names}
    return "\n".join([
        *_by_class(found), *_counts(found), *_asked(registry, found),
        *_left(registry, found), *_away(found), *_counted(registry, names, on),
        *_venues(registry, names, on), "",
    ])  # fmt: skip


def _by_class(found: dict[str, list[AssetStanding]]) -> Iterator[str]:
    yield "资产 assets: unit, class, cards, cost, accumulated, net"
    for unit, every in found.items():
        of: dict[str, list[AssetStanding]] = defaultdict(list)
        for one in every:
            of[one.row.class_id].append(one)
        for class_id, inside in sorted(of.items()):
            yield f"{unit}  {class_id}  {_sums(inside)}"
        if every:
            yield f"{unit}  合计 total  {_sums(every)}"
    yield f"合计 total  {_sums(one for every in found.values() for one in every)}"


def _sums(every: Iterable[AssetStanding]) -> str:
    """Cards, cost, accumulated depreciation and net value; what is gone has a card, and no cost."""
    rows = list(every)
    amounts = (sum(getattr(one, name) for one in rows) for name in ("cost_fen", "worn_fen",
                                                                    "net_fen"))  # fmt: skip
    return "  ".join([str(len(rows)), *(Money(fen).text for fen in amounts)])


def _counts(found: dict[str, list[AssetStanding]]) -> Iterator[str]:
    every = [one for of in found.values() for one in of]
    for title, counted in (
        ("类别组 by group", Counter(one.group for one in every)),
        ("来源 by source", Counter(one.row.source for one in every)),
        ("权属 by ownership", Counter(one.row.ownership for one in every)),
        ("方法 by method", Counter(one.row.method or "-" for one in every)),
        ("状态 by state", Counter(one.state for one in every)),
    ):
        yield ""
        yield f"{title}: " + ", ".join(f"{key} {count}" for key, count in sorted(counted.items()))
    parts = sum(one.row.parent is not None for one in every)
    nominal = sum(one.cost_fen == _NOMINAL for one in every)
    worn = sum(one.cost_fen > 0 and one.row.method != "" and not one.net_fen for one in every)
    yield ""
    yield f"其中 among them: parts {parts}, nominal {nominal}, worn out and there {worn}"


def _asked(registry: Registry, found: dict[str, list[AssetStanding]]) -> Iterator[str]:
    yield ""
    yield "申请 requests: unit, code, kind, state, assets"
    for unit in found:
        for row, codes in _requests(registry, unit):
            yield f"{unit}  {row.code}  {row.kind}  {row.state}  {' '.join(codes)}"


def _left(registry: Registry, found: dict[str, list[AssetStanding]]) -> Iterator[str]:
    """What left the book, and what came of it less what that cost, in the fund that it stood in."""
    yield ""
    yield "处置 disposals: unit, kind, assets, fund, proceeds"
    for unit, every in found.items():
        gone = [one for one in _requests(registry, unit) if one[0].kind in LEAVING
                and one[0].state == DONE]  # fmt: skip
        if not gone:
            continue
        funds = {one.row.code: one.fund for one in every}
        came = _came(registry, unit)
        for row, codes in gone:
            of = " ".join(sorted({funds[code] for code in codes}))
            yield (
                f"{unit}  {row.kind}  {' '.join(codes)}  {of}"
                f"  {Money(sum(came[row.code, fund] for fund in of.split())).text}"
            )


def _requests(registry: Registry, unit: str) -> list[tuple[RequestRow, list[str]]]:
    with registry.read() as conn:
        rows = sorted(asset_requests.of_unit(conn, unit), key=lambda one: one.code)
        items = asset_requests.items(conn, unit, [row.code for row in rows])
    return [(row, items[row.code]) for row in rows]


def _came(registry: Registry, unit: str) -> dict[tuple[str, str], int]:
    """The money that each request brought, by fund, in fen; what is only settled nets out."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    model = Model.open(unit_folder(registry.folder, unit))
    money = [
        name for name, facts in model.accounts().items()
        if name.startswith("Assets:") and not facts.capital
    ]  # fmt: skip
    for line in model.lines(accounts=money):
        request = dict(line.meta).get(REQUEST)
        if request:
            found[request, line.fund] += line.amount.fen
    model.close()
    return found


def _away(found: dict[str, list[AssetStanding]]) -> Iterator[str]:
    yield ""
    yield "逾期未还 overdue: unit, asset, until, days"
    for unit, every in found.items():
        for one in overdue(every):
            yield f"{unit}  {one.row.code}  {one.until}  {one.overdue_days}"


def _counted(registry: Registry, names: list[str], on: date) -> Iterator[str]:
    yield ""
    yield "盘点 stocktakes: unit, code, day, expected, seen, away, missing, found, alarms"
    stood = [
        (unit, one)
        for unit in names
        for one in closed_in(registry, unit, on.replace(month=1, day=1), on)
    ]
    for unit, one in stood:
        told = one.as_json()
        keys = ("expected", "seen", "away", "missing", "found", "alarms")
        yield _line(unit, one.row.code, one.row.day, *(told[key] for key in keys))
    yield ""
    yield "盘点差异 differences: unit, stocktake, number, kind, asset, state, settled by"
    for unit, one in stood:
        for row in one.differences:
            how = row.last
            by = [how.way, how.request, how.asset] if how is not None else []
            yield _line(
                unit, one.row.code, row.row.number, row.row.kind, row.row.asset or "-", row.state,
                " ".join(filter(None, by)) or "-",
            )  # fmt: skip


def _venues(registry: Registry, names: list[str], on: date) -> Iterator[str]:
    yield ""
    yield "阵地 venues: unit, code, kind, owner, days open, hours, uses, used, heads, benefit, fees"
    year = Period(on.replace(month=1, day=1), on + timedelta(days=1))
    stood = [(unit, one) for unit in names for one in stands(registry, unit, year)]
    keys = ("code", "kind", "owner", "days_open", "hours_open", "uses", "hours", "heads",
            "benefit_share", "fees")  # fmt: skip
    for unit, one in stood:
        told = one.as_json()
        yield _line(unit, *(told[key] for key in keys))
    yield ""
    yield "共用 who uses: unit, venue, user, uses, hours, share of use, cost key"
    for unit, one in stood:
        for user, tally in one.by_user().items():
            yield _line(
                unit, one.row.code, one.names.get(user, user), tally.uses, clock(tally.minutes),
                one.share_text(tally.minutes), one.key_of(user) or "-",
            )  # fmt: skip


def _line(*parts: object) -> str:
    return "  ".join(map(str, parts))
