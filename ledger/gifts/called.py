"""Gifts and campaigns in words: how one was given, and how far it has come."""

from __future__ import annotations

from typing import Final

from ledger.errors import Words
from ledger.rules.tracing import FIFO, NAMED, PRO_RATA

WAYS: Final = {
    "money": Words("款", "money"),
    "things": Words("物", "things"),
    "service": Words("劳务", "service"),
}
STATES: Final = {
    "expected": Words("待收", "expected"),
    "held": Words("结存", "held"),
    "pending": Words("待条件或待转交", "pending"),
    "used": Words("已用完", "used"),
    "returned": Words("已退还", "returned"),
    "moved": Words("经同意转作他用", "moved with consent"),
    "defaulted": Words("未履行", "defaulted"),
    "memo": Words("备查", "memo"),
    "void": Words("作废", "void"),
}
CAMPAIGN_STATES: Final = {
    "waiting": Words("待开始审批", "waits to be opened"),
    "open": Words("进行中", "open"),
    "closing": Words("待结束审批", "waits to be closed"),
    "closed": Words("已结束", "closed"),
    "withdrawn": Words("已退回", "taken back"),
}
#: How gifts are followed through the fund.
RULES: Final = {
    FIFO: Words("先到先用", "first in, first out"),
    PRO_RATA: Words("按比例", "pro rata"),
    NAMED: Words("按指定", "as named"),
}
NATURES: Final = {
    "own": Words("", ""),
    "agency": Words("受托代理", "held for others"),
    "conditional": Words("附条件", "conditional"),
}
