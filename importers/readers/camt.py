"""camt.053 and camt.052 statements as tables, through pycamt.

What an entry moved is taken from the entry itself: its details may be in another currency, or be
the parts of a batch. pycamt gives what the details say in words. Entities and the network are shut
out by its parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from importers.readers.limits import Grid, unreadable
from ledger.errors import Refused

HEADER: Final = (
    "交易日期", "收入金额", "支出金额", "币种", "对方户名", "对方账号", "附言", "交易流水号",
    "交易状态", "CAMT分录",
)  # fmt: skip
_SIDE: Final = {"CRDT": "+", "DBIT": "-"}
_KIND = re.compile(rb"camt\.05[23]\.001|<(?:\w+:)?BkToCstmr(?:Stmt|AcctRpt)")
_STATUS: Final = {"BOOK": "已入账 booked", "PDNG": "待入账 pending", "INFO": "仅通知 pending"}


def is_camt(data: bytes) -> bool:
    """True if bytes begin as a camt.052 or camt.053 document does."""
    return data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and bool(_KIND.search(data[:4000]))


def read_camt(data: bytes, name: str) -> list[Grid]:
    """One table per statement; Refused if the document is broken or declares entities."""
    from lxml import etree
    from pycamt.parser import Camt053ParseError, Camt053Parser

    if b"<!DOCTYPE" in data[:4000].upper() or b"<!ENTITY" in data.upper():
        raise Refused(unreadable(name, "XML 中有实体声明，不予读取", "the XML declares entities"))
    try:
        document = Camt053Parser(data)
        said = iter(document.get_transactions())
    except (etree.LxmlError, Camt053ParseError, ValueError, AttributeError, KeyError) as fault:
        raise Refused(unreadable(name, "camt 文件损坏", "the camt file is broken")) from fault
    tables = [
        _table(statement, said, name) for statement in document.tree.iter("{*}Stmt", "{*}Rpt")
    ]
    if not tables:
        raise Refused(unreadable(name, "camt 文件中没有账户", "the camt file holds no statement"))
    return tables


def _table(statement: Any, said: Iterator[dict[str, Any]], name: str) -> Grid:
    rows = [["账号", _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")]]
    for label, codes in (("期初余额", ("OPBD", "PRCD")), ("期末余额", ("CLBD",))):
        if balance := _balance(statement, codes):
            rows.append([label, balance])
    entries = _all(statement, "Ntry")
    count = _text(statement, "TxsSummry/TtlNtries/NbOfNtries")
    rows.append([f"共 {count or len(entries)} 笔记录"])
    for label, part in (("收入合计", "TtlCdtNtries"), ("支出合计", "TtlDbtNtries")):
        if total := _text(statement, f"TxsSummry/{part}/Sum"):
            rows.append([f"{label}：{total}"])
    rows.append(list(HEADER))
    rows += [_row(entry, said) for entry in entries]
    return Grid(name, rows)


def _balance(statement: Any, codes: tuple[str, ...]) -> str:
    for code in codes:
        for balance in _all(statement, "Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                sign = "-" if _text(balance, "CdtDbtInd") == "DBIT" else ""
                return f"{sign}{_text(balance, 'Amt')}"
    return ""


def _row(entry: Any, said: Iterator[dict[str, Any]]) -> list[str]:
    # pycamt says one thing per detail, and one for an entry without details.
    words = [next(said, {}) for _ in range(len(_all(entry, "NtryDtls/TxDtls")) or 1)]
    side = _SIDE.get(_text(entry, "CdtDbtInd"), "")
    amount = entry.find("{*}Amt")
    other = "Debtor" if side == "+" else "Creditor"
    alone = words[0] if len(words) == 1 else {}
    memo = [str(word[key]) for word in words
            for key in ("RemittanceInformationFull", "RemittanceInformation", "EndToEndId")
            if word.get(key) and word[key] != "NOTPROVIDED"][:20]  # fmt: skip
    memo.append(_text(entry, "AddtlNtryInf"))
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    return [
        _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt"),
        _text(entry, "Amt") if side == "+" else "",
        _text(entry, "Amt") if side == "-" else "",
        "" if amount is None else amount.get("Ccy", ""),
        str(alone.get(f"{other}Name") or ""),
        str(alone.get(f"{other}IBAN") or ""),
        " ".join(dict.fromkeys(part for part in memo if part)),
        _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"),
        _STATUS.get(status, status),
        _text(entry, "CdtDbtInd"),
    ]


def _all(element: Any, path: str) -> list[Any]:
    found: list[Any] = element.findall("/".join(f"{{*}}{part}" for part in path.split("/")))
    return found


def _text(element: Any, path: str) -> str:
    found = element.find("/".join(f"{{*}}{part}" for part in path.split("/")))
    return "" if found is None or found.text is None else " ".join(found.text.split())
