"""Entering donors and what they consent to. Names are sealed; everything else holds ids.

Nothing is published of a donor without consent: whoever says nothing stays anonymous.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, NotAllowed, Refused, finding, refuse_if
from ledger.registry import donors, oplog, papers, persons
from ledger.registry.donors import ANONYMOUS, COMPANY, CONSENTS, KINDS, UNNAMED, DonorRow, New
from ledger.registry.persons import PersonData
from ledger.seeing import may_know
from ledger.words import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User, Vault


@dataclass(frozen=True, slots=True)
class SaidDonor:
    """What one row says of a donor; ``id`` where it names one who is known."""

    line: int
    id: str
    kind: str
    data: PersonData | None
    consent: str = UNNAMED
    related: bool = False
    abroad: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What a list brought: the new donors' ids by line, and how many were known already."""

    fresh: tuple[tuple[int, str], ...]
    known: int

    def as_json(self) -> dict[str, Any]:
        return {
            "donors": [{"line": line, "id": id} for line, id in self.fresh],
            "known": self.known,
        }


@dataclass(frozen=True, slots=True)
class Looked:
    """What a list would bring: new donors by line, known ones by line, and what is wrong."""

    fresh: tuple[SaidDonor, ...]
    known: tuple[SaidDonor, ...]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> int:
        """How many of the new donors nothing is said against."""
        faulty = {fault.line for fault in self.findings}
        return sum(one.line not in faulty for one in self.fresh)


def look(registry: Registry, unit: str, said: Sequence[SaidDonor], file: str, user: User) -> Looked:
    """Look at a list of donors without entering any; nothing is refused but rights."""
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        known, faults = _judged(conn, registry.vault, unit, said)
    return Looked(
        tuple(one for one in said if one.line not in known),
        tuple(one for one in said if one.line in known),
        tuple(replace(fault, file=file) for fault in faults),
    )


def enter_donors(
    registry: Registry, unit: str, said: Sequence[SaidDonor], file: str, user: User, now: datetime,
    data: bytes = b"",
) -> Entered:  # fmt: skip
    """Enter the donors of a list, all or none; ``data`` is the list itself, kept as their paper.

    Refused with every row that is wrong: it has no name, it is perhaps somebody who is known, or it
    says of a known donor what is not known.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        known, faults = _judged(conn, registry.vault, unit, said)
        refuse_if(replace(fault, file=file) for fault in faults)
        new = [one for one in said if one.line not in known]
        paper = ""
        if data and new:
            paper = papers.store_in(conn, registry, unit, data, file, user=user.id, now=now)
        made = donors.add_many(
            conn, registry.vault, unit,
            [New(one.kind, one.data, one.consent, one.related, one.abroad) for one in new],
            user.id, now, paper,
        )  # fmt: skip
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="donors.import",
            object=f"{len(new)} new, {len(known)} known",
        )  # fmt: skip
    lines = (one.line for one in new)
    return Entered(tuple(zip(lines, made, strict=True)), len(known))


def change_consent(
    registry: Registry, unit: str, donor: str, consent: str, paper: bytes, name: str, user: User,
    now: datetime, *, related: bool | None = None,
) -> DonorRow:  # fmt: skip
    """Keep another version of what a donor consents to, with the paper that says so.

    Refused without a paper where more is to be published than before, and for an anonymous donor,
    of whom there is nothing to publish.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known_donor(conn, unit, donor)
        refuse_if(_consent_faults(row, consent, with_paper=bool(paper)))
        digest = ""
        if paper:
            digest = papers.store_in(conn, registry, unit, paper, name, user=user.id, now=now)
        now_related = row.related if related is None else related
        if (consent, now_related) == (row.consent, row.related):
            return row
        donors.add_consent(conn, row, consent, digest, user.id, now, related=now_related)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="donor.consent", object=row.id,
            detail=consent,
        )  # fmt: skip
        return replace(row, consent=consent, related=now_related, version=row.version + 1)


