"""Whether a book says of gifts what the registry keeps of them: asked when a book is verified.

What came of a gift is what vouchers credit in its name. It is as much as was entered, in the fund
that was named, and it is there where the registry says that it came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ledger.errors import Finding, finding
from ledger.gifts import waiting
from ledger.gifts.marks import GIFT, MOVED, SOURCE_LINES
from ledger.money import Money
from ledger.registry import claims, gifts
from ledger.registry.gifts import MEMO, PLEDGE, GiftRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Voucher


def differences(conn: Connection, unit: str, vouchers: Iterable[Voucher]) -> list[Finding]:
    """A finding for each gift that the book and the registry tell otherwise.

    ``vouchers`` are those of the book that name gifts, reversals among them. A book whose registry
    holds no gifts at all, such as one that was taken over, has nothing to be compared with.
    """
    rows = {row.code: row for row in gifts.of_unit(conn, unit)}
    if not rows:
        return []
    came = _came(vouchers)
    said = gifts.said_to_have_come(conn, unit)
    events = gifts.events(conn, unit, rows)
    found = []
    for code in sorted({*came, *said}):
        of = came.get(code, {})
        row = rows.get(code)
        if row is None:
            found.append(
                _differs(unit, code, "登记册没有这笔捐赠", "the registry has no such gift")
            )
            continue
        for fund in sorted(of.keys() - set(gifts.stands_in(row, events.get(code, ())))):
            found.append(_differs(
                unit, code, f"记入资金 {fund}，登记的是 {row.fund}",
                f"it stands in fund {fund}, and was entered for {row.fund}",
            ))  # fmt: skip
        if code in said and not of:
            found.append(_differs(
                unit, code, "登记册记为已收到，账簿中没有",
                "the registry says that it came, and the book has nothing of it",
            ))  # fmt: skip
        found += _amounts(conn, row, sum(of.values()))
    return found


def _amounts(conn: Connection, row: GiftRow, came: int) -> Iterator[Finding]:
    """A finding unless as much came as was entered; of what is still expected, no more."""
    most = 0 if row.kind == MEMO else row.fen
    if not came or came == most or (came < most and _is_expected(conn, row)):
        return
    yield _differs(
        row.unit, row.code,
        f"账簿收到 {Money(came).grouped}，登记 {Money(most).grouped}",
        f"the book received {Money(came).grouped}, and {Money(most).grouped} was entered",
    )  # fmt: skip


def _is_expected(conn: Connection, row: GiftRow) -> bool:
    """Whether more of a gift may still come: it was promised, is claimed, or a draft waits."""
    if row.kind == PLEDGE:
        return True
    states = {one.state for one in claims.leaves_of(conn, row.unit, row.code)}
    if states & {claims.OPEN, claims.DRAFTED}:
        return True
    return any(True for _ in waiting.postings(conn, row.unit, "in", row.code))


def _came(vouchers: Iterable[Voucher]) -> dict[str, dict[str, int]]:
    """What came of each gift by fund, in fen; what was reversed did not."""
    known = list(vouchers)
    gone = {one.draft.reverses for one in known if one.draft.reverses}
    came: dict[str, dict[str, int]] = defaultdict(dict)
    for voucher in known:
        if voucher.draft.reverses or voucher.number in gone:
            continue
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for line in voucher.draft.postings:
            meta = dict(line.meta)
            if GIFT in meta and MOVED not in meta and line.account.startswith(SOURCE_LINES):
                sums[meta[GIFT], line.fund] -= line.amount.fen
        for (code, fund), fen in sums.items():
            if fen > 0:
                came[code][fund] = came[code].get(fund, 0) + fen
    return came


def _differs(unit: str, code: str, zh: str, en: str) -> Finding:
    return finding(
        "gift-differs", f"捐赠 {code[:24]}：{zh}", f"gift {code[:24]}: {en}",
        "查明是谁改动的；账簿有误的冲销后重新登记",
        "find out who changed it; what the book has wrong is reversed and entered anew",
        file=f"units/{unit}",
    )  # fmt: skip
