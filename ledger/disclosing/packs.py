"""Packs that were published: every version stays, and a later one says why it came.

A pack is published for members or the public; it meets the duties of its days and audience for
which a rule says that a pack is enough. The pack itself lies in files: what is kept here is its
digest (of its SHA256SUMS) and the tree head that it shows, by which anyone can tell which it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Finding, finding, refuse_if
from ledger.registry import oplog, packs
from ledger.registry.packs import PackRow
from ledger.rules.deadlines import PACK, Published
from ledger.rules.disclosure_tables import MEMBERS, PUBLIC
from ledger.words import personal_faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.period import Period
    from ledger.registry import Registry, User

AUDIENCES: Final = (MEMBERS, PUBLIC)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was published on ``day``. ``digest`` is the SHA-256 of its SHA256SUMS.

    ``seal_size`` and ``seal_root`` are those of the tree head that it shows. A version above 1
    ``supersedes`` the one before and has an ``explanation``.
    """

    unit: str
    period: Period
    audience: str
    version: int
    digest: str
    seal_size: int
    seal_root: str
    day: date
    supersedes: int | None = None
    explanation: str = ""


def record_pack(registry: Registry, pack: Pack, user: User, now: datetime) -> PackRow:
    """Enter that a pack was published; who records for the unit may.

    The same version with the same digest is the one that is there: a pack is rebuilt to the byte.
    Refused for anything else that was published before, a version that does not follow, a
    correction without its explanation, a day to come or within the period.
    """
    workflow.demand(user, "record", pack.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, pack.unit)
        return record_pack_in(conn, registry, pack, user, now)


def record_pack_in(
    conn: Connection, registry: Registry, pack: Pack, user: User, now: datetime
) -> PackRow:
    """:func:`record_pack` within a caller's transaction that holds the unit's lock."""
    workflow.demand(user, "record", pack.unit)
    earlier = packs.versions(conn, pack.unit, str(pack.period), pack.audience)
    same = next((row for row in earlier if row.version == pack.version), None)
    if same is not None and (same.digest, same.seal_root) == (pack.digest, pack.seal_root):
        return same
    refuse_if([*_faults(pack, earlier, now.date()), *_named(conn, registry, pack)])
    row = PackRow(
        pack.unit, str(pack.period), pack.audience, pack.version, pack.period.start,
        pack.period.last, pack.day, pack.digest, pack.seal_size, pack.seal_root, pack.supersedes,
        safe_text(pack.explanation, _LONGEST), user.id, now.isoformat(timespec="seconds"),
    )  # fmt: skip
    packs.add(conn, row)
    oplog.record(
        conn, at=now, user=user.id, unit=pack.unit, action="pack.publish",
        object=f"{row.period} {row.audience} v{row.version}", detail=row.digest,
    )  # fmt: skip
    return row


def packs_of(registry: Registry, unit: str) -> list[PackRow]:
    """Every version that was published of a unit, by first day, audience and version."""
    with registry.read() as conn:
        return packs.of_units(conn, [unit])


def next_version(registry: Registry, unit: str, period: Period, audience: str) -> int:
    """The version that a pack would have: 1 for the first one."""
    with registry.read() as conn:
        return len(packs.versions(conn, unit, str(period), audience)) + 1


def pack_told_of(row: PackRow) -> Published:
    """A pack as something that was made known."""
    return Published(0, PACK, "", row.first, row.last, row.published, row.audience)


def as_json(row: PackRow) -> dict[str, Any]:
    return {
        "unit": row.unit, "period": row.period, "audience": row.audience, "version": row.version,
        "published": row.published.isoformat(), "digest": row.digest,
        "seal": {"size": row.seal_size, "root": row.seal_root}, "supersedes": row.supersedes,
        "explanation": row.explanation, "by": row.user,
    }  # fmt: skip


def _faults(pack: Pack, earlier: Sequence[PackRow], today: date) -> Iterator[Finding]:
    if pack.audience not in AUDIENCES:
        yield _bad(f"公开包的对象为 {'、'.join(AUDIENCES)}",
                   f"a pack is for {' or '.join(AUDIENCES)}")  # fmt: skip
    if not _DIGEST.fullmatch(pack.digest) or not _DIGEST.fullmatch(pack.seal_root):
        yield _bad("摘要与根须为 64 位十六进制小写", "digest and root are 64 small hex digits")
    if pack.seal_size < 1:
        yield _bad("封存的条数须大于零", "a seal is of one entry or more")
    if not pack.period.last <= pack.day <= today:
        yield _bad(f"公开日须在 {pack.period.last} 与今天之间",
                   f"it is published from {pack.period.last} to today")  # fmt: skip
    last = earlier[-1].version if earlier else 0
    if pack.version <= last:
        yield _bad(
            f"第 {pack.version} 版已公开，内容不同：已公开的版本不改",
            f"version {pack.version} is published and is another one: it stays as it is",
        )
    elif pack.version != last + 1:
        yield _bad(f"下一版是第 {last + 1} 版", f"the next version is {last + 1}")
    elif pack.supersedes != (last or None):
        yield _bad("须写明替代哪一版（第一版不写）",
                   "it says which version it supersedes; the first one none")  # fmt: skip
    elif earlier and pack.day < earlier[-1].published:
        yield _bad("更正不早于所更正的公开", "a correction is no earlier than what it corrects")
    elif earlier and not safe_text(pack.explanation, _LONGEST):
        yield _bad("更正须有说明", "a correction is explained")
    if len(pack.explanation) > _LONGEST:
        yield _bad(f"说明不超过 {_LONGEST} 字", f"an explanation has up to {_LONGEST} characters")


def _named(conn: Connection, registry: Registry, pack: Pack) -> list[Finding]:
    return personal_faults(conn, registry, pack.explanation) if pack.explanation else []


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-pack", zh, en, "改正后重试", "correct it and try again")
