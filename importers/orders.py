"""Order numbers of a collection page: which claim or list each order pays.

What members pay through a page of our own comes in under the order's number, which a wallet's or
a bank's statement carries. Registered here, it is a reference like the code itself.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from importers.keys import NUMBER
from importers.tables import rows_below
from ledger import workflow
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.registry import claims, oplog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.registry import Registry, User

_ORDER: Final = ("订单号", "商户订单号", "商家订单号", "交易单号", "order")
_CODE: Final = ("参考号", "应收编号", "清单编号", "code")
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order and the code of the claim or list that it pays; ``row`` is its row in a list."""

    number: str
    code: str
    row: int = 0


def read_orders(cells: list[list[str]], file: str) -> list[Ordered]:
    """The orders of a list with columns for the order's number and the code."""
    columns = {"number": _ORDER, "code": _CODE}
    rows = rows_below(cells, columns, lambda known: len(known) == len(columns), _MOST)
    if rows is not None:
        return [Ordered(**said, row=number) for number, said in rows]
    raise Refused(
        finding(
            "order-list",
            "名单中没有「订单号」和「参考号」两列",
            "the list has no columns for the order and the code",
            "首行写列名：订单号、参考号",
            "name the columns in the first row: order, code",
            file=file,
        )
    )


def enter(
    registry: Registry,
    unit: str,
    orders: Sequence[Ordered],
    user: User,
    now: datetime,
    file: str = "",
) -> int:
    """Register orders: all of them, or none and what is wrong with each; how many are new."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        owed = claims.with_codes(conn, unit, {one.code for one in orders} - {""})
        codes = {row.code for row in owed} | {row.list_code for row in owed}
        wanted: dict[str, str] = {}
        faults: list[Finding] = []
        for one in orders:
            number = _folded(one.number)
            if not NUMBER.fullmatch(number):
                faults.append(
                    _bad(
                        one, "订单号须为 6 至 64 位字母数字，不能是科学计数",
                        "an order's number has 6 to 64 letters and digits", file,
                    )
                )  # fmt: skip
            elif one.code not in codes:
                faults.append(
                    _bad(one, "没有这个参考号的应收或清单", "no claim or list has this code", file)
                )
            elif wanted.setdefault(number, one.code) != one.code:
                faults.append(
                    _bad(one, "同一订单写了两个参考号", "one order is given two codes", file)
                )
        known = claims.with_orders(conn, unit, wanted) if wanted else {}
        faults += [
            _bad(
                one, f"此订单已登记为 {known[_folded(one.number)]}",
                f"the order is registered as {known[_folded(one.number)]}", file,
            )
            for one in orders
            if known.get(_folded(one.number), one.code) != one.code
        ]  # fmt: skip
        refuse_if(faults)
        fresh = {number: code for number, code in wanted.items() if number not in known}
        claims.add_orders(conn, unit, fresh)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="orders.add",
            object=f"{len(fresh)} orders", detail="",
        )  # fmt: skip
    return len(fresh)


def _folded(number: str) -> str:
    return "".join(unicodedata.normalize("NFKC", number).split()).strip("`").upper()


def _bad(one: Ordered, zh: str, en: str, file: str) -> Finding:
    number = one.number[:64]
    return finding(
        "order",
        f"订单 {number}：{zh}",
        f"order {number}: {en}",
        "改正后重试；名单要么全收，要么不收",
        "correct it and try again; a list is taken whole or not at all",
        file=file or None,
        line=one.row or None,
    )
