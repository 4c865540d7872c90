"""OFX statements as tables, through ofxparse.

ofxparse shifts every day by the zone that stands behind it, drops entries that it does not
understand, and believes whatever encoding the head claims. So the zones are cut off (the day that
the bank printed is the day), what was dropped comes back as a row that will be parked, and the head
is written anew over text that was decoded strictly.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any, Final

from importers.readers.decode import decode
from importers.readers.limits import Grid, unreadable
from ledger.errors import Refused

#: The columns of the table; ``OFX类型`` tells the layout from every other.
HEADER: Final = (
    "交易日期",
    "收入金额",
    "支出金额",
    "币种",
    "对方户名",
    "附言",
    "交易流水号",
    "OFX类型",
)
_HEAD: Final = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UTF-8\nCHARSET:NONE\n"
    "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
_ZONE = re.compile(r"(<DT[A-Z]+>\s*[0-9]{8,14}(?:\.[0-9]+)?)\[[^\]<]*\]", re.IGNORECASE)
_ENTRY = re.compile(r"<STMTTRN>", re.IGNORECASE)


def is_ofx(head: str) -> bool:
    """True if a text begins as an OFX file does."""
    start = head.lstrip("\ufeff \r\n\t")[:2000].upper()
    return start.startswith("OFXHEADER:") or "<OFX>" in start or "<?OFX" in start


def read_ofx(data: bytes, name: str) -> list[Grid]:
    """One table per account; Refused if it is no OFX file, or one of securities."""
    import ofxparse

    text = decode(data, name)
    start = text.upper().find("<OFX>")
    if start < 0:
        raise Refused(unreadable(name, "OFX 文件损坏", "the OFX file is broken"))
    body = _ZONE.sub(r"\1", text[start:])
    try:
        parsed = ofxparse.OfxParser.parse(io.BytesIO((_HEAD + body).encode()), fail_fast=False)
    except Exception as fault:  # ofxparse raises whatever its parsers raise
        raise Refused(unreadable(name, "OFX 文件损坏", "the OFX file is broken")) from fault
    accounts = [account for account in parsed.accounts if hasattr(account, "statement")]
    tables = [_table(account, name) for account in accounts if _entries(account) is not None]
    found = sum(len(table.rows) - table.rows.index(list(HEADER)) - 1 for table in tables)
    if not tables or found != len(_ENTRY.findall(body)):
        raise Refused(
            unreadable(
                name, "OFX 文件中的交易不能全部读出", "not every entry of the OFX file can be read"
            )
        )
    return tables


def _entries(account: Any) -> list[Any] | None:
    return getattr(account.statement, "transactions", None)


def _table(account: Any, name: str) -> Grid:
    statement = account.statement
    currency = (getattr(statement, "currency", "") or "").upper()
    kept = _entries(account) or []
    dropped = [entry["content"] for entry in statement.discarded_entries]
    rows = [["账号", account.account_id or ""]]
    if (closing := getattr(statement, "balance", None)) is not None:
        rows.append(["期末余额", str(closing)])
    if isinstance(statement.start_date, datetime) and isinstance(statement.end_date, datetime):
        rows.append(["起始日期", f"{statement.start_date:%Y-%m-%d}", "终止日期",
                     f"{statement.end_date:%Y-%m-%d}"])  # fmt: skip
    rows += [[f"共 {len(kept) + len(dropped)} 笔记录"], list(HEADER)]
    rows += [_row(entry, currency) for entry in kept]
    rows += [_dropped(tag, currency) for tag in dropped]
    return Grid(name, rows)


def _dropped(tag: Any, currency: str) -> list[str]:
    """An entry that ofxparse could not read, with an amount that will not be taken for one."""
    parts = {part.name: part.get_text(" ", strip=True).split("  ")[0] for part in tag.find_all()}
    words = " ".join(tag.get_text(" ", strip=True).split())[:300]
    amount = f"? {parts.get('trnamt', '')}"
    return [parts.get("dtposted", "")[:8], amount, "", currency, "", words, "", "?"]


def _row(entry: Any, currency: str) -> list[str]:
    day = "" if entry.date is None else _moment(entry.date)
    size = str(abs(entry.amount))
    came, went = (size, "") if entry.amount >= 0 else ("", size)
    return [day, came, went, currency, entry.payee or "", entry.memo or "", entry.id or "",
            entry.type or ""]  # fmt: skip


def _moment(at: datetime) -> str:
    midnight = (at.hour, at.minute, at.second) == (0, 0, 0)
    return f"{at:%Y-%m-%d}" if midnight else f"{at:%Y-%m-%d %H:%M:%S}"
