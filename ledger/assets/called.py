"""Assets in words: where one came from, whose it is, and what is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.errors import Words
from ledger.registry import asset_requests as requests
from ledger.registry import assets

SOURCES: Final = {
    assets.BOUGHT: Words("购置", "bought"),
    assets.GRANTED: Words("拨入", "granted"),
    assets.GIFT: Words("受赠", "given"),
    assets.BUILT: Words("建成", "built"),
    assets.FOUND: Words("盘盈", "found by a count"),
    assets.MOVED_IN: Words("调入", "moved in"),
    assets.MEMO: Words("备查", "memo"),
}
OWNERSHIPS: Final = {
    assets.UNIT: Words("本单位", "the unit's"),
    assets.STATE: Words("国有", "the state's"),
    assets.EMPLOYER: Words("所在单位", "the employer's"),
    assets.OTHER: Words("其他", "somebody else's"),
}
KINDS: Final = {
    requests.MOVE: Words("变更保管", "move"),
    requests.TRANSFER: Words("无偿调出", "transfer to another unit"),
    requests.LOAN: Words("出借", "loan"),
    requests.LEASE: Words("出租", "lease"),
    requests.REPAIR: Words("送修", "repair"),
    requests.SCRAP: Words("报废", "scrapping"),
    requests.SALE: Words("出售", "sale"),
    requests.DONATION: Words("对外捐赠", "donation"),
    requests.LOSS: Words("盘亏", "loss"),
    requests.ESTIMATE: Words("重新估计", "new estimate"),
    requests.CORRECTION: Words("更正", "correction"),
}
REQUEST_STATES: Final = {
    requests.WAITING: Words("待审批", "waits"),
    requests.APPROVED: Words("已批准", "approved"),
    requests.REFUSED: Words("未批准", "refused"),
    requests.WITHDRAWN: Words("已撤回", "withdrawn"),
    requests.ACCEPTED: Words("接收方已同意", "agreed by who receives"),
    requests.HANDED: Words("已交接", "handed over"),
    requests.DONE: Words("已办结", "done"),
}
EVENTS: Final = {
    assets.ADDED: Words("建卡", "card made"),
    assets.MOVED: Words("变更保管", "moved"),
    assets.LENT: Words("借出", "lent"),
    assets.LEASED: Words("出租", "leased"),
    assets.REPAIRING: Words("送修", "sent to repair"),
    assets.RETURNED: Words("归还", "returned"),
    assets.GONE: Words("处置", "gone"),
    assets.BACK: Words("退回登记", "back in the book"),
}
#: Why a thing may be scrapped, in the words of the regulation.
GROUNDS: Final[Mapping[str, Words]] = {
    "worn-out": Words("超过使用年限，不能满足需要", "past its life, of no use any more"),
    "obsolete": Words("因技术原因确需淘汰", "obsolete"),
    "damaged": Words("无法维修", "damaged"),
    "beyond-repair": Words("无维修价值", "not worth a repair"),
    "disaster": Words("不可抗力毁损", "destroyed by a disaster"),
    "lost": Words("非正常损失", "lost"),
}
#: Custody, and what vouchers do to a thing (:mod:`ledger.assets.history`).
STEPS: Final[Mapping[str, Words]] = {
    **EVENTS,
    "cost": Words("原值", "cost"),
    "depreciation": Words("折旧", "depreciation"),
}
