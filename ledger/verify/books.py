"""A unit's book verified from its folder alone: no registry, no login, no word of the program.

What is proven follows from the text: the chain over every entry, the digests that closings keep,
the policy in ``book.bean``, the numbers of vouchers, and every seal, worked out anew from the text
and held against its signature and the seal before. Who rewrites a book and every hash in it is
found by the key that they lack, or by what somebody else holds of it: see
:func:`ledger.verify.histories.against`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ledger import book, bookchain
from ledger.canonical_reader import NotCanonical, parse_voucher, read_cells
from ledger.entry import voucher_number
from ledger.errors import Finding, finding
from ledger.layout import book_text, is_book_file
from ledger.period import Month
from ledger.sealing.files import seal_files
from ledger.sealing.log import Log, read_log
from ledger.sealing.proving import fault, proof_faults
from ledger.sealing.seals import Seal, parse_seal
from ledger.unitfacts import parse_facts

_CHART: Final = "chart.bean"


@dataclass
class Verified:
    """What was read of a unit's book, and what is wrong with it; ``log`` is None if it is."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)
    chains: dict[int, str] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    log: Log | None = None

    @property
    def unit(self) -> str:
        return self.folder.name


def verify_book(folder: Path, *, with_beancount: bool = True) -> Verified:
    """Everything that a unit's folder proves by itself; each fault with its file and line.

    Beancount's own opinion is asked in a child process, once the text is known to be ours.
    """
    text, faults = bookchain.read_book(folder)
    done = Verified(folder, list(faults))
    done.chains = {entry.seq: entry.chain for _, entry in text.entries}
    done.findings += policy_faults(folder, text)
    if not done.findings:
        done.findings += list(number_faults(folder, text))
    done.seals, strange = read_seals(folder)
    done.findings += strange
    if not done.findings:
        done.log = read_log(done.unit, text.entries)
        done.findings += list(proof_faults(done.log, done.seals))
    if with_beancount and not done.findings:
        done.findings += book.check_in_child(folder)
    return done


def policy_faults(folder: Path, text: bookchain.Book) -> list[Finding]:
    """``book.bean`` is what the program writes for the unit that the book's first entry names.

    The years that it includes are those of the book's entries, and of the day it was opened.
    """
    try:
        facts = parse_facts(text.files.get(_CHART, b"").decode())
        if facts.unit != folder.name:
            raise ValueError("the folder is named after another unit")
    except ValueError:
        return [_no_facts(folder)]
    years = {int(name[:4]) for name, _ in text.entries if name[:4].isdigit()}
    policy = book_text(facts.name.zh, {facts.opened.year, *years})
    found = book.policy_findings(folder, policy.encode())
    return found + book.outside_findings(folder.name, text.files, policy)


def number_faults(folder: Path, text: bookchain.Book) -> Iterator[Finding]:
    """Vouchers whose number is not the next of its class and month, or that stand elsewhere.

    Each voucher is read to the last word, and each file balances by fund.
    """
    last: dict[tuple[str, Month], int] = {}
    for name, entry in text.entries:
        if entry.kind != "voucher":
            continue
        shown = f"units/{folder.name}/{name}"
        try:
            voucher = parse_voucher(entry.text.decode(), shown, entry.line)
        except NotCanonical as fault:
            yield from fault.findings
            return
        draft = voucher.draft
        part = (draft.kind, draft.month)
        last[part] = last.get(part, 0) + 1
        due = voucher_number(draft.kind, draft.month, last[part])
        if voucher.number != due or draft.unit != folder.name:
            yield _other_number(shown, entry.line, voucher.number, due)
            return
    for name, data in text.files.items():
        if name[:4].isdigit() and is_book_file(name):
            try:
                read_cells(
                    data, Month(int(name[:4]), int(name[5:7])), f"units/{folder.name}/{name}"
                )
            except NotCanonical as fault:
                yield from fault.findings


def read_seals(folder: Path) -> tuple[list[Seal], list[Finding]]:
    """The seals in a unit's folder by their size, and what lies there and is none."""
    there, strange = seal_files(folder)
    found = [fault(folder.name, name, "不是封存文件", "is no seal") for name in strange]
    seals = []
    for name, data in there.items():
        try:
            seal = parse_seal(data)
        except ValueError:
            found.append(fault(folder.name, name, "不是封存文字", "is not a seal's text"))
            continue
        if seal.name != name:
            found.append(
                fault(folder.name, name, "是另一份封存", "is another seal than its name says")
            )
        seals.append(seal)
    return sorted(seals, key=lambda seal: seal.size), found


def key_changes(seals: Sequence[Seal]) -> list[tuple[str, str]]:
    """``(month, key)`` where another key begins to sign, the first one too; empty: unsigned."""
    found: list[tuple[str, str]] = []
    for seal in seals:
        if not found or found[-1][1] != seal.key:
            found.append((seal.month, seal.key))
    return found


def _no_facts(folder: Path) -> Finding:
    return finding(
        "no-book", "chart.bean 的首条不是本单位的资料",
        "chart.bean does not begin with the unit's facts",
        "核对目录：应为 units/<单位>", "check the folder: it has to be units/<unit>",
        file=f"units/{folder.name}/{_CHART}", line=1,
    )  # fmt: skip


def _other_number(file: str, line: int, number: str, due: str) -> Finding:
    return finding(
        "number-gap", f"凭证编号不连续：此处应为 {due}，而是 {number}",
        f"voucher numbers have a gap: {due} belongs here, not {number}",
        "查明缺少的凭证，从备份恢复",
        "find out which voucher is missing, and restore from a backup",
        file=file, line=line,
    )  # fmt: skip
