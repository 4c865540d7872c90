"""What a rule says of lasting things: from which value on they are assets, and how they wear.

One table is one regime (``union-2021``), for the charts of accounts that it names. It holds classes
of assets (``computer``, ``vehicle``) with the lives that the rule fixes. A table without charts is
no regime of any book: it only stands beside one, as the tax law's least lives do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ledger.errors import Words

if TYPE_CHECKING:
    from ledger.rules.table import Head

#: Depreciation begins in the month of addition, and the month of removal is not charged any more;
#: or it begins in the month after, and the month of removal still is.
ADDITION: Final = "addition"
NEXT: Final = "next"
STARTS: Final = (ADDITION, NEXT)

STRAIGHT_LINE: Final = "straight-line"
UNITS: Final = "units"
DOUBLE_DECLINING: Final = "double-declining"
SUM_OF_YEARS: Final = "sum-of-years"
METHODS: Final[Mapping[str, Words]] = {
    STRAIGHT_LINE: Words("年限平均法", "straight-line"),
    UNITS: Words("工作量法", "units of use"),
    DOUBLE_DECLINING: Words("双倍余额递减法", "double declining balance"),
    SUM_OF_YEARS: Words("年数总和法", "sum of the years' digits"),
}

#: The kinds of things that registers and statements add up by.
GROUPS: Final[Mapping[str, Words]] = {
    "premises": Words("房屋及构筑物", "premises"),
    "general": Words("通用设备", "general equipment"),
    "special": Words("专用设备", "special equipment"),
    "furniture": Words("家具、用具、装具", "furniture and fittings"),
    "relics": Words("文物和陈列品", "relics and exhibits"),
    "books": Words("图书、档案", "books and archives"),
    "living": Words("动植物", "plants and animals"),
    "land": Words("土地", "land"),
    "intangible": Words("无形资产", "intangible assets"),
}
#: The groups that stand on other accounts than fixed assets do.
INTANGIBLE: Final = "intangible"
#: Residual values: the rule leaves none, or a unit chooses one.
NO_RESIDUAL: Final = "none"
CHOSEN: Final = "chosen"


@dataclass(frozen=True, slots=True)
class AssetTerm:
    """Where a term of the table is written (``timing``), and how well that is known."""

    name: str
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class AssetClass:
    """One class of assets; lives in months, None where the rule fixes none.

    ``usual`` is what is taken where nobody says another life. ``threshold`` is the fen from which
    one thing counts as an asset, None where the rule names no figure. ``starts`` and ``methods``
    are the table's, or the class's own. ``capital`` is the code of the account of expenditure that
    buying one is entered on, empty where the chart has none.
    """

    id: str
    name: Words
    group: str
    depreciated: bool
    least: int | None
    usual: int | None
    most: int | None
    threshold: int | None
    starts: str
    methods: tuple[str, ...]
    capital: str
    article: str
    confidence: str

    @property
    def charged_on_removal(self) -> bool:
        """Whether the month in which one is removed is charged: the other half of ``starts``."""
        return self.starts == NEXT

    def allows(self, life_months: int) -> bool:
        """Whether the rule lets such a life be chosen."""
        return (self.least is None or life_months >= self.least) and (
            self.most is None or life_months <= self.most
        )

    @property
    def lives(self) -> Words:
        """``不低于 72 个月``; empty where the rule fixes no life."""
        if self.least is not None and self.most is not None:
            return Words(
                f"{self.least} 至 {self.most} 个月", f"from {self.least} to {self.most} months"
            )
        if self.least is not None:
            return Words(f"不低于 {self.least} 个月", f"at least {self.least} months")
        if self.most is not None:
            return Words(f"不超过 {self.most} 个月", f"at most {self.most} months")
        return Words("", "")


@dataclass(frozen=True, slots=True)
class AssetTable:
    """A regime of assets.

    ``charts`` are the ids of the charts of accounts whose units it is for. ``general`` and
    ``special`` are the fen from which on equipment is an asset, None where the rule names no
    figure. ``starts`` and ``methods`` hold for every class that says nothing else. ``residual`` is
    :data:`NO_RESIDUAL` or :data:`CHOSEN`. ``nominal`` is the fen at which a thing of unknown value
    stands, None where it is only noted in a memo register. Things are counted at least every
    ``count_months``, None where the rule does not say.
    """

    head: Head
    charts: tuple[str, ...]
    general: int | None
    special: int | None
    starts: str
    methods: tuple[str, ...]
    residual: str
    nominal: int | None
    count_months: int | None
    terms: tuple[AssetTerm, ...]
    classes: tuple[AssetClass, ...]
    by_id: Mapping[str, AssetClass] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once for each of a hundred thousand assets.
        object.__setattr__(self, "by_id", {one.id: one for one in self.classes})

    def class_called(self, word: str) -> AssetClass | None:
        """A class by its id or its Chinese name."""
        return self.by_id.get(word) or next(
            (one for one in self.classes if one.name.zh == word), None
        )

    def term(self, name: str) -> AssetTerm | None:
        return next((term for term in self.terms if term.name == name), None)

    def stays(self, kind: AssetClass, cost_fen: int) -> bool:
        """Whether one at this cost keeps it: its class does not wear, or it stands nominally."""
        return not kind.depreciated or cost_fen == self.nominal

    def source_of(self, kind: AssetClass) -> str:
        """The document and the article that a class's life stands in."""
        return self.head.cite(kind.article)
