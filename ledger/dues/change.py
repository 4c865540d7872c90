"""A change of what is known of a member, and the dossier with it: pure, nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Final, TypeVar

from ledger.dues.dossier import Consent, Dossier, Employer
from ledger.dues.dossier_words import CONSENTS
from ledger.errors import Finding, Refused, finding
from ledger.period import Month
from ledger.rules.facts import (
    LEFT,
    TRANSFERRED,
    Base,
    Chosen,
    Frequency,
    MemberFacts,
    Reduction,
    StatusSince,
    Stay,
)
from ledger.rules.rate_tables import RateTable, Status

_FIRST: Final = date(1900, 1, 1)
_LAST: Final = date(2200, 1, 1)
T = TypeVar("T", Base, Chosen, Employer, Frequency, StatusSince)

#: What a list may call a status whose table has another id for it: the first that it has is meant.
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "退休": ("retired", "retained"),
    "retired": ("retired", "retained"),
    "试用": ("probation",),
    "预备": ("probation",),
    "在职": ("staff",),
}
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be recorded of a member from the day ``since`` on; what is None is left as it is.

    ``rule`` may be left out where the unit collects by one rule only. ``decision`` is the paper
    behind a base that is fixed again within the year, behind an amount that was chosen, or by
    which the branch agreed to quarterly payment. ``reduction`` is what remains to be paid, from the
    month of ``since`` up to, not including, ``until``.
    """

    since: date
    rule: str | None = None
    status: str | None = None
    base: int | None = None
    base_kind: str = ""
    chosen: int | None = None
    decision: str = ""
    reduction: int | None = None
    until: Month | None = None
    reason: str = ""
    study: str = ""
    approval: str = ""
    reduction_ends: bool = False
    frequency: str | None = None
    employer: str | None = None
    consents: tuple[str, ...] = ()
    consent_ends: str | None = None
    left: bool = False
    returned: bool = False
    joined: date | None = None
    came_paid: Month | None = None
    went_paid: Month | None = None

    @property
    def of_rule(self) -> bool:
        """Whether it is about dues by one rule, not about the person's membership."""
        named = (self.status, self.base, self.chosen, self.reduction, self.frequency)
        return any(one is not None for one in named) or self.reduction_ends

    @property
    def is_dated(self) -> bool:
        """Whether it holds from ``since`` on: all but the days of the membership itself."""
        told = (self.employer, self.consent_ends)
        return self.of_rule or bool(self.consents) or any(one is not None for one in told)

    @property
    def kinds(self) -> list[str]:
        """What kinds of fact change, for the log, which holds none of them."""
        names = ("status", "base", "chosen", "reduction", "frequency", "employer", "consent_ends",
                 "joined")  # fmt: skip
        said = [name for name in names if getattr(self, name) is not None]
        said += [name for name in ("reduction_ends", "consents", "left", "returned")
                 if getattr(self, name)]  # fmt: skip
        return [name.replace("_", "-") for name in said]


def applied(dossier: Dossier, change: Change, table: RateTable | None) -> Dossier:
    """The dossier with the change; Refused with every fault. Pure."""
    refuse_days(change.since, change.joined)
    faults: list[Finding] = []
    facts, since = dossier.facts, change.since
    stays, statuses, bases = facts.stays, facts.statuses, facts.bases
    chosen, frequencies, reductions = facts.chosen, facts.frequencies, facts.reductions
    status = status_on(facts, since, table)
    if change.status is not None:
        found = status_named(table, change.status, faults)
        if found is not None:
            status = found
            statuses = _in(statuses, StatusSince(found.id, since))
    try:
        if change.left or change.returned or change.joined is not None:
            stays = _with_stays(stays, change)
        if change.base is not None:
            kind = change.base_kind or (status.base if status is not None else "") or "pay"
            _check_kind(table, kind, faults)
            again = Base(change.base, since, kind, bool(change.decision), change.decision)
            bases = _in(bases, again)
        if change.chosen is not None:
            chosen = _in(chosen, Chosen(change.chosen, since, change.decision))
        if change.frequency is not None:
            frequencies = _in(frequencies, Frequency(change.frequency, since, change.decision))
        if change.reduction is not None or change.reduction_ends:
            reductions = _with_reduction(reductions, change)
        facts = MemberFacts(facts.member, stays, statuses, bases, chosen, frequencies, reductions)
    except ValueError as fault:
        faults.append(bad_fact(str(fault)))
    employers, consents = dossier.employers, dossier.consents
    if change.employer is not None:
        employers = _in(employers, Employer(change.employer[:_LONGEST], since))
    if change.consents or change.consent_ends is not None:
        consents = _with_consents(consents, change, faults)
    if faults:
        raise Refused(*faults)
    return Dossier(facts, employers, consents)


