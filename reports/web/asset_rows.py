"""Assets on a page: sums by class and by state, the plan of one by years, and their pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.assets import life
from ledger.assets.standing import STATES
from ledger.errors import Words
from ledger.registry.assets import GONE, MEMO
from ledger.rules.assets import GROUPS
from reports.asset_figures import COST, NET, WORN
from reports.web.allocations import stacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ledger.assets.charging import Charge
    from ledger.assets.history import Step
    from ledger.assets.standing import AssetStanding
    from ledger.registry.assets import AssetRow, EstimateRow, UseRow
    from reports.web.allocations import Part

#: Fills that stand out on light and dark ground; a table beside the bar says the same.
NET_FILL: Final = ("#17595e", Words("净值", "net value"))
WORN_FILL: Final = ("#9fb8b3", Words("累计折旧", "depreciation"))
CHARGE_FILL: Final = (NET_FILL[0], Words("本月折旧", "charge of the month"))
_ORDER: Final = {group: place for place, group in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What the things of a class come to, in fen; ``bar`` is as long as the largest class's."""

    class_id: str
    words: Words
    group: str
    count: int
    cost_fen: int
    worn_fen: int
    bar: tuple[Part, ...] = ()

    @property
    def net_fen(self) -> int:
        return self.cost_fen - self.worn_fen

    def of(self, part: str) -> int:
        return {COST: self.cost_fen, WORN: self.worn_fen, NET: self.net_fen}[part]


def owned(found: Iterable[AssetStanding]) -> list[AssetStanding]:
    """Those that stand in the book: neither gone, nor somebody else's, nor still a draft."""
    return [one for one in found if one.cost_fen]


def by_class(found: Iterable[AssetStanding]) -> tuple[ClassRow, ...]:
    """The sums of each class that has anything in the book, in the order of registers."""
    groups: dict[str, list[AssetStanding]] = {}
    for one in owned(found):
        groups.setdefault(one.row.class_id, []).append(one)
    rows = [_row(class_id, of) for class_id, of in groups.items()]
    most = max((row.cost_fen for row in rows), default=0)
    rows.sort(key=lambda row: (_ORDER.get(row.group, len(_ORDER)), -row.cost_fen, row.class_id))
    return tuple(
        ClassRow(
            row.class_id, row.words, row.group, row.count, row.cost_fen, row.worn_fen,
            stacked(most, ((row.net_fen, *NET_FILL), (row.worn_fen, *WORN_FILL))),
        )
        for row in rows
    )  # fmt: skip


def _row(class_id: str, of: Sequence[AssetStanding]) -> ClassRow:
    return ClassRow(
        class_id, of[0].class_words, of[0].group, len(of), sum(one.cost_fen for one in of),
        sum(one.worn_fen for one in of),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """What the things of a class are charged with in a month, in fen."""

    class_id: str
    words: Words
    count: int
    fen: int
    bar: tuple[Part, ...]


def charges_by_class(
    due: Sequence[Charge], found: Iterable[AssetStanding]
) -> tuple[ChargeRow, ...]:
    """What is due of each class, the most first; ``found`` are the assets that it is due of."""
    known = {one.row.code: one for one in found}
    words = {one.row.class_id: one.class_words for one in known.values()}
    sums: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for one in due:
        class_id = known[one.row.code].row.class_id
        sums[class_id] += one.fen
        counts[class_id] += 1
    most = max(sums.values(), default=0)
    return tuple(
        ChargeRow(
            class_id, words[class_id], counts[class_id], fen,
            stacked(most, [(fen, *CHARGE_FILL)]),
        )
        for class_id, fen in sums.most_common()
    )  # fmt: skip


def total_of(rows: Iterable[ClassRow]) -> ClassRow:
    every = list(rows)
    return ClassRow(
        "", Words("合计", "Total"), "", sum(row.count for row in every),
        sum(row.cost_fen for row in every), sum(row.worn_fen for row in every),
    )  # fmt: skip


def by_state(found: Iterable[AssetStanding]) -> list[tuple[str, Words, int]]:
    """How many are in each state, those of no state left out; what is gone comes last."""
    counts = Counter(one.state for one in found)
    order = [state for state in STATES if state != GONE] + [GONE]
    return [(state, STATES[state], counts[state]) for state in order if counts[state]]


def memos(found: Iterable[AssetStanding]) -> int:
    """How many are noted that the unit does not own."""
    return sum(one.row.source == MEMO and one.state != GONE for one in found)


# ---- the plan of one ---------------------------------------------------------------------------

_TALL: Final = 90
_WIDEST: Final = 560
_STEP: Final = 40
#: Years of which every second is named below its bar; of longer lives every tenth is.
_NAMED: Final = 16


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an asset's life in fen: planned, charged by vouchers, and its net value after."""

    year: int
    planned_fen: int
    charged_fen: int
    net_fen: int
    x: int
    height: int
    is_charged: bool


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """The years as bars of net value, the first at the left."""

    width: int
    height: int
    bar: int
    every: int
    years: tuple[Year, ...]

    @property
    def is_long(self) -> bool:
        """Whether its table is longer than a page should be unasked."""
        return len(self.years) > _NAMED


def plan_of(
    row: AssetRow, estimates: Sequence[EstimateRow], uses: Sequence[UseRow], steps: Iterable[Step],
    begins: int,
) -> PlanPicture | None:  # fmt: skip
    """What wears of an asset year by year from ``begins`` on; None where nothing is planned.

    ``steps`` are its vouchers: what they charged stands beside the plan.
    """
    by_year: dict[int, int] = {}
    worn = 0
    for month, fen in life.plan(row, estimates, uses):
        worn += fen
        by_year[month.year] = worn
    charged = Counter[int]()
    for step in steps:
        if step.what == "depreciation" and step.voucher:
            charged[step.day.year] += step.fen
    found: list[Year] = []
    before = row.begun_fen
    shown = sorted(one for one in by_year if one >= begins)
    apart = max(4, min(_STEP, _WIDEST // max(1, len(shown))))
    for year in shown:
        after = by_year[year]
        net = row.cost_fen - after
        found.append(
            Year(
                year, after - before, charged[year], net, len(found) * apart,
                net * _TALL // row.cost_fen if row.cost_fen else 0, bool(charged[year]),
            )
        )  # fmt: skip
        before = after
    if not found:
        return None
    every = 2 if len(found) <= _NAMED else 10
    wide = len(found) * apart + _STEP  # the last name may stand beyond its bar
    return PlanPicture(wide, _TALL, apart * 3 // 4, every, tuple(found))
