"""What duties, publications and nearing days are called."""

from __future__ import annotations

from typing import Final

from ledger.errors import Words

#: Duties by what they are called in rules, and what may be published.
NAMES: Final = {
    "emergency": Words("应急募捐公开", "of an emergency"),
    "interim": Words("定期公开", "interim"),
    "closing": Words("结束后全面公开", "closing"),
    "partner": Words("合作方评估", "of a partner"),
    "leftover": Words("剩余财产处理", "of the rest"),
    "related-party": Words("关联交易", "of a related party"),
    "major": Words("重大事项", "of a major item"),
    "annual": Words("年度报告", "yearly report"),
    "emergency-over": Words("应急阶段结束", "end of the emergency"),
    "party-members": Words("向党员公布党费", "Party dues, to members"),
    "party-congress": Words("向大会报告党费", "Party dues, to the congress"),
    "party-superior": Words("向上级报告党费", "Party dues, to above"),
    "league-members": Words("向团员公布团费", "League dues, to members"),
    "league-superior": Words("向上级报告团费", "League dues, to above"),
    "union-budget": Words("工会预算", "union budget"),
    "union-accounts": Words("工会决算", "union accounts"),
    "union-audit": Words("经费审查", "audit of union funds"),
    "union-monthly": Words("工会月报", "monthly union forms"),
    "union-yearly": Words("工会年报", "yearly union forms"),
    "allocation": Words("拨款公开", "allocation"),
    "dues-standard": Words("会费标准", "resolution on dues"),
    "dues-accounts": Words("会费收支", "dues and their use"),
    "asset-count": Words("资产盘点", "count of assets"),
    "asset-report": Words("国有资产报告", "report on state-owned assets"),
    "venue-hours": Words("阵地开放公布", "hours of venues"),
    "accounts": Words("年度财务报告", "yearly accounts"),
    "report-upper": Words("年度工作报告（主管单位）", "yearly report, to the unit in charge"),
    "report-registrar": Words("年度报告（登记机关）", "yearly report, to the registrar"),
    "decision": Words("决议公开", "decision made public"),
    "outcome": Words("结果公开", "outcome made public"),
    "objection": Words("答复意见", "answer to an objection"),
}
#: What duties are listed under.
STREAMS: Final = {
    "party": Words("党费", "Party dues"),
    "league": Words("团费", "League dues"),
    "union": Words("工会经费", "union funds"),
    "allocations": Words("拨款", "allocations"),
    "association": Words("会费", "association dues"),
    "gifts": Words("捐赠", "gifts"),
    "assets": Words("资产", "assets"),
    "venues": Words("阵地", "venues"),
    "accounts": Words("财务报告", "accounts"),
    "decisions": Words("四议两公开", "decisions"),
    "objections": Words("意见", "objections"),
}
#: How a line of the calendar stands.
STATES: Final = {
    "met": Words("已公开", "met"),
    "met-late": Words("迟公开", "met late"),
    "due": Words("待公开", "due"),
    "overdue": Words("逾期", "overdue"),
    "waiting": Words("已登记待确认", "waits for confirmation"),
    "no-rule": Words("没有装入规则", "no rule loaded"),
}
#: Days of gifts' own that come near.
NEARING: Final = {
    "until": Words("此日起可用", "may be used from"),
    "condition": Words("条件未达成", "condition not met by"),
    "campaign-end": Words("活动结束", "campaign ends"),
}


def both(words: Words) -> str:
    """In Chinese and English, as a line of text has it."""
    return f"{words.zh} {words.en}"