def erase(registry: Registry, unit: str, donor: str, reason: str, user: User, now: datetime) -> str:
    """Erase who a donor is, for good; the id stays. Refused for a reason that names somebody."""
    workflow.demand(user, "administer", "*")
    with registry.write() as conn:
        row = known_donor(conn, unit, donor)
        if row.person is None:
            raise Refused(_nobody(row))
        if persons.names_in(conn, registry.vault, reason):
            raise Refused(
                finding(
                    "name-in-log", "依据中有已登记人员的姓名，操作日志不留姓名",
                    "the reason names a registered person; the log holds no names",
                    "改写依据，不写姓名", "say why without the name",
                )
            )  # fmt: skip
        persons.erase(conn, row.person)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="person.erase", object=row.id,
            detail=safe_text(reason, 200),
        )  # fmt: skip
    registry.wipe()
    return row.id


def names_of(
    registry: Registry, unit: str, rows: Sequence[DonorRow], user: User, now: datetime
) -> dict[str, str]:
    """Who these donors are, for whoever may know; that they looked is kept."""
    demand_names(user, unit)
    with registry.write() as conn:
        found = donors.names(conn, registry.vault, rows)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="donor.names",
            object=f"{len(rows)} donors",
        )  # fmt: skip
    return found


def find_named(
    registry: Registry, unit: str, name: str, user: User, now: datetime
) -> list[DonorRow]:
    """The unit's donors of exactly this name, for whoever may know; that they looked is kept."""
    demand_names(user, unit)
    with registry.write() as conn:
        found = persons.find_many(conn, registry.vault, "name", [name], persons.DONOR)
        mine = donors.of_persons(conn, unit, found.get(name, ()))
        rows = donors.of_unit(conn, unit, list(mine.values()))
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="donor.names",
            object=f"{len(rows)} donors",
        )  # fmt: skip
    return rows


def demand_names(user: User, unit: str) -> None:
    """Raise NotAllowed for who neither records nor checks: nobody else reads donors' names."""
    if not may_know(user, unit):
        raise NotAllowed(
            finding(
                "not-allowed", f"用户 {user.id} 不能查看单位 {unit} 的捐赠人姓名",
                f"user {user.id} may not see who gives to unit {unit}",
                "姓名只给登记人与审核人看", "only who records or checks may see names",
            )
        )  # fmt: skip


def known_donor(conn: Connection, unit: str, donor: str) -> DonorRow:
    """The unit's donor of this id; CannotRun if there is none."""
    row = donors.find(conn, unit, donor)
    if row is None:
        raise CannotRun(
            finding(
                "no-donor", f"单位 {unit} 没有捐赠人 {typed(donor)}",
                f"unit {unit} has no donor {typed(donor)}",
                "用 mingbai donors list 查看", "see mingbai donors list",
            )
        )  # fmt: skip
    return row


# ---- one row -----------------------------------------------------------------------------------


def _judged(
    conn: Connection, vault: Vault, unit: str, said: Sequence[SaidDonor]
) -> tuple[set[int], list[Finding]]:
    """The lines of donors who are known, and every finding against the list."""
    known, faults = _known(conn, vault, unit, said)
    faults += [fault for one in said for fault in _row_faults(one)]
    return known, [*faults, *_doubles(said)]


def _known(
    conn: Connection, vault: Vault, unit: str, said: Sequence[SaidDonor]
) -> tuple[set[int], list[Finding]]:
    """The lines of donors who are known, and findings against what is said of known ones."""
    look = _Look(conn, vault, unit, said)
    known: set[int] = set()
    faults: list[Finding] = []
    for one in said:
        row = look.of(one, faults)
        if row is None:
            continue
        known.add(one.line)
        if (row.consent, row.related, row.kind) != (one.consent, one.related, one.kind):
            faults.append(_row(
                one, f"{row.id} 已登记，公开方式、关联方或类别与此不同",
                f"{row.id} is known with another consent, relation or kind",
                "用 mingbai donors consent 登记改变", "change it with mingbai donors consent",
            ))  # fmt: skip
    return known, faults