def refuse_days(*days: date | None) -> None:
    """Refused if a day is none that a member can have come, changed or gone on."""
    if any(day is not None and not _FIRST <= day < _LAST for day in days):
        raise Refused(bad_fact("a day is in the years 1900 to 2199"))


def _in(known: tuple[T, ...], one: T) -> tuple[T, ...]:
    """The facts with one more, in the order of their days; behind those of the same day."""
    if not known:
        return (one,)
    # Sorting keeps the order of equals: what was entered last counts.
    return tuple(sorted(known + (one,), key=attrgetter("since")))  # noqa: RUF005 - for its type


def _with_stays(stays: tuple[Stay, ...], change: Change) -> tuple[Stay, ...]:
    if change.joined is not None:
        stays = (replace(stays[0], start=change.joined), *stays[1:])
    if change.left:
        if stays[-1].end is not None:
            raise ValueError("the member has left already")
        went = TRANSFERRED if change.went_paid is not None else LEFT
        gone = replace(stays[-1], end=change.since, went=went, went_paid=change.went_paid)
        stays = (*stays[:-1], gone)
    if change.returned:
        if stays[-1].end is None:
            raise ValueError("the member has not left")
        came = {"came": TRANSFERRED, "came_paid": change.came_paid} if change.came_paid else {}
        stays = (*stays, Stay(change.since, **came))  # type: ignore[arg-type]
    return stays


def _with_reduction(known: tuple[Reduction, ...], change: Change) -> tuple[Reduction, ...]:
    """What stood before ends where the new one begins; what began later gives way to it."""
    start = Month.of(change.since)
    kept = []
    for one in known:
        if one.start < start:
            cut = one.end is None or one.end > start
            kept.append(replace(one, end=start) if cut else one)
        elif change.until is not None and one.start >= change.until:
            kept.append(one)
    if change.reduction is not None:
        kept.append(
            Reduction(
                change.reduction, start, change.until, change.reason, change.study, change.approval
            )
        )
    return tuple(sorted(kept, key=lambda one: one.start))


def _with_consents(
    known: tuple[Consent, ...], change: Change, faults: list[Finding]
) -> tuple[Consent, ...]:
    found = list(known)
    for what in (*change.consents, change.consent_ends):
        if what is not None and what not in CONSENTS:
            faults.append(bad_fact("consents are " + ", ".join(CONSENTS)))
            return known
    if change.consent_ends is not None:
        standing = [c for c in found if c.what == change.consent_ends and c.until is None]
        if not standing or change.since <= standing[-1].since:
            faults.append(bad_fact("nothing was consented before that day"))
            return known
        found[found.index(standing[-1])] = replace(standing[-1], until=change.since)
    for what in change.consents:
        if not any(c.what == what and c.holds_on(change.since) for c in found):
            found.append(Consent(what, change.since))
    return tuple(found)


# ---- statuses in the table's words -------------------------------------------------------------


def status_on(facts: MemberFacts, day: date, table: RateTable | None) -> Status | None:
    """What the member is on a day, as the table has it; None where it does not tell."""
    if table is None:
        return None
    last = next((one for one in reversed(facts.statuses) if one.since <= day), None)
    return table.named.get(table.default_status if last is None else last.status)


def status_named(table: RateTable | None, word: str, faults: list[Finding]) -> Status | None:
    """The table's status of this id or name; a finding if it has none."""
    if table is None:
        faults.append(
            finding(
                "no-rule-loaded",
                "该日没有有效的规则，无从核对身份",
                "no rule is loaded for that day: the status cannot be checked",
                "用 mingbai dues rules 查看规则的施行日期",
                "see from when the rules hold with mingbai dues rules",
            )
        )
        return None
    found = table.status_called(word)
    for other in _ALSO.get(word, ()):
        found = found or table.named.get(other)
    if found is None:
        known_zh = "、".join(f"{one.id} {one.name.zh}" for one in table.statuses)
        known_en = "; ".join(f"{one.id} ({one.name.en})" for one in table.statuses)
        faults.append(
            finding(
                "no-status",
                f"规则表 {table.head.key} 没有这种身份",
                f"table {table.head.key} has no such status",
                f"可用的身份：{known_zh}；困难减免与免交用 --reduction，离会用 --left",
                f"statuses: {known_en}; hardship or exemption is a --reduction",
            )
        )
    return found


