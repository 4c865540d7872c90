"""What reading a statement gives: lines, parked rows, and proofs. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.errors import Finding
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement of an account as its statement says it, money in positive.

    ``booked_at`` is ISO text, a day or a moment of local time. ``row`` counts the rows of the
    file's table from 1; ``raw`` are the row's cells as they stand. ``sub_account`` is the part of
    the account that money came in on (虚拟子账户), ``orders`` are the numbers of the orders paid or
    refunded. ``fee`` is what a column of its own says; with ``gross`` the balance proves
    that the fee is inside: the amount is the gross less the fee.
    """

    day: date
    booked_at: str
    amount: Money
    balance_after: Money | None = None
    counterparty: str = ""
    counterparty_account: str = ""
    memo: str = ""
    bank_ref: str = ""
    status: str = ""
    row: int = 0
    raw: tuple[str, ...] = ()
    sub_account: str = ""
    orders: tuple[str, ...] = ()
    fee: Money | None = None
    gross: Money | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "booked_at": self.booked_at,
            "amount": self.amount.text,
            "currency": self.amount.currency,
            "balance_after": None if self.balance_after is None else self.balance_after.text,
            "counterparty": self.counterparty,
            "counterparty_account": self.counterparty_account,
            "memo": self.memo,
            "bank_ref": self.bank_ref,
            "status": self.status,
            "row": self.row,
        }
        if self.sub_account:
            told["sub_account"] = self.sub_account
        if self.orders:
            told["orders"] = list(self.orders)
        if self.fee is not None:
            told["fee"] = self.fee.text
        if self.gross is not None:
            told["gross"] = self.gross.text
        return told


@dataclass(frozen=True, slots=True)
class Parked:
    """A row that was not read as a movement, and why."""

    row: int
    raw: tuple[str, ...]
    finding: Finding

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "cells": list(self.raw), **self.finding.as_json()}


@dataclass(frozen=True)
class Reading:
    """One statement file, read.

    ``digest`` is the SHA-256 of its bytes, ``kind`` bank, wechat or alipay (empty for a layout that
    no profile knows), ``account`` the account number as printed, often masked. ``lines`` stand in
    the order of the file; ``descending`` says that the newest is first. ``proofs`` are P1 (rows
    counted), P2 (totals), P3 (opening and closing balance), P4 (running balance) and P5
    (continuity), each ``pass``, ``fail`` or ``n/a``. ``rows`` are all rows of the file in which
    anything stands: lines, parked rows, and the ``aside`` ones, which are headers, what stands
    around the table, totals and remarks.
    """

    file: str
    digest: str
    profile: str
    kind: str
    lines: tuple[BankLine, ...]
    parked: tuple[Parked, ...]
    proofs: Mapping[str, str]
    account: str = ""
    opening: Money | None = None
    closing: Money | None = None
    start: date | None = None
    end: date | None = None
    descending: bool = False
    findings: tuple[Finding, ...] = ()
    rows: int = 0
    aside: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "profile": self.profile,
            "lines": [line.as_json() for line in self.lines],
            "parked": [row.as_json() for row in self.parked],
            "proofs": dict(self.proofs),
            "account": self.account,
            "opening": None if self.opening is None else self.opening.text,
            "closing": None if self.closing is None else self.closing.text,
            "start": None if self.start is None else self.start.isoformat(),
            "end": None if self.end is None else self.end.isoformat(),
            "findings": [found.as_json() for found in self.findings],
        }
