"""Figures of gifts, and the vouchers behind each: of a campaign, of one gift, of a unit's gifts.

A reference is ``<unit>/gifts/<day>/<code>/<part>``, where the code is a campaign's, a gift's, a
kind of gifts, or ``all``. A line is what one voucher did to one gift, so that lines add up to the
figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Words, finding
from ledger.gifts.standing import (
    CampaignStanding,
    GiftStanding,
    campaign_standing,
    gift_standing,
    gift_standings,
)
from ledger.money import Money
from ledger.registry import campaigns, gifts
from reports.statement import Backing, VoucherLine

if TYPE_CHECKING:
    from ledger.gifts.following import Followed, Use
    from ledger.registry import Registry

NAME: Final = "gifts"
ALL: Final = "all"
RAISED, USED, HELD, RETURNED = "raised", "used", "held", "returned"
SPENT, UNTRACED = "spent", "untraced"
#: What became of gifts; each of :data:`HELD`'s lines is one of the others'.
PARTS: Final = {
    RAISED: Words("收到", "Raised"),
    USED: Words("使用", "Used"),
    HELD: Words("结存", "Held"),
    RETURNED: Words("退还", "Returned"),
}
#: What the fund of a campaign spent, and what of that no gift gave.
OF_FUND: Final = {
    SPENT: Words("资金支出", "Spent by the fund"),
    UNTRACED: Words("未追溯", "Untraced"),
}


def ref(unit: str, on: date, code: str, part: str) -> str:
    """The reference of a figure, which ``mingbai show`` opens too."""
    return f"{unit}/{NAME}/{on.isoformat()}/{code}/{part}"


def backing(registry: Registry, unit: str, on: str, code: str, part: str) -> Backing:
    """What stands behind a figure; Refused for one that is none."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise _none(unit, on, code, part) from None
    if part not in PARTS and not (code.startswith(campaigns.PREFIX) and part in OF_FUND):
        raise _none(unit, on, code, part)
    reference = ref(unit, day, code, part)
    if code.startswith(campaigns.PREFIX):
        one = campaign_standing(registry, unit, code, day)
        found, called = _of_campaign(one, part), Words(one.row.name, one.row.name_en)
    elif code == ALL or code in gifts.KINDS:
        every = gift_standings(registry, unit, day)
        found = _of_gifts([one for one in every if code in (ALL, one.row.kind)], part)
        called = Words("全部捐赠", "All gifts") if code == ALL else Words(f"捐赠 {code}", code)
    else:
        found, called = _of_gifts([gift_standing(registry, unit, code, day)], part), Words(code, "")
    words = (PARTS | OF_FUND)[part]
    label = Words(f"{called.zh} · {words.zh}", f"{called.en or called.zh} · {words.en}")
    lines = tuple(sorted(found, key=lambda line: (line.day, line.number, line.narration)))
    return Backing(reference, label, None, lines, Money(sum(line.amount.fen for line in lines)))


def _of_campaign(one: CampaignStanding, part: str) -> Iterator[VoucherLine]:
    fund = one.fund
    if part not in OF_FUND:
        for gift in fund.gifts.values():
            yield from _of_parts(gift.code, [gift], one.row.fund, part)
        return
    for spent, fen in fund.spendings():
        fen = fen if part == SPENT else fund.untraced.get(spent.number, 0)
        if fen:
            yield VoucherLine(
                spent.number, spent.day, spent.purpose, "", one.row.fund, Money(fen), spent.papers
            )


def _of_gifts(found: Iterable[GiftStanding], part: str) -> Iterator[VoucherLine]:
    for one in found:
        fund = one.row.fund if len(one.parts) == 1 else ""
        yield from _of_parts(one.row.code, one.parts, fund, part)


def _of_parts(code: str, parts: Sequence[Followed], fund: str, part: str) -> Iterator[VoucherLine]:
    """What a gift's vouchers did to it; what only changed its fund is no receipt and no return."""
    for one in parts:
        if part in (RAISED, HELD):
            for use in one.came:
                if part == HELD or use.voucher not in one.moves:
                    yield _line(code, use, fund)
        if part == USED:
            for use in one.uses:
                yield _line(code, use, fund)
        if part == RETURNED:
            for use in one.returns:
                if use.voucher not in one.moves:
                    yield _line(code, use, fund)
        if part == HELD:
            for use in (*one.uses, *one.returns):
                yield _line(code, use, fund, sign=-1)


def _line(code: str, use: Use, fund: str, sign: int = 1) -> VoucherLine:
    words = f"{code} {use.purpose}".strip()
    return VoucherLine(use.voucher, use.day, words, "", fund, Money(sign * use.fen), use.papers)


def _none(unit: str, on: str, code: str, part: str) -> Refused:
    asked = f"{unit}/{NAME}/{on}/{code}/{part}"[:100]
    return Refused(
        finding(
            "unknown-ref", f"没有这个数字：{asked}", f"there is no such figure: {asked}",
            "写作 单位/gifts/2026-06-30/HD2026-0001-4/used", "write UNIT/gifts/DAY/CODE/PART",
        )
    )  # fmt: skip
