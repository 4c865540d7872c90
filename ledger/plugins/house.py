"""The house's rules about vouchers, as a Beancount plugin.

Every transaction is a voucher with its number, maker and checker; nobody checks their own; above
the unit's limit two checkers sign; numbers are gapless per class and month; a reversal takes back
exactly one voucher; things go only from where they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core import convert, data

from ledger import lots
from ledger.account import is_budgetary

__plugins__ = ("house",)

_NUMBER = re.compile(r"(收|付|转)-([0-9]{4})([0-9]{2})-([0-9]{4,})")
_NEEDED: Final = ("voucher", "id", "unit", "seq", "maker", "checker", "posted", "source", "chain")


class HouseError(NamedTuple):
    source: data.Meta
    message: str
    entry: Any


def house(
    entries: data.Directives, _options: dict[str, Any], _config: str | None = None
) -> tuple[data.Directives, list[HouseError]]:
    """The entries as they are, and an error for every breach."""
    vouchers = [entry for entry in entries if isinstance(entry, data.Transaction)]
    errors = [
        HouseError(entry.meta, message, entry)
        for entry in entries
        for message in _entry_faults(entry)
    ]
    errors += _limit_faults(vouchers, _limit(entries))
    errors += _number_faults(vouchers)
    errors += _reversal_faults(vouchers)
    errors += _lot_faults(vouchers)
    return entries, errors


def _entry_faults(entry: Any) -> Iterator[str]:
    if isinstance(entry, data.Pad):
        yield "pad 不允许 pad is banned: it hides what is missing"
    if not isinstance(entry, data.Transaction):
        return
    missing = [key for key in _NEEDED if not entry.meta.get(key)]
    if missing:
        yield f"凭证缺少 this voucher lacks: {', '.join(missing)}"
        return
    number = _NUMBER.fullmatch(str(entry.meta["voucher"]))
    if number is None or f"{entry.date:%Y%m}" != number[2] + number[3]:
        yield f"凭证号与月份不符 the number does not fit the month: {entry.meta['voucher']}"
    if entry.meta["maker"] in str(entry.meta["checker"]).split():
        yield "制单人审核了自己的凭证 the maker checked their own voucher"
    if entry.flag != "*":
        yield "凭证以 * 标记 a posted voucher is marked *"


def _limit(entries: data.Directives) -> Any:
    """The size above which the unit demands two checkers, as its own facts say; None without."""
    facts = (
        entry.meta.get("limit")
        for entry in entries
        if isinstance(entry, data.Custom) and entry.type == "unit"
    )
    return next(facts, None)


def _limit_faults(vouchers: list[Any], limit: Any) -> Iterator[HouseError]:
    for entry in vouchers:
        if limit is None or len(set(str(entry.meta.get("checker", "")).split())) > 1:
            continue
        if _size(entry) > limit.number:
            message = f"超过 {limit} 须两人审核 above {limit} two checkers sign"
            yield HouseError(entry.meta, message, entry)


def _size(entry: Any) -> Any:
    """The debits of a voucher, or of its budgetary half if that is larger."""
    sums = [Decimal(0), Decimal(0)]
    for posting in entry.postings:
        weight = convert.get_weight(posting).number  # type: ignore[no-untyped-call]
        if weight > 0:
            sums[is_budgetary(posting.account)] += weight
    return max(sums)


def _number_faults(vouchers: list[Any]) -> Iterator[HouseError]:
    series: dict[tuple[str, str], list[tuple[int, Any]]] = defaultdict(list)
    for entry in vouchers:
        number = _NUMBER.fullmatch(str(entry.meta.get("voucher", "")))
        if number:
            series[number[1], number[2] + number[3]].append((int(number[4]), entry))
    for (kind, month), found in sorted(series.items()):
        found.sort(key=lambda item: item[0])
        for place, (ordinal, entry) in enumerate(found, start=1):
            if ordinal != place:
                message = f"凭证号不连续 voucher numbers have a gap: {kind}-{month}-{place:04d}"
                yield HouseError(entry.meta, message, entry)
                break


def _reversal_faults(vouchers: list[Any]) -> Iterator[HouseError]:
    by_number = {entry.meta.get("voucher"): entry for entry in vouchers}
    reversed_: dict[str, Any] = {}
    for entry in vouchers:
        target = entry.meta.get("reverses")
        if target is None:
            continue
        original = by_number.get(target)
        if original is None:
            message = f"冲销的凭证不存在 what it reverses does not exist: {target}"
        elif target in reversed_:
            message = f"重复冲销 reversed twice: {target}"
        elif _lines(original, -1) != _lines(entry, 1):
            message = f"冲销与原凭证不符 the reversal does not take back {target} exactly"
        else:
            reversed_[target] = entry
            continue
        yield HouseError(entry.meta, message, entry)


def _lot_faults(vouchers: list[Any]) -> Iterator[HouseError]:
    of_move = {id(move): (move, entry) for entry in vouchers for move in _lot_moves(entry)}
    for move, fault in lots.lot_faults(move for move, _ in of_move.values()):
        entry = of_move[id(move)][1]
        message = f"[{fault.rule}] {fault.what.zh} {fault.what.en}"
        yield HouseError(entry.meta, message, entry)


def _lot_moves(entry: Any) -> Iterator[lots.LotMove]:
    for posting in entry.postings:
        if posting.cost is not None:
            yield lots.LotMove(
                entry.date,
                posting.account,
                posting.units.currency,
                posting.units.number,
                f"{posting.cost.number} {posting.cost.currency}",
                posting.cost.label,
            )


def _lines(entry: Any, sign: int) -> list[tuple[str, str, str, str]]:
    return sorted(
        (
            posting.account,
            str((posting.meta or {}).get("fund", "")),
            str(posting.units.number * sign),
            posting.units.currency,
        )
        for posting in entry.postings
    )
