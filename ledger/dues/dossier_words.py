"""Facts of a dossier in words, and what one version says that the one before did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ledger.dues.dossier import Consent, Dossier, Employer
from ledger.errors import Words
from ledger.money import Money
from ledger.rules.facts import (
    QUARTERLY,
    TRANSFERRED,
    Base,
    Chosen,
    Frequency,
    Reduction,
    StatusSince,
    Stay,
)

#: What the ids of shipped rules and bases are called; others are shown as they are.
RULE_NAMES: Final[Mapping[str, Words]] = {
    "party": Words("党费", "Party dues"),
    "league": Words("团费", "League dues"),
    "union-member": Words("工会会费", "union dues"),
    "association": Words("会费", "association dues"),
}
_BASES: Final[Mapping[str, Words]] = {
    "pay": Words("工资", "pay"),
    "pay-drawn": Words("当月薪酬", "pay drawn that month"),
    "quarter-income": Words("上季月均收入", "last quarter's average"),
    "last-pay": Words("上月工资", "last month's pay"),
    "pension": Words("养老金", "pension"),
}

Fact = Stay | StatusSince | Base | Chosen | Frequency | Reduction | Employer | Consent

if TYPE_CHECKING:
    from ledger.rules.rate_tables import RateTable

_NONE: Final[Mapping[str, Words]] = {}

#: What a member may agree to.
CONSENTS: Final = {
    "payroll-deduction": Words("工资代扣", "payroll deduction"),
    "named-in-roll": Words("实名公示", "named in the roll"),
}


def facts_of(dossier: Dossier) -> tuple[Fact, ...]:
    """Every fact of a dossier, kind by kind, each kind in the order of its days."""
    facts = dossier.facts
    return (
        *facts.stays, *facts.statuses, *facts.bases, *facts.chosen, *facts.frequencies,
        *facts.reductions, *dossier.employers, *dossier.consents,
    )  # fmt: skip


def status_names(table: RateTable | None) -> Mapping[str, Words]:
    """What the statuses of a table are called, by id."""
    return {} if table is None else {one.id: one.name for one in table.statuses}


def words_of(fact: Fact, statuses: Mapping[str, Words] = _NONE) -> Words:
    """One fact, as a person reads it; ``statuses`` are :func:`status_names`."""
    match fact:
        case Stay():
            return _stay(fact)
        case StatusSince(status, since):
            told = statuses.get(status, Words(status, status))
            return Words(f"身份 {told.zh}，自 {since}", f"status {told.en}, from {since}")
        case Base(fen, since, kind, refixed, decision):
            again = f"，年内重新核定（{decision}）" if refixed else ""
            again_en = f", fixed again ({decision})" if refixed else ""
            amount = Money(fen).grouped
            what = _BASES.get(kind, Words(kind, kind))
            return Words(
                f"基数 {amount}（{what.zh}），自 {since}{again}",
                f"base {amount} ({what.en}), from {since}{again_en}",
            )
        case Chosen(fen, since, decision):
            amount = Money(fen).grouped
            return Words(
                f"核定 {amount}，自 {since}（{decision}）",
                f"chosen {amount}, from {since} ({decision})",
            )
        case Frequency(kind, since, consent):
            zh, en = ("按季交纳", "quarterly") if kind == QUARTERLY else ("按月交纳", "monthly")
            note = f"（{consent}）" if consent else ""
            return Words(f"{zh}，自 {since}{note}", f"pays {en}, from {since}{note}")
        case Reduction():
            return _reduction(fact)
        case Employer(name, since):
            return Words(
                f"工作单位 {name or '无'}，自 {since}", f"employer {name or 'none'}, from {since}"
            )
        case Consent(what, since, until):
            known = CONSENTS.get(what, Words(what, what))
            end_zh, end_en = (f"，至 {until}", f" until {until}") if until else ("", "")
            return Words(
                f"同意{known.zh}，自 {since}{end_zh}", f"agrees: {known.en}, from {since}{end_en}"
            )


def _stay(stay: Stay) -> Words:
    zh, en = ("转入", "came") if stay.came == TRANSFERRED else ("入会", "joined")
    told_zh, told_en = f"{stay.start} {zh}", f"{en} on {stay.start}"
    if stay.came_paid is not None:
        told_zh += f"（原单位收至 {stay.came_paid}）"
        told_en += f" (paid through {stay.came_paid})"
    if stay.end is not None:
        gone_zh, gone_en = ("转出", "went") if stay.went == TRANSFERRED else ("离会", "left")
        told_zh += f"，{stay.end} {gone_zh}"
        told_en += f", {gone_en} on {stay.end}"
    if stay.went_paid is not None:
        told_zh += f"（本单位收至 {stay.went_paid}）"
        told_en += f" (paid through {stay.went_paid})"
    return Words(told_zh, told_en)


def _reduction(one: Reduction) -> Words:
    amount = Money(one.fen).grouped
    zh = f"减免后 {amount}，{one.start} 起" + (f"，{one.end} 止（不含）" if one.end else "")
    en = f"reduced to {amount} from {one.start}" + (f" up to {one.end}" if one.end else "")
    papers = "；".join(part for part in (one.study, one.approval) if part)
    return Words(
        f"{zh}：{one.reason}（{papers or '无文件'}）", f"{en}: {one.reason} ({papers or '-'})"
    )


def changes(
    before: Dossier | None, after: Dossier, statuses: Mapping[str, Words] = _NONE
) -> list[Words]:
    """What ``after`` says that ``before`` did not, with a plus, and the other way, with a minus."""
    old = () if before is None else facts_of(before)
    new = facts_of(after)
    gone = [("−", fact) for fact in old if fact not in new]
    came = [("+", fact) for fact in new if fact not in old]
    told = [(sign, words_of(fact, statuses)) for sign, fact in gone + came]
    return [Words(f"{sign} {one.zh}", f"{sign} {one.en}") for sign, one in told]