def _check_kind(table: RateTable | None, kind: str, faults: list[Finding]) -> None:
    if table is None:
        return
    kinds = {one.base: one.base_name for one in table.statuses if one.base}
    if kind not in kinds:
        faults.append(
            finding(
                "no-base-kind",
                f"规则表 {table.head.key} 没有基数种类 {kind[:40]}",
                f"table {table.head.key} knows no base {kind[:40]}",
                "可用的种类：" + "、".join(f"{one} {name.zh}" for one, name in kinds.items()),
                "bases are: " + "; ".join(f"{one} ({name.en})" for one, name in kinds.items()),
            )
        )


def warnings_of(before: Dossier, change: Change, table: RateTable | None) -> list[Finding]:
    """What was recorded and will count later, or not at all."""
    found = []
    if table is not None and change.base is not None and not change.decision:
        status = status_on(before.facts, change.since, table)
        fixed = status is not None and (status.fixing or table.values.get("base")) == "year-start"
        same = [one for one in before.facts.bases if one.since <= change.since]
        if fixed and same and change.since.month > 1 and change.status is None:
            found.append(
                finding(
                    "next-year",
                    "此规则年初核定，年内一般不变动：新基数自下一年起计",
                    "the base is fixed for the year: the new one counts from next January",
                    "年内重新核定的，写明 --decision",
                    "give the --decision if it was fixed again within the year",
                    severity="warning",
                )
            )
    if table is not None and change.reduction is not None and "reduction" in table.values:
        term = str(table.values["reduction"])
        lacks = (term != "approval" and not change.study) or (
            term != "study" and not change.approval
        )
        if lacks:
            found.append(_lacks_papers())
    elif table is not None and change.reduction is not None:
        found.append(
            finding(
                "no-reduction",
                f"规则表 {table.head.key} 没有载明减免：只登记，不适用",
                f"table {table.head.key} knows no reduction: it is recorded and does not apply",
                "按规则改用相应的身份，或以本地规则载明",
                "use a status of the rule, or a local rule that knows reductions",
                severity="warning",
            )
        )
    return found


def _lacks_papers() -> Finding:
    return finding(
        "no-papers",
        "减免缺支部研究或上级批准：补齐以前仍按全额计",
        "the reduction lacks the branch's study or the approval above: until then all is owed",
        "用 --study 与 --approval 写明文件",
        "name the papers with --study and --approval",
        severity="warning",
    )


# ---- what is told ------------------------------------------------------------------------------

_SAID: Final = {
    "the member has left already": "会员已离会",
    "the member has not left": "会员没有离会",
    "a stay ends after it starts": "离会须在入会之后",
    "a base is a whole number of fen, not negative": "基数不为负",
    "a choice is an amount in fen, and the decision that made it": "核定数额须写明依据",
    "quarterly payment takes a consent": "按季交纳须写明支部同意的依据",
    "dues are paid monthly or quarterly": "会费按月或按季交纳",
    "what remains to be paid is a whole number of fen": "减免后的数额不为负",
    "a reduction ends after it starts": "减免的止月须在起月之后",
    "a reduction has a reason": "减免须写明原因",
    "a member's stays do not overlap and are in order": "会籍起止日期重叠",
    "reductions do not overlap and are in order": "减免的月份重叠",
    "a day is in the years 1900 to 2199": "日期须在 1900 至 2199 年之间",
    "nothing was consented before that day": "此日以前没有这项同意",
}


def bad_fact(fault: str) -> Finding:
    zh = _SAID.get(fault, "同意事项为 " + "、".join(CONSENTS) if "consents" in fault else fault)
    return finding(
        "bad-fact",
        zh,
        fault,
        "改正后重试；没有登记",
        "correct it and try again; nothing was entered",
    )
