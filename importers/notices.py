"""A finance bureau's or an upper unit's notice of allotments: a promise for each of its items.

The number approved is what is promised, what is released now is noted as released on the notice's
day. Somebody else confirms each of them; then the money is expected under the document's number,
which payments carry in their remarks, and one deposit settles every item.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from importers import listing
from importers.listing import ListEntered, Target
from importers.lists import read_list
from importers.templates import ALLOTMENT_NOTICE
from ledger import workflow
from ledger.allocations.entering import Promise, enter_in, release_in
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.reference import document_number
from ledger.registry import allocations, oplog
from ledger.registry.allocations import REFUSED, WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from importers.lists import FilledIn
    from ledger.registry import Registry, User
    from ledger.registry.allocations import AllocationRow

_LONGEST: Final = 24
#: The natures of a notice's items, each with an account and fund of its own.
GENERAL, SPECIAL = "一般性", "专项"
_NATURES: Final = {GENERAL: allocations.GENERAL, SPECIAL: allocations.SPECIAL}
_USES: Final = {"基本支出": allocations.BASIC, "项目支出": allocations.PROJECT}
_LEVELS: Final = {
    "中央": "national", "省级": "province", "市级": "city", "县级": "county", "乡级": "township",
}  # fmt: skip


def enter_notice(
    registry: Registry,
    unit: str,
    data: bytes,
    name: str,
    to: Mapping[str, Target],
    user: User,
    now: datetime,
) -> ListEntered:
    """Enter a notice's items as promises that wait for a second person, all of them or none.

    ``to`` names the account and fund of general and of special items (:data:`GENERAL`,
    :data:`SPECIAL`). The same bytes again change nothing; a corrected notice takes the place of one
    of which nothing was confirmed. Refused if it has items of a nature that ``to`` does not name,
    or its document has no number.
    """
    workflow.demand(user, "record", unit)
    read = read_list(data, name, ALLOTMENT_NOTICE)
    refuse_if(
        _no_target(row.text("nature"), name, row.line)
        for row in read.rows
        if row.text("nature") not in to
    )
    code = document_number(read.fact("document"))
    if not code or len(code) > _LONGEST:
        raise Refused(_no_document(name))
    refuse_if(listing.too_long(len(read.rows), name))
    digest = hashlib.sha256(data).hexdigest()
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        known = [row for row in allocations.of_document(conn, unit, code) if row.state != REFUSED]
        if not known or any(row.paper != digest for row in known):
            refuse_if(listing.unknown(conn, unit, {to[row.text("nature")] for row in read.rows}))
            _replace(conn, known, code, name, user, now)
            listing.keep(
                conn, registry, unit, code, ALLOTMENT_NOTICE.name, data, name, read.fact("payer"),
                user, now,
            )  # fmt: skip
            _enter(conn, unit, code, read, to, digest, user, now)
    month = str(read.month("issued"))
    return ListEntered(code, month, len(read.rows), read.total, ALLOTMENT_NOTICE.name)


def _enter(
    conn: Connection, unit: str, code: str, read: FilledIn, to: Mapping[str, Target], digest: str,
    user: User, now: datetime,
) -> None:  # fmt: skip
    issued = read.day("issued")
    promises = [
        Promise(
            unit, code, read.fact("payer") or code, _LEVELS[read.fact("level")],
            int(read.fact("year")), _NATURES[row.text("nature")], _USES[row.text("use")],
            " ".join(filter(None, (row.text("item"), row.text("item_code")))),
            row.money("approved"), to[row.text("nature")].account, to[row.text("nature")].fund,
            issued, paper=digest,
        )
        for row in read.rows
    ]  # fmt: skip
    entered = enter_in(conn, promises, user, now)
    for row, item in zip(entered, read.rows, strict=True):
        release_in(conn, row, item.money("amount"), issued, "", user, now)
    oplog.record(
        conn, at=now, user=user.id, unit=unit, action="list.enter", object=code,
        detail=f"{ALLOTMENT_NOTICE.name}, {len(entered)} allocations",
    )  # fmt: skip


def _replace(
    conn: Connection, known: list[AllocationRow], code: str, name: str, user: User, now: datetime
) -> None:
    """Take back what was entered of the document before; Refused once somebody confirmed it."""
    if any(row.state != WAITING for row in known):
        raise Refused(_confirmed(code, name))
    for row in known:
        allocations.decide(conn, row, REFUSED, user.id, now)


def _no_target(nature: str, name: str, line: int) -> Finding:
    return finding(
        "no-target",
        f"没有给出「{nature}」项目的科目与资金",
        f"no account and fund were given for items that are {nature}",
        "用 --general、--special 写明科目与资金",
        "give account and fund with --general or --special",
        file=name,
        line=line,
    )


def _no_document(name: str) -> Finding:
    return finding(
        "no-document",
        f"文号不成样式，或超过 {_LONGEST} 字",
        f"the document's number has no such form, or more than {_LONGEST} characters",
        "写作：青财预〔2026〕12号",
        "write 青财预〔2026〕12号",
        file=name,
    )


def _confirmed(code: str, name: str) -> Finding:
    return finding(
        "document-confirmed",
        f"文号 {code} 的拨款已经审批，不能再整份更改",
        f"allocations of {code} were confirmed: they are not entered anew",
        "再次下达用 mingbai allocation release；多批的另有文号",
        "enter a further release with mingbai allocation release; more has a document of its own",
        file=name,
    )
