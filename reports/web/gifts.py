"""Campaigns and gifts on a page: what things are called, their pictures, and their last days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.disclosing.words import NAMES, NEARING
from ledger.errors import Words
from ledger.registry import campaigns, donors, gifts
from reports.web.allocations import stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ledger.disclosing.deadlines import Deadlines
    from ledger.gifts.standing import CampaignStanding, GiftStanding
    from ledger.rules.deadlines import Duty
    from reports.web.allocations import Part

KINDS: Final = {
    gifts.CASH: Words("款项", "money"),
    gifts.PLATFORM: Words("平台", "by a platform"),
    gifts.GOODS: Words("物资", "goods"),
    gifts.ASSET: Words("固定资产", "fixed asset"),
    gifts.SERVICE: Words("劳务", "services"),
    gifts.PLEDGE: Words("承诺", "pledge"),
    gifts.MEMO: Words("备查", "memo"),
}
NATURES: Final = {
    gifts.OWN: Words("本单位", "own"),
    gifts.AGENCY: Words("受托代理", "held for others"),
    gifts.CONDITIONAL: Words("附条件", "conditional"),
}
EVENTS: Final = {
    gifts.CHANGED: Words("改变用途", "another purpose"),
    gifts.DEFAULTED: Words("不再履行", "not kept"),
    gifts.VOID: Words("作废", "void"),
}
BASES: Final = {
    "invoice": Words("发票", "invoice"),
    "fair-value": Words("公允价值", "fair value"),
    "appraisal": Words("评估", "appraisal"),
    "nominal": Words("名义金额", "nominal"),
}
DONORS: Final = {
    donors.PERSON: Words("个人", "person"),
    donors.COMPANY: Words("单位", "organisation"),
    donors.ANONYMOUS: Words("匿名", "anonymous"),
}
CONSENTS: Final = {
    donors.NAMED: Words("实名", "named"),
    donors.MASKED: Words("隐名", "masked"),
    donors.UNNAMED: Words("匿名", "anonymous"),
}
#: Fills that stand out on light and dark ground; a table beside the bar says the same.
_USED: Final = ("#17595e", Words("使用", "used"))
_RETURNED: Final = ("#7a6a3a", Words("退还", "returned"))
_HELD: Final = ("#6fb1b5", Words("结存", "held"))
_PENDING: Final = ("#b8a6d4", Words("待条件或待转交", "pending"))
_REST: Final = ("#d8d5cb", Words("距目标", "short of the target"))
_EXPECTED: Final = ("#d8d5cb", Words("待收", "expected"))
_SOON: Final = 30  # days


def gift_bar(one: GiftStanding) -> tuple[Part, ...]:
    """What became of what came of a gift, and what is still to come."""
    expected = one.expected_fen if one.row.kind != gifts.MEMO else 0
    return stacked(
        one.received_fen + expected,
        (
            (one.used_fen, *_USED),
            (one.returned_fen, *_RETURNED),
            (one.held_fen - one.pending_fen, *_HELD),
            (one.pending_fen, *_PENDING),
            (expected, *_EXPECTED),
        ),
    )


def campaign_bar(one: CampaignStanding) -> tuple[Part, ...]:
    """What became of what a campaign raised, of its target if that is more."""
    raised = one.used_fen + one.returned_fen + max(0, one.held_fen)
    short = max(0, one.row.target_fen - one.raised_fen)
    return stacked(
        raised + short,
        (
            (one.used_fen, *_USED),
            (one.returned_fen, *_RETURNED),
            (one.held_fen, *_HELD),
            (short, *_REST),
        ),
    )


@dataclass(frozen=True)
class LastDay:
    """A day by which something has to be public, or that comes near; ``left`` days from ``on``.

    ``page`` is where what it is about is shown: ``campaigns/…`` or ``gifts/…``; empty for a year.
    ``cite`` is the article that asks for it, ``alarm`` that it is overdue or near.
    """

    day: date
    code: str
    page: str
    what: Words
    left: int
    cite: str = ""
    alarm: bool = False


def last_days(found: Deadlines, code: str = "") -> Sequence[LastDay]:
    """What is owed and what comes near, the nearest first; of one campaign alone, if given."""
    told = [_owed(duties, found.on) for duties in _alike(found)]
    for near in found.nearing:
        left = (near.day - found.on).days
        told.append(
            LastDay(
                near.day, near.subject, _page(near.subject), NEARING[near.kind], left,
                alarm=left <= _SOON and near.kind != "until",
            )
        )  # fmt: skip
    shown = [one for one in told if code in ("", one.code)]
    return sorted(shown, key=lambda one: (one.day, one.code))


def _alike(found: Deadlines) -> Iterator[list[Duty]]:
    """What is due, one by one; what is overdue of one thing and kind together."""
    overdue: dict[tuple[str, str], list[Duty]] = {}
    for owed in found.of("overdue"):
        overdue.setdefault((owed.duty.duty, owed.duty.subject), []).append(owed.duty)
    yield from overdue.values()
    for owed in found.of("due"):
        yield [owed.duty]


def _owed(duties: list[Duty], on: date) -> LastDay:
    first, name = duties[0], NAMES[duties[0].duty]
    many = Words(f"，{len(duties)} 期", f", {len(duties)} of them") if duties[1:] else Words("", "")
    days = f"{first.first} – {duties[-1].last}"
    return LastDay(
        first.due, first.subject, _page(first.subject),
        Words(f"{name.zh}（{days}{many.zh}）", f"{name.en}{many.en}"), (first.due - on).days,
        first.rule.head.cite(first.rule.article), first.due < on,
    )  # fmt: skip


def _page(subject: str) -> str:
    if subject.startswith(campaigns.PREFIX):
        return f"campaigns/{subject}"
    return f"gifts/{subject}" if subject.startswith(gifts.PREFIX) else ""
