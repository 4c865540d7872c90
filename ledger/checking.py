"""``mingbai check``: everything that can be verified of a unit, as findings.

What is looked at, each apart from the others so that one fault does not hide another: the two
witnesses byte for byte, the hash chain over the text alone, the policy in ``book.bean``, digests of
closed months, the papers, the cache of reports, the operation log and what it says of vouchers. Of
a book that is whole so far: what the registry keeps of it besides, gifts and aid among it, its
seals, and Beancount's own opinion, asked in a child process with our plugins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ledger import book, bookchain, journal
from ledger.aid import checks as aid_checks
from ledger.assets import sums as asset_sums
from ledger.audit import log_check
from ledger.cacheproof import check_cache
from ledger.canonical_reader import NotCanonical, parse_voucher
from ledger.derived import derive, differences
from ledger.errors import Finding, finding
from ledger.gifts import book_check
from ledger.gifts.receipt_check import check_receipts
from ledger.layout import paper_path, unit_folder
from ledger.period import Month
from ledger.registry import entries, month_states, oplog, papers, units
from ledger.sealing.proving import check_seals

if TYPE_CHECKING:
    from ledger.registry import Registry

# One altered fact may show in many places; nobody reads further than this.
_MOST: Final = 20
_STREAMS: Final = re.compile(rb'^    (?:gift|aid|asset): "|^  Assets:[^\n]* \{', re.MULTILINE)
_PAPERS: Final = re.compile(rb'^  papers[0-9]*: "([0-9a-f ]+)"$', re.MULTILINE)


def check_unit(registry: Registry, unit: str) -> list[Finding]:
    """All findings about one unit's book; empty when it is whole."""
    folder = unit_folder(registry.folder, unit)
    text, broken = bookchain.read_book(folder)
    policy = journal.expected_book_text(registry, unit)
    found = journal.compare_witnesses(registry, unit) + broken
    found += book.policy_findings(folder, policy)
    found += book.outside_findings(unit, text.files, policy.decode())
    found += check_closed_months(registry, unit)
    found += check_papers(registry, unit) + check_named_papers(registry, unit, text)
    found += check_log(registry, unit) + log_check.differences(registry, unit)
    found += check_cache(folder)
    if not found:
        found += check_derived(registry, unit, text)
    if not found:
        found += check_receipts(registry, unit) + check_seals(registry, unit, text)
    if not found:
        found += check_streams(registry, unit, text)
        # Beancount reads files as they are; it is asked once they are known to be ours.
        found += book.check_in_child(folder)
    return found


def check_derived(registry: Registry, unit: str, text: bookchain.Book) -> list[Finding]:
    """What posting asks the registry for, where it is not what the book says."""
    try:
        book_ = derive(text.entries, text.files)
    except NotCanonical as fault:
        return list(fault.findings)
    with registry.read() as conn:
        wrong = differences(conn, unit, book_)
    return [
        finding(
            "registry-differs",
            f"登记册与账簿不一致：{what}",
            f"the registry says otherwise than the book: {what}",
            "查明是谁改动的；以账簿为准：mingbai rebuild --from books",
            "find out who changed it; the book decides: mingbai rebuild --from books",
            file=f"units/{unit}",
        )
        for what in wrong[:_MOST]
    ]


def check_streams(registry: Registry, unit: str, text: bookchain.Book) -> list[Finding]:
    """Gifts, aid and things of which the registry says otherwise than the vouchers of them."""
    vouchers = [
        parse_voucher(entry.text.decode())
        for _, entry in text.entries
        if entry.kind == "voucher" and _STREAMS.search(entry.text)
    ]
    with registry.read() as conn:
        found = book_check.differences(conn, unit, vouchers)
        found += aid_checks.differences(conn, unit, vouchers)
        found += asset_sums.differences(conn, unit, [voucher.draft for voucher in vouchers])
    return found[:_MOST]


def check_log(registry: Registry, unit: str) -> list[Finding]:
    """Vouchers that the operation log posted otherwise, or that are gone since.

    The log has a chain of its own: a book rewritten consistently in both witnesses is found by it.
    """
    with registry.read() as conn:
        posted = {
            act.object: act.detail
            for act in oplog.entries(conn, unit)
            if act.action == "voucher.post"
        }
        have = entries.chains(conn, unit)
    wrong = [number for number, chain in posted.items() if have.get(number) != chain]
    return [
        finding(
            "log-differs",
            f"凭证 {number} 与操作日志所记不同，或已不在",
            f"voucher {number} is not what the operation log says was posted, or is gone",
            "从备份恢复，并查明是谁改动的",
            "restore from a backup and find out who changed it",
            file=f"units/{unit}",
        )
        for number in wrong[:_MOST]
    ]


