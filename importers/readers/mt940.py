"""MT940 statements as tables, through mt-940.

The library reads the fields; signs are taken from the mark in field 61 here: ``C`` and ``RD``
(a debit taken back) are money in, ``D`` and ``RC`` money out, and any other mark parks the row.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from importers.readers.decode import decode
from importers.readers.limits import Grid, unreadable
from ledger.errors import Refused

HEADER: Final = (
    "交易日期", "收入金额", "支出金额", "币种", "对方户名", "对方账号", "附言", "交易流水号",
    "MT940标志",
)  # fmt: skip
_SIDE: Final = {"C": "+", "RD": "+", "D": "-", "RC": "-"}
_SUBFIELD = re.compile(r"\?[0-9]{2}")  # of field 86, where the library left them
_ENTRY = re.compile(r"^:61:", re.MULTILINE)


def is_mt940(head: str) -> bool:
    """True if a text begins as an MT940 statement does, bare or in its SWIFT envelope."""
    start = head.lstrip("\ufeff \r\n\t")[:4000]
    return bool(re.search(r"^(?:\{4:\s*)?:20:", start, re.MULTILINE)) and ":25:" in start


def read_mt940(data: bytes, name: str) -> list[Grid]:
    """One table per statement; Refused if entries are missing from what the library read."""
    import mt940

    # Of an entry that it does not understand the library logs the whole: names and amounts.
    logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)
    text = decode(data, name)
    options = mt940.Options.all()
    try:
        # bytes that name a file would be opened; a text with a line break never does.
        found = mt940.parse_statements(f"{text}\n", options=options)
    except Exception as fault:  # mt-940 raises whatever its patterns raise
        raise Refused(unreadable(name, "MT940 文件损坏", "the MT940 file is broken")) from fault
    tables = [_table(statement, name) for statement in found]
    read = sum(len(table.rows) - table.rows.index(list(HEADER)) - 1 for table in tables)
    if not tables or read != len(_ENTRY.findall(text)):
        raise Refused(
            unreadable(
                name,
                "MT940 文件中的交易不能全部读出",
                "not every entry of the MT940 file can be read",
            )
        )
    return tables


def _table(statement: Any, name: str) -> Grid:
    facts = statement.data
    entries = [entry.data for entry in statement if "amount" in entry.data]
    # "6222/0000001234" is a bank's code and the account.
    rows = [["账号", str(facts.get("account_identification") or "").rpartition("/")[2]]]
    opening = facts.get("final_opening_balance") or facts.get("intermediate_opening_balance")
    closing = facts.get("final_closing_balance") or facts.get("intermediate_closing_balance")
    if opening is not None and opening.amount is not None:
        rows.append(["期初余额", str(opening.amount.amount)])
    if closing is not None and closing.amount is not None:
        rows.append(["期末余额", str(closing.amount.amount)])
    rows.append(list(HEADER))
    rows += [_row(entry, statement.currency or "") for entry in entries]
    return Grid(name, rows)


def _row(entry: dict[str, Any], currency: str) -> list[str]:
    amount: Decimal = abs(entry["amount"].amount)
    mark = str(entry.get("status") or "").upper()
    side = _SIDE.get(mark)
    day = entry.get("entry_date") or entry.get("date")
    texts = ("purpose", "additional_purpose", "posting_text", "transaction_details",
             "extra_details")  # fmt: skip
    said = (_SUBFIELD.sub(" ", str(entry[key])) for key in texts if entry.get(key))
    memo = " ".join(dict.fromkeys(" ".join(text.split()) for text in said))
    reference = str(entry.get("bank_reference") or entry.get("customer_reference") or "")
    return [
        date(day.year, day.month, day.day).isoformat() if day is not None else "",
        str(amount) if side == "+" else "",
        str(amount) if side == "-" else "",
        str(entry.get("currency") or currency),
        str(entry.get("applicant_name") or entry.get("recipient_name") or ""),
        str(entry.get("applicant_iban") or ""),
        memo,
        "" if reference.strip() == "NONREF" else reference.strip(),
        mark,
    ]
