"""Where at the desk what a checklist found is settled: by item, places and who may go on there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Words

if TYPE_CHECKING:
    from ledger.checklist.items import Item
    from ledger.period import Month


@dataclass(frozen=True, slots=True)
class Place:
    """A page, or a form of the same page, that helps whoever holds ``right``.

    ``href`` names the unit as ``{unit}``, the month as ``{month}`` and its year as ``{year}``.
    """

    href: str
    words: Words
    right: str = "browse"


_WAIVE: Final = Place("#waive", Words("申请暂缓", "Have it waived"), "record")
_COUNT: Final = Place("#count", Words("登记盘点或函证", "Enter a count"), "handle-cash")
_RECONCILE: Final = Place(
    "/desk/{unit}/reconcile?period={month}", Words("对账", "Reconcile"), "browse"
)
_INBOX: Final = Place("/desk/{unit}/", Words("导入与逐笔处理", "Import and settle lines"))
_ENTER: Final = Place("/desk/{unit}/drafts/new", Words("填制凭证", "New voucher"), "record")
_VOUCHERS: Final = Place("/vouchers/{unit}/", Words("凭证", "Vouchers"))
#: By the key of a checklist's item. The order of months and the book itself have no other remedy
#: than what their findings say.
PLACES: Final = {
    "lines": (_INBOX,),
    "drafts": (Place("/desk/{unit}/queue", Words("审核、改正或撤回", "Decide about them")),),
    "file": (_ENTER,),
    "bank": (_RECONCILE, _INBOX, _COUNT, _WAIVE),
    "papers": (_WAIVE, _VOUCHERS),
    "waivers": (Place("#end", Words("补交或了结", "Hand it in, or end it"), "record"),),
    "numbers": (_VOUCHERS,),
    "funds": (
        Place("/statements/{unit}/funds/{month}", Words("资金报表", "Statement of funds")), _ENTER,
    ),
    "transfers": (Place("/desk/{unit}/transfers", Words("单位往来", "Transfers")), _WAIVE),
    "clearing": (_RECONCILE, _INBOX),
    "assets": (
        Place("/desk/{unit}/assets", Words("资产清册", "Register of assets")), _ENTER,
    ),
    "stocktakes": (Place("/desk/{unit}/stocktakes", Words("盘点", "Stocktakes")),),
    "year-end": (
        Place("/desk/{unit}/year-end?year={year}", Words("办理年末结转", "Carry the year over")),
    ),
}  # fmt: skip


def remedies(
    item: Item, unit: str, month: Month, rights: frozenset[str]
) -> tuple[tuple[str, Words], ...]:
    """The addresses that help with what an item found, for these rights; none if it found nothing.

    What is a form of the page itself is an anchor, such as ``#waive``.
    """
    if not item.findings:
        return ()
    return tuple(
        (place.href.format(unit=unit, month=month, year=month.year), place.words)
        for place in PLACES.get(item.key, ())
        if place.right in rights
    )
