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
