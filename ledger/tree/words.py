"""The words of a federation: levels, tags of regions, ways of money, what is counted of a unit."""

from __future__ import annotations

from typing import Final

from ledger.errors import Words

#: Levels of a federation, from the top down.
LEVELS: Final = {
    "national": Words("全国", "national"),
    "province": Words("省级", "province"),
    "city": Words("市级", "city"),
    "county": Words("县级", "county"),
    "township": Words("乡镇街道", "township"),
    "grass-roots": Words("基层", "grass roots"),
}
#: Tags of a region that rules of support name.
REGIONS: Final = ("革命老区", "民族地区", "边疆地区", "贫困地区")
#: How a unit's money comes: from which finance, by its old way, within a village's, by itself.
CHANNELS: Final = {
    "district-finance": Words("区县财政", "district finance"),
    "original": Words("原渠道", "its old way"),
    "village": Words("列入村级组织经费", "within a village's funds"),
    "own": Words("自筹", "by itself"),
}
#: What is counted of a unit.
FIGURES: Final = {
    "heads": Words("人数", "heads"),
    "members": Words("会员", "members"),
    "staff": Words("专职人员", "staff"),
    "venues": Words("活动阵地", "venues"),
}