class _Look:
    """The unit's donors, and those of them who have a name or number that a list has."""

    def __init__(
        self, conn: Connection, vault: Vault, unit: str, said: Sequence[SaidDonor]
    ) -> None:
        self._rows = {row.id: row for row in donors.of_unit(conn, unit)}
        self._by_person = {row.person: row for row in self._rows.values() if row.person is not None}
        data = [one.data for one in said if one.data is not None]
        self._named = persons.find_many(
            conn, vault, "name", {one.name for one in data}, persons.DONOR
        )
        codes = {one.identity for one in data} - {""}
        self._coded = persons.find_many(conn, vault, "identity", codes, persons.DONOR)
        maybe = {p for found in self._named.values() for p in found if p in self._by_person}
        self._people = persons.read_many(conn, vault, maybe)

    def of(self, one: SaidDonor, faults: list[Finding]) -> DonorRow | None:
        """The known donor that a row is about; None for a new one, or one that nobody can tell."""
        if one.id:
            row = self._rows.get(one.id)
            if row is not None and (one.data is None or row in self._called(one.data)):
                return row
            faults.append(
                _row(one, "没有此编号的捐赠人，或名称不同", "no donor has that number and name")
            )
            return None
        if one.data is None:
            return None
        same = [self._by_person[p] for p in self._coded.get(one.data.identity, ())
                if p in self._by_person]  # fmt: skip
        if same:
            return same[0]
        called = [
            row
            for row in self._called(one.data)
            if not _differs(one.data, self._people.get(row.person or ""))
        ]
        if called and one.kind != COMPANY:
            faults.append(_row(
                one, f"与已登记的 {called[0].id} 同名，或为同一人",
                f"it has the name of {called[0].id}: perhaps the same",
                "同一人的填其编号，另一人的补证件号或手机",
                "give that number, or an identity number or telephone of another person",
            ))  # fmt: skip
            return None
        return called[0] if called else None

    def _called(self, data: PersonData) -> list[DonorRow]:
        return [self._by_person[p] for p in self._named.get(data.name, ()) if p in self._by_person]


def _differs(said: PersonData, known: PersonData | None) -> bool:
    """Whether two of one name are told apart by what is known of both."""
    if known is None:
        return True
    pairs = ((said.identity, known.identity), (said.phone, known.phone))
    return any(one and other and one != other for one, other in pairs)


def _row_faults(one: SaidDonor) -> Iterator[Finding]:
    if one.kind not in KINDS or one.consent not in CONSENTS:
        yield _row(one, "类别或公开方式不明", "its kind or consent is unknown")
    elif (one.kind == ANONYMOUS) != (one.data is None) and not one.id:
        yield _row(one, "匿名捐赠人不填名称，其他的须填", "only an anonymous donor has no name")
    elif one.kind == ANONYMOUS and one.consent != UNNAMED:
        yield _row(one, "匿名捐赠人没有可公开的名称", "of an anonymous donor nothing is published")


def _doubles(said: Sequence[SaidDonor]) -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for one in said:
        key = one.id or (one.data and (one.data.name, one.data.identity, one.data.phone))
        if key and key in seen:
            yield _row(one, f"与第 {seen[key]} 行相同", f"it is the same as row {seen[key]}")
        elif key:
            seen[key] = one.line


def _consent_faults(row: DonorRow, consent: str, *, with_paper: bool) -> Iterator[Finding]:
    if consent not in CONSENTS:
        yield finding(
            "bad-consent", "公开方式为 named、masked 或 anonymous",
            "a consent is named, masked or anonymous", "改正后重试", "correct it and try again",
        )  # fmt: skip
    elif row.kind == ANONYMOUS and consent != UNNAMED:
        yield _nobody(row)
    elif CONSENTS.index(consent) < CONSENTS.index(row.consent) and not with_paper:
        yield finding(
            "no-paper", f"{row.id}：公开更多须有捐赠人的书面同意",
            f"{row.id}: more is published only with the donor's consent on paper",
            "用 --paper 附上同意书", "give the paper with --paper",
        )  # fmt: skip


def _nobody(row: DonorRow) -> Finding:
    return finding(
        "anonymous-donor", f"{row.id} 是匿名捐赠人，没有登记姓名",
        f"{row.id} is anonymous: no name was entered",
        "知道是谁的，另行登记", "enter whoever it is as another donor",
    )  # fmt: skip


def _row(
    one: SaidDonor, zh: str, en: str, todo_zh: str = "改正此行；名册要么全收，要么不收",
    todo_en: str = "correct this row; the list is taken whole or not at all",
) -> Finding:  # fmt: skip
    return finding("donor-row", zh, en, todo_zh, todo_en, line=one.line)
