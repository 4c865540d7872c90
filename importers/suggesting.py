"""What a question probably is: which open due a deposit pays, for a person to say yes or no to.

Direction, currency, amount and period are gates: money in, yuan, exactly one open due or all that a
member owes, within 45 days of the due's month. Names, spellings, memos and telephones are grades
from 0 to 100. One assignment over all lines lets each due be taken once. A suggestion needs a
margin over the next member: near ties are told, not suggested. Nothing is entered by itself.

Reasons name members by their numbers only: they are kept, and may be printed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from importers.assignment import assign
from importers.verdict import worth
from ledger.choosing import spelling
from ledger.errors import Words
from ledger.money import CNY
from ledger.period import Month

if TYPE_CHECKING:
    from ledger.registry.staging import LineRow

#: How much better than the next member's due a due must fit.
MARGIN: Final = 10
#: How far from the due's month its payment may lie.
WINDOW: Final = timedelta(days=45)
_LIKE: Final = 0.6
#: 代扣, 代表, 代收 and their like speak of no other payer.
_FOR: Final = re.compile(
    r"(?:代(?![扣表发收理码金垫])|替(?![换代])|帮)[\u3400-\u9fff·]|为[\u3400-\u9fff·]{2,8}[交缴付]"
)
_TAIL: Final = re.compile(r"(?:尾号|后四位|手机|电话)\D{0,3}([0-9]{4})(?![0-9])")
_PHONE: Final = re.compile(r"(?<![0-9])1[0-9]{10}(?![0-9])")
_NUMBERED: Final = re.compile(r"(?:会员|编号|会员号)\D{0,4}([0-9A-Za-z-]{1,20})")
_HAN: Final = re.compile(r"[\u3400-\u9fff·]+")
_OFFICE: Final = re.compile(r"公司|学校|中学|小学|大学|工会|委员会|中心|医院|局|厂|院|社|店|所$")


@dataclass(frozen=True, slots=True)
class Due:
    """What one payment would settle: one claim, all open claims of a member, or a payroll list.

    ``member`` is the member's number, empty for a list; ``name`` and ``phone`` are the member's, or
    ``name`` is whoever pays the list.
    """

    codes: tuple[str, ...]
    fen: int
    first: Month
    last: Month
    member: str = ""
    name: str = ""
    phone: str = ""
    list_code: str = ""

    @property
    def key(self) -> str:
        """The codes that paying it settles, or its list's, with blanks between them."""
        return self.list_code or " ".join(self.codes)

    @property
    def called(self) -> Words:
        if self.list_code:
            return Words(f"清单 {self.list_code}", f"list {self.list_code}")
        return Words(f"会员 {self.member}", f"member {self.member}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a line probably pays. Without ``due`` several members fit, none with a margin."""

    score: int
    reason: Words
    due: Due | None = None
    runner_up: Due | None = None
    runner_score: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose payment a line is by a number of its own: the member's number, and how sure it is."""

    member: str
    score: int
    why: Words


OWN_PART: Final = Words("收款子账户", "the sub-account that it came in on")
OWN_CARD: Final = Words("付款账户经人确认", "the account that a person confirmed")


@dataclass(frozen=True, slots=True)
class _Grade:
    score: int
    why: Words


def is_for_another(memo: str) -> bool:
    """Whether a memo says that the payer pays for somebody else, as 代张三交 does."""
    return _FOR.search(_fold(memo)) is not None


def suggest(
    lines: Iterable[LineRow], dues: Sequence[Due], owners: Mapping[int, Owner] | None = None
) -> dict[int, Suggestion]:
    """What the lines pay, by line; lines of which nothing can be said are left out."""
    owners = owners or {}
    index = _Index.of(dues)
    asked = sorted(
        (
            line
            for line in lines
            if line.fen > 0 and line.currency == CNY and worth(line).fen in index.fens
        ),
        key=lambda line: (line.day, line.id),
    )
    graded = [index.grades(line, owners.get(line.id)) for line in asked]
    # Of a member's equal dues the oldest is paid first; of two like payments the first counts.
    weights = [
        {
            key: grade.score * 1_000_000 + index.rank(key) * 1000 + max(1, 999 - place)
            for key, grade in row.items()
        }
        for place, row in enumerate(graded)
    ]
    taken = assign(weights)
    score_of = {key: graded[place][key].score for place, key in enumerate(taken) if key is not None}
    found = {}
    used: set[str] = set()
    for line, row, key in zip(asked, graded, taken, strict=True):
        made = None if key is None else _made(index, row, key, score_of)
        if made is None or (made.due is not None and used & set(made.due.codes)):
            continue
        used |= set(made.due.codes) if made.due is not None else set()
        found[line.id] = made
    return found


def _made(
    index: _Index, row: dict[str, _Grade], key: str, score_of: dict[str, int]
) -> Suggestion | None:
    due, grade = index.by_key[key], row[key]
    if max(other.score for other in row.values()) - grade.score >= MARGIN:
        # What fits far better is being paid by another line: this may be a second payment.
        return None
    others = sorted(
        (
            (-other.score, name)
            for name, other in row.items()
            if name != key
            and index.by_key[name].called != due.called
            and not (name in score_of and score_of[name] >= other.score + MARGIN)
        ),
    )
    runner = index.by_key[others[0][1]] if others else None
    second = -others[0][0] if others else 0
    zh, en = f"{due.called.zh}：{grade.why.zh}", f"{due.called.en}: {grade.why.en}"
    if runner is not None:
        zh += f"；其次 {runner.called.zh}（{second}）"
        en += f"; next {runner.called.en} ({second})"
    if runner is not None and grade.score - second < MARGIN:
        return Suggestion(
            grade.score,
            Words(f"相近者不止一个，须由人确定：{zh}", f"several fit, a person says which: {en}"),
            None, runner, second,
        )  # fmt: skip
    return Suggestion(grade.score, Words(f"可能是{zh}", f"perhaps {en}"), due, runner, second)


# ---- grades ------------------------------------------------------------------------------------


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass
class _Index:
    """The dues by amount, and their members by what a line may say of them."""

    by_key: dict[str, Due] = field(default_factory=dict)
    fens: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    chars: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    spelt: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tails: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lists: list[str] = field(default_factory=list)
    longest: int = 0
    months: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, dues: Sequence[Due]) -> _Index:
        index = cls()
        for due in sorted(dues, key=lambda due: (due.first, due.key)):
            key = due.key
            index.by_key[key] = due
            index.fens[due.fen].append(key)
            index.months[key] = -len(index.months)
            if due.list_code:
                index.lists.append(key)
            if due.member:
                index.numbers[due.member.casefold()].append(key)
            if due.phone:
                index.tails[due.phone[-4:]].append(key)
            name = _fold(due.name)
            if name:
                index.names[name].append(key)
                index.spelt[spelling(name)].append(key)
                index.longest = max(index.longest, len(name))
                for char in set(name):
                    index.chars[char].add(key)
        return index

    def rank(self, key: str) -> int:
        """Below a point: the older due first."""
        return 1 + 998 * (len(self.months) + self.months[key]) // (len(self.months) + 1)

    def grades(self, line: LineRow, owner: Owner | None) -> dict[str, _Grade]:
        """Every due that passes the gates and that something speaks for."""
        found: dict[str, list[_Grade]] = defaultdict(list)
        fits = {key for key in self.fens[worth(line).fen] if _in_time(line, self.by_key[key])}
        if owner is not None:
            for key in self.numbers.get(owner.member.casefold(), ()):
                if key in fits:
                    found[key].append(_Grade(owner.score, owner.why))
        for key, grade in self._all(line, fits):
            if key in fits:
                found[key].append(grade)
        return {key: _together(several) for key, several in found.items()}

    def _all(self, line: LineRow, fits: set[str]) -> Iterable[tuple[str, _Grade]]:
        payer, memo = _fold(line.text.counterparty), _fold(line.text.memo)
        for_another = is_for_another(memo)
        for key in self._named_in(memo):
            yield key, _Grade(88 if for_another else 78, Words("附言写明", "the memo names them"))
        weaker = 40 if for_another else 0
        if "*" in payer:
            for key in self._masked(payer, fits):
                yield key, _Grade(45, Words("户名部分相符", "the masked name fits"))
        elif payer:
            yield from self._by_payer(payer, fits, weaker)
        digits = f"{line.text.counterparty_account} {line.text.memo} {line.text.counterparty}"
        for phone in _PHONE.findall(unicodedata.normalize("NFKC", digits)):
            for key in self.tails.get(phone[-4:], ()):
                if self.by_key[key].phone == phone:
                    yield key, _Grade(86, Words("手机号相符", "the telephone"))
        for tail in _TAIL.findall(memo):
            for key in self.tails.get(tail, ()):
                yield key, _Grade(60, Words("手机尾号相符", "the end of the telephone"))
        for number in _NUMBERED.findall(memo):
            for key in self.numbers.get(number, ()):
                yield key, _Grade(84, Words("附言写明编号", "the memo has the number"))
        if _OFFICE.search(line.text.counterparty):
            for key in self.lists:
                yield key, _Grade(70, Words("单位付款等于清单合计", "an office pays its total"))

    def _by_payer(self, payer: str, fits: set[str], weaker: int) -> Iterable[tuple[str, _Grade]]:
        seen = set(self.names.get(payer, ()))
        for key in seen:
            yield key, _Grade(82 - weaker, Words("户名相同", "the full name"))
        for key in self.spelt.get(spelling(payer), ()):
            if key not in seen:
                seen.add(key)
                yield key, _Grade(66 - weaker // 2, Words("户名拼音相同", "the name's spelling"))
        for key in self._sharing(payer, fits) - seen:
            name = _fold(self.by_key[key].name)
            ratio = SequenceMatcher(None, name, payer, autojunk=False).ratio()
            if ratio >= _LIKE:
                score = max(20, int(20 + 40 * ratio) - weaker // 2)
                yield key, _Grade(score, Words("户名相近", "a similar name"))

    def _named_in(self, memo: str) -> set[str]:
        found: set[str] = set()
        for run in _HAN.findall(memo):
            for start in range(len(run)):
                for end in range(start + 2, min(len(run), start + self.longest) + 1):
                    found.update(self.names.get(run[start:end], ()))
        return found

    def _sharing(self, payer: str, fits: set[str]) -> set[str]:
        """The dues of members whose names share at least half of the payer's characters."""
        count: dict[str, int] = defaultdict(int)
        if not 2 <= len(payer) <= 16:
            return set()
        for char in set(payer):
            for key in self.chars.get(char, ()):
                count[key] += 1
        least = max(1, (len(set(payer)) + 1) // 2)
        return {key for key, shared in count.items() if shared >= least and key in fits}

    def _masked(self, payer: str, fits: set[str]) -> set[str]:
        shown = [char for char in payer if char != "*"]
        if not shown:
            return set()
        pattern = re.compile("".join("." if char == "*" else re.escape(char) for char in payer))
        return {
            key
            for key in self.chars.get(shown[0], set()) & fits
            if pattern.fullmatch(_fold(self.by_key[key].name))
        }


def _in_time(line: LineRow, due: Due) -> bool:
    return due.first.first - WINDOW <= line.day < due.last.next().first + WINDOW


def _together(grades: list[_Grade]) -> _Grade:
    """The best of several grades, and a little for each other kind of them."""
    best: dict[Words, int] = {}
    for grade in grades:
        best[grade.why] = max(grade.score, best.get(grade.why, 0))
    ordered = sorted(best, key=lambda why: (-best[why], why))
    score = min(95, best[ordered[0]] + 4 * (len(ordered) - 1))
    return _Grade(
        score, Words("、".join(why.zh for why in ordered), ", ".join(why.en for why in ordered))
    )
