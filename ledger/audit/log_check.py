"""Whether what auditors found, said and kept is all there: held against the operation log.

The log has a chain of its own. A finding, an act on it, an evaluation or a working paper that is
gone, or that nobody entered, differs from it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Words, finding
from ledger.registry import audit_evaluations, audit_findings, audit_papers, oplog
from ledger.registry.audit_evaluations import PUBLISHED, RETURNED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry

#: What was done, to what: an action of the log and its object.
_Done = tuple[str, str]
_FINDING: Final = "audit-finding."
_ACTS: Final = tuple(
    f"{_FINDING}{act}" for act in ("open", "answered", "returned", "closed", "withdrawn")
)
_EVALUATED: Final = tuple(f"audit-evaluation.{act}" for act in ("add", "confirm", "back"))
_KEPT: Final = ("audit.sample", "audit.run", "audit.mark")
_MOST: Final = 20


def differences(registry: Registry, unit: str) -> list[Finding]:
    """A finding for each act of auditors that the log has and the registry lacks, or the other way
    round."""
    with registry.read() as conn:
        there = Counter(_there(conn, unit))
        logged = Counter(_logged(conn, unit))
    gone = Words("操作日志有记录，登记册中没有", "the log has it, and the registry lacks it")
    added = Words("登记册中有，操作日志没有记录", "the registry has it, and the log lacks it")
    found = [_differs(unit, done, gone) for done in sorted((logged - there).keys())]
    found += [_differs(unit, done, added) for done in sorted((there - logged).keys())]
    return found[:_MOST]


def _logged(conn: Connection, unit: str) -> Iterator[_Done]:
    for act in oplog.entries(conn, unit, actions=(*_ACTS, *_EVALUATED, *_KEPT)):
        if act.action in _EVALUATED:
            yield act.action, f"{act.object} v{act.detail}"
        elif act.action not in _KEPT or act.object.startswith(audit_papers.PREFIX):
            yield act.action, act.object


def _there(conn: Connection, unit: str) -> Iterator[_Done]:
    for row in audit_findings.of_units(conn, [unit]):
        yield f"{_FINDING}open", row.code
    for acts in audit_findings.acts(conn, [unit]).values():
        yield from ((f"{_FINDING}{one.act}", one.code) for one in acts)
    for version in audit_evaluations.of_units(conn, [unit]):
        name = f"{version.code} v{version.version}"
        yield "audit-evaluation.add", name
        if version.state == PUBLISHED:
            yield "audit-evaluation.confirm", name
        elif version.state == RETURNED:
            yield "audit-evaluation.back", name
    for paper in audit_papers.of_units(conn, [unit]):
        yield f"audit.{paper.kind}", paper.code
        for place, marks in audit_papers.marks(conn, unit, paper.code).items():
            yield from (("audit.mark", f"{paper.code}/{place}") for _ in marks)


def _differs(unit: str, done: _Done, why: Words) -> Finding:
    action, what = done
    return finding(
        "audit-differs", f"审计记录 {what}（{action}）：{why.zh}",
        f"{what} ({action}): {why.en}",
        "从备份恢复，并查明是谁改动的", "restore it from a backup and find out who changed it",
        file=f"units/{unit}",
    )  # fmt: skip
