"""``mingbai check``: everything that can be verified of a unit, as findings.

What is looked at, each apart from the others so that one fault does not hide another: the two
witnesses byte for byte, the hash chain over the text alone, the policy in ``book.bean``, digests of
closed months, the papers, the operation log, and Beancount's own opinion of the whole book, asked
in a child process with our plugins.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ledger import book, bookchain, journal
from ledger.errors import Finding, finding
from ledger.layout import unit_folder
from ledger.period import Month
from ledger.registry import entries, oplog, papers, units

if TYPE_CHECKING:
    from ledger.registry import Registry


def check_unit(registry: Registry, unit: str) -> list[Finding]:
    """All findings about one unit's book; empty when it is whole."""
    folder = unit_folder(registry.folder, unit)
    found = journal.compare_witnesses(registry, unit)
    found += bookchain.verify_book(folder)
    found += book.policy_findings(folder, journal.expected_book_text(registry, unit))
    found += check_closed_months(registry, unit)
    found += check_papers(registry, unit)
    found += check_posted(registry, unit)
    if not found:
        # Beancount reads files as they are; it is asked once they are known to be ours.
        found += book.check_in_child(folder)
    return found


def check_federation(registry: Registry, only: str | None = None) -> list[Finding]:
    """All findings about one unit, or about every unit, and about the operation log."""
    with registry.read() as conn:
        names = [row.id for row in units.all_units(conn)]
        found = oplog.verify(conn)
    for unit in [only] if only else names:
        found += check_unit(registry, unit)
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
        closed = [row for row in entries.months(conn, unit) if row.state == "closed"]
    found = []
    for row in closed:
        month = Month.parse(row.month)
        path = folder / f"{month.year:04d}/{month.month:02d}.bean"
        data = path.read_bytes() if path.is_file() else b""
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


def check_posted(registry: Registry, unit: str) -> list[Finding]:
    """Vouchers that the operation log says were posted, and that journal and book have lost.

    The two witnesses agree as well when somebody cut the same end off both.
    """
    found = []
    with registry.read() as conn:
        posted = {row.number: row.chain for row in entries.all_entries(conn, unit) if row.number}
        for act in oplog.entries(conn, unit):
            if act.action != "voucher.post" or posted.get(act.object) == act.detail:
                continue
            found.append(
                finding(
                    "posted-lost",
                    f"操作日志记有凭证 {act.object}，账簿和日志中却没有，或不是同一张",
                    f"the log says that {act.object} was posted; book and journal lack it, "
                    "or hold another in its place",
                    "从备份恢复账簿与登记册，并查明是谁改动的",
                    "restore book and registry from a backup and find out who changed them",
                    file=f"units/{unit}",
                )
            )
    return found


def check_papers(registry: Registry, unit: str) -> list[Finding]:
    """Papers that are missing or are not the bytes that their name says."""
    found = []
    with registry.read() as conn:
        known = papers.all_papers(conn, unit)
    for paper in known:
        path = papers.path_of(registry, unit, paper)
        if not path.is_file():
            what = ("附件缺失", "a paper is missing")
        elif papers.read(registry, unit, paper) is None:
            what = ("附件内容与登记不符", "a paper is not what was registered")
        else:
            continue
        found.append(
            finding(
                "paper",
                f"{what[0]}：sha256:{paper.digest[:16]}",
                f"{what[1]}: sha256:{paper.digest[:16]}",
                "从备份恢复原件",
                "restore the original from a backup",
                file=path.relative_to(registry.folder).as_posix(),
            )
        )
    return found
