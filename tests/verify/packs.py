"""A sealed book and honest packs of it, written as FORMAT.md says, for tests to spoil."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ledger import bookchain, canonical
from ledger.account import account_code
from ledger.cli.bench.books import BookWriter
from ledger.entry import Draft, Posting, Voucher
from ledger.layout import month_file
from ledger.money import Money
from ledger.period import Month
from ledger.sealing.leaves import OpenVoucher, open_voucher
from ledger.sealing.log import Log, read_log
from ledger.sealing.seals import Seal, seal_of
from ledger.sealing.signing import SigningKey, read_key

UNIT: Final = "chunfeng"
OPENED: Final = date(2026, 1, 1)
BANK, EQUITY = "Assets:102-银行存款:01-基本户", "Equity:321-工会资金结余"
DUES, ACTIVITY = "Income:401-会费收入", "Expenses:501-职工活动支出"
#: Of this key the private half is known to everybody: it signs nothing but tests.
KEY_PEM: Final = (
    b"-----BEGIN PRIVATE KEY-----\n"
    b"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    b"-----END PRIVATE KEY-----\n"
)


def key() -> SigningKey:
    return read_key(KEY_PEM)


class Writer(BookWriter):
    """A book with closings, as the journal would write it."""

    def close(self, month: Month, receipts: str = "") -> None:
        file = month_file(month)
        before = "".join(self._texts.get(file, [])).encode()
        last = month.next().first - timedelta(days=1)
        digest = hashlib.sha256(before).hexdigest()
        body = canonical.close_text(
            last.isoformat(), str(month), digest, by="u-MAKER00000", checked="Beancount: 0 errors",
            receipts=receipts,
        )  # fmt: skip
        self._directives("close", body, file)

    def reopen(self, month: Month) -> None:
        last = month.next().first - timedelta(days=1)
        body = canonical.reopen_text(
            last.isoformat(),
            str(month),
            by="u-MAKER00000",
            confirmed="u-CHECKER000",
            reason="a bill came late",
        )
        self._directives("reopen", body, month_file(month))

    def spend(
        self, day: date, yuan: int, *, fund: str = "F01", narration: str = "活动", **more: Any
    ) -> Voucher:
        money = Money(yuan * 100 + day.day)
        lines = (Posting(ACTIVITY, money, fund), Posting(BANK, -money, fund))
        return self.post(Draft(self.unit, day, "付", narration, lines, **more))

    def receive(self, day: date, yuan: int, *, fund: str = "F01") -> Voucher:
        money = Money(yuan * 100)
        lines = (Posting(BANK, money, fund), Posting(DUES, -money, fund))
        return self.post(Draft(self.unit, day, "收", "会费", lines, payee="示例会员"))


def write_book(
    federation: Path, months: int = 4, each: int = 5, unit: str = UNIT, receipts: str = ""
) -> Path:
    """A book of closed months, the third of them reopened once; some vouchers of persons.

    ``receipts`` are those of the first month: their root and count.
    """
    writer = Writer(federation, unit, OPENED)
    writer.found()
    opening = (Posting(BANK, Money(9_000_000), "F01"), Posting(EQUITY, Money(-9_000_000), "F01"))
    writer.post(Draft(unit, OPENED, "转", "期初余额", opening, tags=("opening",)))
    month = Month(2026, 1)
    for place in range(1, months + 1):
        first = month.first
        for at in range(each):
            paper = (hashlib.sha256(f"{month} {at}".encode()).hexdigest(),)
            spent = writer.spend(first + timedelta(days=at % 20), 10 + at, papers=paper)
            writer.receive(first + timedelta(days=at % 20), 200 + at)
        writer.spend(month.next().first, 7)  # posted before the month before it is closed
        writer.close(month, receipts if place == 1 else "")
        if place == 3:
            writer.reopen(month)
            back = tuple(
                Posting(one.account, -one.amount, one.fund) for one in spent.draft.postings
            )
            last = first + timedelta(days=27)
            writer.post(Draft(unit, last, "付", "冲销", back, reverses=spent.number))
            writer.close(month)
        month = month.next()
    return writer.save()


def log_of(folder: Path) -> Log:
    book, found = bookchain.read_book(folder)
    assert found == []
    return read_log(folder.name, book.entries)


def seal_all(log: Log, signer: SigningKey | None) -> list[Seal]:
    """A seal of each closing, in order; unsigned without a key."""
    seals: list[Seal] = []
    for head in log.heads:
        before = seals[-1] if seals else None
        seal = seal_of(log, head, before, signer.public if signer else "")
        seals.append(seal.signed(signer.sign(seal.request)) if signer else seal)
    return seals


def save_seals(folder: Path, seals: Sequence[Seal]) -> None:
    (folder / "seals").mkdir(exist_ok=True)
    for seal in seals:
        (folder / seal.name).write_bytes(seal.text)


def is_income(voucher: OpenVoucher) -> bool:
    """Whether a voucher of the test books is of a person."""
    return voucher.number.startswith("收")


@dataclass
class PackWriter:
    """Writes packs of one book below ``out``; ``is_shut`` says which vouchers tell of persons."""

    folder: Path
    out: Path
    signer: SigningKey | None = field(default_factory=key)
    is_shut: Callable[[OpenVoucher], bool] = is_income

    def write(
        self, period: str, months: Sequence[str], *, size: int | None = None, version: int = 1,
        supersedes: str | None = None, audience: str = "public",
    ) -> Path:  # fmt: skip
        """A pack; the tree is that of the newest seal, or of the one of ``size``."""
        log = log_of(self.folder)
        seals = [seal for seal in seal_all(log, self.signer) if size is None or seal.size <= size]
        size = seals[-1].size
        begin = min(leaf.seq for leaf in log.leaves if leaf.month in months and leaf.number != "-")
        first = max((seal.size for seal in seals if seal.size < begin), default=0)
        entries = bookchain.read_book(self.folder)[0].entries
        opened = {
            entry.seq: found
            for _, entry in entries
            if entry.kind == "voucher"
            and not self.is_shut(found := open_voucher(entry.text.decode()))
            and found.day[:7] in months
        }
        rows = []
        for leaf in log.leaves[first:size]:
            row: dict[str, Any] = {
                "seq": leaf.seq, "kind": leaf.kind, "number": leaf.number, "month": leaf.month,
                "full": leaf.full,
            }  # fmt: skip
            if leaf.seq in opened:
                row["salt"] = log.salt(leaf.seq, "open").hex()
                row["text"] = opened[leaf.seq].text().decode()
            else:
                row["open"] = leaf.open
            rows.append(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
        shut = [
            found
            for _, entry in entries
            if entry.kind == "voucher" and entry.seq <= size
            and self.is_shut(found := open_voucher(entry.text.decode()))
            and found.day[:7] in months
        ]  # fmt: skip
        place = self.out / "packs" / log.unit / period / audience / f"v{version}"
        if place.exists():
            shutil.rmtree(place)
        place.mkdir(parents=True)
        (place / "leaves.jsonl").write_text("".join(rows), encoding="utf-8")
        singles = [voucher for seq, voucher in opened.items() if seq <= size]
        moved = redacted_book(place / "book", log.unit, singles, shut, months)
        told = {
            "format": "mingbai-pack-1", "unit": log.unit, "names": {"zh": "示例", "en": "Example"},
            "period": period, "audience": audience, "version": version, "supersedes": supersedes,
            "explanation": "a bill came late" if version > 1 else "",
            "reopened": [
                {"month": leaf.month, "day": "2026-05-02"}
                for leaf in log.leaves[:size] if leaf.kind == "reopen"
            ],
            "seals": [seal.text.decode() for seal in seals],
            "tree": {
                "first": first, "size": size, "root": log.root(size),
                "frontier": [one.hex() for one in log.tree.frontier(first)],
                "heads": [
                    {"size": seal.size, "root": seal.root,
                     "consistency": [one.hex() for one in log.tree.consistency(seal.size, size)]}
                    for seal in seals if seal.size < first
                ],
            },
            "totals": totals_of(moved),
        }  # fmt: skip
        (place / "pack.json").write_text(as_json(told), encoding="utf-8")
        balance = {"statement": "trial-balance", "lines": trial_balance(moved)}
        (place / "trial-balance.json").write_text(as_json(balance), encoding="utf-8")
        (place / "trial-balance.pdf").write_bytes(b"%PDF-1.7 stands for one")
        list_sums(place)
        return place


def as_json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def list_sums(place: Path) -> None:
    """Write SHA256SUMS anew, as whoever alters a pack would."""
    names = sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file() and path != place / "SHA256SUMS"
    )
    lines = [f"{hashlib.sha256((place / one).read_bytes()).hexdigest()}  {one}\n" for one in names]
    (place / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


#: By account: debits, credits, and what was brought in, in fen.
Moved = dict[str, list[int]]


def redacted_book(
    folder: Path, unit: str, singles: Sequence[OpenVoucher], shut: Sequence[OpenVoucher],
    months: Sequence[str],
) -> Moved:  # fmt: skip
    """Singles as they are, the others in one sum a month; what moved, by account."""
    texts: dict[str, list[str]] = {f"2026/{month:02d}.bean": [] for month in range(1, 13)}
    chain, seq, moved = canonical.first_chain(unit), 0, Moved()
    vouchers: list[tuple[OpenVoucher, tuple[str, ...]]] = [
        (one, ("opening",) if one.number == "转-202601-0001" else ()) for one in singles
    ]
    for month in months:
        lines = [line for one in shut if one.day[:7] == month for line in one.postings]
        if lines:
            number = f"收-{month.replace('-', '')}-900001"
            vouchers.append((OpenVoucher(f"{month}-28", number, "", (), tuple(lines)), ("group",)))
    names = sorted({posting.account for one, _ in vouchers for posting in one.postings})
    body = "".join(
        canonical.open_text("2026-01-01", one, "CNY", "", capital=False) for one in names
    )
    chain, chart = canonical.chained_directives(seq := seq + 1, "open", body, chain)
    for voucher, tags in vouchers:
        day = date.fromisoformat(voucher.day)
        postings = tuple(
            Posting(account, Money(fen, currency), fund)
            for account, fen, currency, fund in voucher.postings
        )
        draft = Draft(
            unit, day, voucher.number[0], "文字 words", postings, tags=tags, papers=voucher.papers,
            source="public", reverses=voucher.reverses or None,
        )  # fmt: skip
        seq += 1
        posted = datetime(day.year, day.month, day.day)
        bare = Voucher(draft, voucher.number, voucher.number, seq, "public", (), posted)
        full, text = canonical.chained_voucher(bare, chain)
        chain = full.chain
        texts[month_file(Month.of(day))].append(text)
        for account, fen, _, _ in voucher.postings:
            found = moved.setdefault(account, [0, 0, 0])
            if "opening" in tags:
                found[2] += fen
            else:
                found[fen < 0] += abs(fen)
    files = {name: "".join(parts) for name, parts in texts.items()}
    files |= {"chart.bean": chart, "funds.bean": ""}
    head = 'option "title" "示例"\n' + "".join(f'include "{name}"\n' for name in files)
    for name, text in {"book.bean": head, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return moved


def totals_of(moved: Moved) -> dict[str, dict[str, str]]:
    return {
        name: {"debit": Money(debit).text, "credit": Money(credit).text}
        for name, (debit, credit, _) in moved.items()
        if debit or credit
    }


def trial_balance(moved: Moved) -> list[dict[str, Any]]:
    nodes: Moved = {}
    for account, found in moved.items():
        parts = account.split(":")
        for depth in range(2, len(parts) + 1):
            node = nodes.setdefault(":".join(parts[:depth]), [0, 0, 0])
            for at, fen in enumerate(found):
                node[at] += fen
    return [
        {
            "code": account_code(name),
            "style": "line",
            "cells": {
                "opening": Money(opening).text,
                "debit": Money(debit).text,
                "credit": Money(credit).text,
                "closing": Money(opening + debit - credit).text,
            },
        }
        for name, (debit, credit, opening) in nodes.items()
    ]
