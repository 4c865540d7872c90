"""Numbers that lines are found by: the orders they pay, and the payments that a refund names.

A line is known by its bank serial and its order numbers. A refund names its payment by the serial
(``<serial>_1``, or in its memo) or carries the same order number; it is kept under ``R:`` and that
number, so that the refunds of one payment are found together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ledger.registry import staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from ledger.registry.staging import LineRow

#: Alipay's refunds are called ``<serial of the payment>_<something>``.
_SUFFIXED: Final = re.compile(r"([0-9A-Za-z]{6,64})_[0-9A-Za-z_]+")
_SERIAL: Final = re.compile(r"[0-9A-Za-z]{8,64}")
NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{6,64}")
_REFUND: Final = "R:"


def order_numbers(line: LineRow) -> list[str]:
    """The numbers by which a collection page may know what the line pays."""
    said = (line.bank_ref, *line.text.orders.split())
    return list(dict.fromkeys(text.upper() for text in said if NUMBER.fullmatch(text)))


def is_refund(line: LineRow) -> bool:
    """Whether a line says that it takes a payment back."""
    text = line.text
    return (
        "退" in text.memo
        or "退" in text.status
        or ("_" in line.bank_ref and bool(_SUFFIXED.fullmatch(line.bank_ref)))
    )


def refunded_numbers(line: LineRow) -> set[str]:
    """The serials and orders of the payment that a line takes back; none if it is no refund."""
    if not is_refund(line):
        return set()
    orders = set(line.text.orders.split())
    suffixed = _SUFFIXED.fullmatch(line.bank_ref)
    if suffixed is not None:
        return {suffixed[1], *orders}
    return ({*_SERIAL.findall(line.text.memo)} - {line.bank_ref}) | orders


def refund_keys(numbers: Iterable[str]) -> set[str]:
    """The keys under which the refunds of a payment of these numbers are kept."""
    return {_REFUND + number for number in numbers}


def keep(conn: Connection, lines: Sequence[LineRow]) -> None:
    """Keep the numbers by which these new lines are found later."""
    pairs: list[tuple[int, str]] = []
    for line in lines:
        if numbers := refunded_numbers(line):
            pairs += [(line.id, key) for key in sorted(refund_keys(numbers))]
        elif line.text.orders:
            pairs += [(line.id, key) for key in dict.fromkeys(line.text.orders.split())]
    if pairs:
        staging.add_keys(conn, lines[0].unit, pairs)
