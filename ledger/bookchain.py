"""The hash chain of a book, verified from its text alone: no registry, no Beancount."""

from __future__ import annotations

from pathlib import Path

from ledger import canonical, canonical_reader
from ledger.errors import Finding, finding


def verify_book(folder: Path) -> list[Finding]:
    """Findings for the first place where the chain of a unit's book breaks, file and line.

    Every entry of every file is put in the order of its ``seq``: a missing one, a doubled one, or
    one whose text does not give its chain is found. Text that is not canonical is found per file.
    """
    found: list[Finding] = []
    entries: list[tuple[int, str, canonical_reader.EntryText]] = []
    for path in sorted(folder.rglob("*.bean")):
        name = path.relative_to(folder).as_posix()
        if name == "book.bean":
            continue
        shown = f"units/{folder.name}/{name}"
        try:
            for entry in canonical_reader.entries(path.read_bytes(), shown):
                entries.append((entry.seq, shown, entry))
        except canonical_reader.NotCanonical as fault:
            found += fault.findings
    if found:
        return found
    entries.sort(key=lambda item: item[0])
    chain = canonical.first_chain(folder.name)
    for place, (seq, shown, entry) in enumerate(entries, start=1):
        if seq != place:
            return [_broken(shown, entry.line, f"缺第 {place} 号", f"number {place} is missing")]
        chain = canonical.next_chain(chain, entry.text.decode())
        if chain != entry.chain:
            return [_broken(shown, entry.line, f"第 {seq} 号", f"number {seq}")]
    return []


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