def check_federation(
    registry: Registry, only: str | None = None, told: Callable[[int, int], None] | None = None
) -> list[Finding]:
    """All findings about one unit, or about every unit, and about the operation log.

    ``told`` hears how many units are done, and of how many.
    """
    with registry.read() as conn:
        names = [row.id for row in units.all_units(conn)]
        found = oplog.verify(conn)
    asked = [only] if only else names
    for done, unit in enumerate(asked, start=1):
        found += check_unit(registry, unit)
        if told is not None:
            told(done, len(asked))
    return found + ([] if only else _unknown_folders(registry, names))


def _unknown_folders(registry: Registry, names: list[str]) -> list[Finding]:
    """Books in the folder that the registry knows nothing of, and so would not be verified."""
    units_there = [path.parent.name for path in sorted(registry.folder.glob("units/*/book.bean"))]
    return [
        finding(
            "unknown-book",
            f"登记册不知道 units/{name} 的账簿，未作核对",
            f"the registry knows nothing of the book in units/{name}: it was not verified",
            f"移走它，或以 mingbai rebuild DIR --unit {name} --from books 接收",
            f"move it away, or take it over: mingbai rebuild DIR --unit {name} --from books",
            file=f"units/{name}/book.bean",
        )
        for name in units_there
        if name not in names
    ]


def check_closed_months(registry: Registry, unit: str) -> list[Finding]:
    """Closed months whose file is not what was closed."""
    folder = unit_folder(registry.folder, unit)
    with registry.read() as conn:
        closed = [row for row in month_states.all_months(conn, unit) if row.state == "closed"]
    found = []
    for row in closed:
        month = Month.parse(row.month)
        path = folder / f"{month.year:04d}/{month.month:02d}.bean"
        own = path.is_file() and not path.is_symlink()
        data = path.read_bytes() if own else b""
        if hashlib.sha256(data).hexdigest() != row.digest:
            found.append(
                finding(
                    "closed-month-changed",
                    f"{row.month} 月已结账，其后账簿文件被改动",
                    f"the file of {row.month} changed after the month was closed",
                    "从备份或日志恢复，并查明是谁改动的",
                    "restore it from the journal or a backup and find out who changed it",
                    file=f"units/{unit}/{month.year:04d}/{month.month:02d}.bean",
                )
            )
    return found


def check_papers(registry: Registry, unit: str) -> list[Finding]:
    """Papers that are missing or are not the bytes that their name says."""
    found = []
    with registry.read() as conn:
        known = papers.all_papers(conn, unit)
    for paper in known:
        state = papers.state(registry, unit, paper)
        if state == papers.THERE:
            continue
        what = {
            papers.GONE: ("附件缺失", "a paper is missing"),
            papers.ALTERED: ("附件内容与登记不符", "a paper is not what was registered"),
        }[state]
        path = papers.path_of(registry, unit, paper)
        found.append(_bad_paper(paper.digest, path.relative_to(registry.folder).as_posix(), what))
    return found


def check_named_papers(registry: Registry, unit: str, text: bookchain.Book) -> list[Finding]:
    """Papers that vouchers name, and of which neither the registry nor the folder knows."""
    folder = unit_folder(registry.folder, unit)
    with registry.read() as conn:
        known = {row.digest for row in papers.all_papers(conn, unit)}
    named = {
        digest.decode(): file
        for file, entry in text.entries
        if entry.kind == "voucher"
        for line in _PAPERS.findall(entry.text)
        for digest in line.split()
    }
    what = ("凭证所附的附件缺失", "a paper that a voucher names is missing")
    return [
        _bad_paper(digest, f"units/{unit}/{file}", what)
        for digest, file in sorted(named.items())
        # A book that was taken over has its papers beside it, and no registry of them.
        if digest not in known and not any((folder / paper_path(digest)).parent.glob(f"{digest}*"))
    ]


def _bad_paper(digest: str, file: str, what: tuple[str, str]) -> Finding:
    return finding(
        "paper",
        f"{what[0]}：sha256:{digest[:16]}",
        f"{what[1]}: sha256:{digest[:16]}",
        "从备份恢复原件",
        "restore the original from a backup",
        file=file,
    )
