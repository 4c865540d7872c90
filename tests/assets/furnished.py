"""A unit with things of several classes, sources and states, up to May 2026."""

from __future__ import annotations

from datetime import date

from ledger.money import Money, yuan
from tests.assets.keeping import Keeping

#: The months that were charged, and those after them.
CHARGED = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")


def furnish(keeping: Keeping) -> Keeping:
    """
    FA-00001 a computer and FA-00002 a floor of the state's, from before the book
    FA-00003 a notebook, lent in May; FA-00004 a projector, sold in May; FA-00005 a cupboard
    FA-00006 a copier of the state's that was granted, whose scrapping is asked for
    FA-00007 a table that the employer lends: memo; FA-00008 a computer that was bought in May and
    is not charged yet
    """
    keeping.own(
        opening=True, acquired=date(2024, 3, 10), cost=yuan("6000.00"),
        depreciated=yuan("1833.33"),
    )  # fmt: skip
    keeping.own(
        name="办公楼一层", class_id="building-concrete", opening=True, ownership="state",
        acquired=date(2015, 1, 5), cost=yuan("800000.00"), depreciated=yuan("176000.00"),
        place="人民路 8 号", life_months=600,
    )  # fmt: skip
    notebook = keeping.own(name="笔记本电脑", acquired=date(2026, 2, 15))
    projector = keeping.own(
        name="投影仪", class_id="office", acquired=date(2026, 3, 3), cost=yuan("8600.00"),
        place="会议室",
    )  # fmt: skip
    keeping.own(
        name="文件柜", class_id="furniture", acquired=date(2026, 3, 20), cost=yuan("2400.00"),
        place="档案室",
    )  # fmt: skip
    copier = keeping.own(
        name="复印机", class_id="office", source="granted", acquired=date(2026, 4, 2),
        cost=yuan("15000.00"), decision="拨〔2026〕3号", ownership="state",
    )  # fmt: skip
    keeping.own(
        name="会议桌", class_id="furniture", source="memo", ownership="employer", cost=Money(0),
        acquired=date(2026, 1, 10), place="会议室",
    )  # fmt: skip
    keeping.wear(*CHARGED[:-1])
    keeping.leave("sale", projector)
    keeping.handed("loan", notebook)
    keeping.wear(CHARGED[-1])
    keeping.own(name="工作站", acquired=date(2026, 5, 2), cost=yuan("5200.00"))
    keeping.ask("scrap", copier)
    return keeping
