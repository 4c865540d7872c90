"""The hash chain of a book, verified from its text alone: no registry, no Beancount."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ledger import canonical, canonical_reader
from ledger.canonical_directives import CustomEntry, parse_directives
from ledger.errors import Finding, finding
from ledger.layout import bean_files, month_file
from ledger.period import Month


class Book(NamedTuple):
    """A book's text: its files' bytes, and every entry with its file in the order of posting."""

    files: dict[str, bytes]
    entries: list[tuple[str, canonical_reader.EntryText]]


def verify_book(folder: Path) -> list[Finding]:
    """Findings for the first place where the chain of a unit's book breaks, file and line.

    Every entry of every file is put in the order of its ``seq``: a missing one, a doubled one, one
    that stands out of order in its file, or whose text does not give its chain is found. Text that
    is not canonical is found per file.
    The chain is followed by what closings say: see :func:`_closing_faults`.
    """
    return read_book(folder)[1]


def read_book(folder: Path) -> tuple[Book, list[Finding]]:
    """A unit's book, and the findings of :func:`verify_book`; it is whole if there are none."""
    known, strange = bean_files(folder)
    found = [_foreign(_shown(folder, name)) for name in strange]
    book = Book({name: path.read_bytes() for name, path in known.items()}, [])
    for name, data in book.files.items():
        try:
            book.entries.extend(
                (name, entry) for entry in canonical_reader.entries(data, _shown(folder, name))
            )
        except canonical_reader.NotCanonical as fault:
            found += fault.findings
    book.entries.sort(key=lambda item: item[1].seq)
    if not found:
        try:
            found = _chain_faults(folder, book) or list(_closing_faults(folder, book))
        except canonical_reader.NotCanonical as fault:
            found = list(fault.findings)
    return book, found


def _shown(folder: Path, name: str) -> str:
    return f"units/{folder.name}/{name}"


def _chain_faults(folder: Path, book: Book) -> list[Finding]:
    chain = canonical.first_chain(folder.name)
    ends: dict[str, int] = {}
    for place, (name, entry) in enumerate(book.entries, start=1):
        shown = _shown(folder, name)
        # A file is only ever appended to; entries that changed places keep their chain.
        if entry.offset < ends.get(name, 0):
            what = (f"第 {entry.seq} 号换了位置", f"number {entry.seq} stands out of order")
            return [_broken(shown, entry.line, *what)]
        ends[name] = entry.offset
        if entry.seq != place:
            return [_broken(shown, entry.line, f"缺第 {place} 号", f"number {place} is missing")]
        chain = canonical.next_chain(chain, entry.text.decode())
        if chain != entry.chain:
            return [_broken(shown, entry.line, f"第 {entry.seq} 号", f"number {entry.seq}")]
    return []


def _closing_faults(folder: Path, book: Book) -> Iterator[Finding]:
    """What was entered behind a closing, and closings that name another text than stands there.

    Whoever rewrites a book and its chain consistently has to rewrite every closing as well.
    """
    closed: dict[str, str] = {}
    for name, entry in book.entries:
        if entry.kind == "voucher":
            if name in closed:
                yield _after_close(_shown(folder, name), entry.line, closed[name])
        elif entry.kind in ("close", "reopen"):
            for custom in _customs(folder, name, entry):
                month = custom.values[0]
                try:
                    file = month_file(Month.parse(month))
                except ValueError:
                    yield _other_digest(_shown(folder, name), entry.line, month[:10])
                    continue
                if custom.type == "reopen":
                    closed.pop(file, None)
                    continue
                closed[file] = month
                before = book.files.get(file, b"")[: entry.offset]
                said = custom.values[1] if len(custom.values) > 1 else ""
                if name != file or hashlib.sha256(before).hexdigest() != said:
                    yield _other_digest(_shown(folder, name), entry.line, month)


def _customs(folder: Path, name: str, entry: canonical_reader.EntryText) -> Iterator[CustomEntry]:
    for directive in parse_directives(entry.text.decode(), _shown(folder, name), entry.line):
        if isinstance(directive, CustomEntry) and directive.values:
            yield directive


def _broken(file: str, line: int, zh: str, en: str) -> Finding:
    return finding(
        "chain-broken",
        f"哈希链在此断开（{zh}）：此条或其前有改动、插入或删除",
        f"the hash chain breaks here ({en}): this entry, or one before, was altered",
        "从日志或备份恢复此文件，并查明是谁改动的",
        "restore the file from the journal or a backup and find out who changed it",
        file=file,
        line=line,
    )


def _after_close(file: str, line: int, month: str) -> Finding:
    return finding(
        "entry-after-close",
        f"此凭证记在 {month} 月结账之后",
        f"this voucher was entered after {month} was closed",
        "查明是谁改动的；更正应记入未结账的月份",
        "find out who did it; corrections belong into an open month",
        file=file,
        line=line,
    )


def _other_digest(file: str, line: int, month: str) -> Finding:
    return finding(
        "close-digest",
        f"{month} 月结账时的文字与现在不同",
        f"what stood here when {month} was closed is not what stands here now",
        "从备份恢复，并查明是谁改动的",
        "restore from a backup and find out who changed it",
        file=file,
        line=line,
    )


def _foreign(file: str) -> Finding:
    return finding(
        "foreign-file",
        "账簿中有一个不是本程序写入的文件",
        "a file in the book was not written by this program",
        "移走它；其中的业务用 mingbai accept 重新提交",
        "move it away; submit what it holds with mingbai accept",
        file=file,
    )
