"""Exports read back by what their standards say, with no code of ours that wrote them.

Each reader gives, by account's code and currency, opening, debits, credits and closing in fen.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from tests.exports.oracle import Sums

SPACE = "{urn:OECD:StandardAuditFile-Taxation/2.00}"


def fen(text: str) -> int:
    found = Decimal(text.replace(",", ".")) * 100
    assert found == int(found)
    return int(found)


class _Sums:
    def __init__(self) -> None:
        self.opening: dict[tuple[str, str], int] = defaultdict(int)
        self.debit: dict[tuple[str, str], int] = defaultdict(int)
        self.credit: dict[tuple[str, str], int] = defaultdict(int)
        self.closing: dict[tuple[str, str], int] = defaultdict(int)

    def move(self, key: tuple[str, str], amount: int) -> None:
        (self.debit if amount > 0 else self.credit)[key] += abs(amount)

    def all(self) -> Sums:
        keys = {*self.opening, *self.debit, *self.credit, *self.closing}
        found = {
            key: (self.opening[key], self.debit[key], self.credit[key], self.closing[key])
            for key in keys
        }
        return {key: of for key, of in found.items() if any(of)}


def saft(path: Path) -> tuple[Sums, int]:
    """Accounts and lines; totals and counts of the file agree with them."""
    root = etree.parse(str(path)).getroot()

    def text(node: Any, name: str) -> str:
        found = node.findtext("/".join(SPACE + part for part in name.split("/")))
        assert found is not None, name
        return str(found)

    sums = _Sums()
    for account in root.iter(f"{SPACE}Account"):
        id = text(account, "AccountID")
        for when, into in (("Opening", sums.opening), ("Closing", sums.closing)):
            for side, sign in (("Debit", 1), ("Credit", -1)):
                node = account.find(f"{SPACE}{when}{side}Balance")
                if node is not None:
                    into[id, "CNY"] = sign * fen(node.text or "")
        for currency, before, after in re.findall(
            r"\[([A-Z]{3}) (\S+) → (\S+)\]", text(account, "AccountDescription")
        ):
            sums.opening[id, currency] = fen(before)
            sums.closing[id, currency] = fen(after)
    totals = {"Debit": 0, "Credit": 0}
    found = list(root.iter(f"{SPACE}Transaction"))
    for line in root.iter(f"{SPACE}Line"):
        id = text(line, "AccountID")
        for side, sign in (("Debit", 1), ("Credit", -1)):
            node = line.find(f"{SPACE}{side}Amount")
            if node is None:
                continue
            amount, currency = fen(text(node, "Amount")), node.findtext(f"{SPACE}CurrencyCode")
            totals[side] += amount
            sums.move((id, "CNY"), sign * amount)
            if currency and not amount:
                sums.move((id, currency), sign * fen(text(node, "CurrencyAmount")))
    for side, whole in totals.items():
        assert fen(text(root, f"GeneralLedgerEntries/Total{side}")) == whole
    assert int(text(root, "GeneralLedgerEntries/NumberOfEntries")) == len(found)
    return sums.all(), len(found)


def rows(path: Path, encoding: str = "utf-8", tabs: bool = False) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        if tabs:
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return list(csv.DictReader(file))


def gbt24589(folder: Path) -> tuple[Sums, int]:
    """Table 2-05 by month, which 2-06 has to add up to."""

    def table(number: str) -> list[dict[str, str]]:
        (path,) = folder.glob(f"{number}_*.csv")
        found = rows(path, "gb18030")
        return [
            {head.split(" ")[0] + head.split(" ")[1]: v for head, v in r.items()} for r in found
        ]

    sums, months = _Sums(), table("1-02")
    first, last = months[0]["010201会计期间号"], months[-1]["010201会计期间号"]
    sides = {"借": 1, "贷": -1, "平": 0}
    for row in table("2-05"):
        key = row["020201科目编号"], row["010501币种编码"]
        if row["010201会计期间号"] == first:
            sign = sides[row["020501期初余额方向"]]
            sums.opening[key] += sign * fen(row["020505期初原币余额"])
        if row["010201会计期间号"] == last:
            sums.closing[key] += sides[row["020502期末余额方向"]] * fen(row["020514期末原币余额"])
        sums.debit[key] += fen(row["020508借方原币金额"])
        sums.credit[key] += fen(row["020511贷方原币金额"])
    lines = _Sums()
    vouchers = set()
    for row in table("2-06"):
        vouchers.add(row["020602记账凭证编号"])
        own = fen(row["020509借方本币金额"]) - fen(row["020512贷方本币金额"])
        other = fen(row["020508借方原币金额"]) - fen(row["020511贷方原币金额"])
        currency = "CNY" if own else row["010501币种编码"]
        lines.move((row["020201科目编号"], currency), own or other)
    for ours, theirs in ((sums.debit, lines.debit), (sums.credit, lines.credit)):
        assert {k: v for k, v in ours.items() if v} == {k: v for k, v in theirs.items() if v}
    return sums.all(), len(vouchers)


def iso21378(folder: Path) -> tuple[Sums, int]:
    """The trial balance and the details."""

    def money(row: dict[str, str], prefix: str = "") -> tuple[str, int]:
        own = row[f"{prefix}Local_Amount"]
        if own:
            return "CNY", fen(own)
        currency = row[f"{prefix}Transaction_Currency_Code"]
        return currency, fen(row[f"{prefix}Transaction_Amount"])

    sums = _Sums()
    for row in rows(folder / "GL_Trial_Balance.csv"):
        currency, opening = money(row, "Beginning_")
        sums.opening[row["GL_Account_Number"], currency] = opening
        sums.closing[row["GL_Account_Number"], currency] = money(row, "Ending_")[1]
    vouchers = set()
    for row in rows(folder / "GL_Details.csv"):
        vouchers.add(row["Journal_Number"])
        currency, amount = money(row)
        assert row["Amount_Credit_Debit_Indicator"] == ("C" if amount < 0 else "D")
        sums.move((row["GL_Account_Number"], currency), amount)
    monthly = _Sums()
    for row in rows(folder / "GL_Accounts_Period_Balance.csv"):
        currency, debit = money(row, "Debit_")
        monthly.debit[row["GL_Account_Number"], currency] += debit
        monthly.credit[row["GL_Account_Number"], currency] += money(row, "Credit_")[1]
    for ours, theirs in ((sums.debit, monthly.debit), (sums.credit, monthly.credit)):
        assert {k: v for k, v in ours.items() if v} == {k: v for k, v in theirs.items() if v}
    return sums.all(), len(vouchers)


def fec(folder: Path) -> tuple[Sums, int]:
    """The one file; closing follows from its lines. Each voucher is balanced."""
    (path,) = folder.glob("*FEC*.txt")
    assert re.fullmatch(r"[a-z0-9-]+FEC[0-9]{8}\.txt", path.name)
    sums = _Sums()
    vouchers: dict[str, int] = defaultdict(int)
    for row in rows(path, tabs=True):
        own = fen(row["Debit"]) - fen(row["Credit"])
        other = fen(row["Montantdevise"]) if row["Montantdevise"] else 0
        currency = "CNY" if own or not other else row["Idevise"]
        key, amount = (row["CompteNum"], currency), own or other
        vouchers[row["EcritureNum"]] += own
        if row["JournalCode"] == "AN":
            sums.opening[key] += amount
        else:
            sums.move(key, amount)
        sums.closing[key] += amount
    assert not any(vouchers.values())
    return sums.all(), len([number for number in vouchers if not number.startswith("AN")])


READERS = {"saft": saft, "gbt24589": gbt24589, "iso21378": iso21378, "fec": fec}
