"""The wizard: what the columns of a statement are whose header nobody knows, and how sure that is.

The header is found by its values (a row of words above rows with a day and a number), the roles by
the dictionary first and by values second, the amounts by the running balance alone. What is found
becomes a profile, and the whole file is read under it by the reader that reads all others: only
if that says the same is anything proposed. What is not proven has to be told column by column.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from importers import dictionary as roles
from importers.cells import (
    folded,
    looks_like_number,
    parse_amount,
    value_text,
)
from importers.line import Reading
from importers.profile import GENERIC, Profile, drift_of, profile_of, profiles, words_of
from importers.read import read_bytes
from importers.readers.grid import read_grids
from importers.wizard_modes import FEWEST_STEPS, Mode, Sheet, oldest, proven_modes, the_one
from importers.wizard_sheet import table_of
from ledger.errors import Finding, Refused, finding

_MONEY: Final = (roles.IN, roles.OUT, roles.AMOUNT, roles.FLAG, roles.PAYER, roles.PAYEE)
#: Roles that the dictionary gives to a column of words, and that no proof is needed for.
_WORDS: Final = (
    roles.TIME, roles.NAME, roles.ACCOUNT, roles.PAYER_NAME, roles.PAYEE_NAME, roles.MEMO,
    roles.REF, roles.STATUS, roles.CURRENCY, roles.OWN, roles.FEE,
)  # fmt: skip
_SERIAL = re.compile(r"(?=(?:[^0-9]*[0-9]){6})[0-9A-Za-z-]{8,40}")
_ACCOUNT = re.compile(r"[0-9*]{8,32}")
# The number of a bank card, or one that is masked: no serial of the bank's.
_CARD = re.compile(r"62[0-9]{14,17}|[0-9]*\*+[0-9]*")
_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,4}[·* ]?[\u4e00-\u9fff]{1,4}|.*(?:Ltd|Inc|LLC|Co)\.?|"
    r".*(?:公司|工会|委员会|银行|中心|学校|小学|中学|大学|集团|厂|店|协会)"
    r"(?:[（(].*[)）])?"
)


@dataclass(frozen=True)
class Told:
    """What a person says of the columns: a role's columns by their words, and a flag's two words.

    ``whole`` says that every column was spoken of: those without a role have none.
    """

    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    came: str = ""
    went: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Proposal:
    """A layout as far as it is known. Without ``reading`` it is not proven; ``findings`` say why.

    ``new_version`` is the id of the layout that it has drifted from.
    """

    profile: Profile | None
    reading: Reading | None
    header: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    new_version: str = ""


def propose(
    data: bytes,
    name: str,
    password: str | None = None,
    told: Told | None = None,
    title: str = "",
    *,
    looks: bool = True,
) -> Proposal:
    """The layout of a statement. Refused if there is no table, or if it is known already.

    Without ``looks``, what only looks like names or serials is taken for words.
    """
    columns = dict(told.columns) if told else {}
    day = columns.get(roles.DATE, ())
    is_told = bool(columns.keys() - {roles.DATE})
    sheet = table_of(read_grids(data, name, password), name, day[0] if day else "")
    header = sheet.cells
    known = profile_of(list(header))
    if known is not GENERIC:
        raise Refused(_known(known, name))
    if told is not None and is_told:
        profile = _told_profile(sheet, told, name)
    elif sheet.days_open:
        return Proposal(None, None, tuple(header), (_days_open(sheet, name),))
    else:
        modes = proven_modes(sheet)
        mode = the_one(sheet, modes)
        if mode is None:
            return Proposal(None, None, tuple(header), (_open(sheet, modes, name),))
        profile = _profile(sheet, mode, looks=looks)
    drift = drift_of(list(header))
    profile = _named(profile, header, title, drift.profile if drift else None)
    reading = read_bytes(data, name, password, named=profile)
    fault = _doubt(profile, reading, name, is_told=is_told)
    proposal = Proposal(
        profile, reading, tuple(header), new_version=drift.profile.id if drift else ""
    )
    return Proposal(None, None, tuple(header), (fault,)) if fault else proposal


# ---- the profile -------------------------------------------------------------------------------


def _profile(sheet: Sheet, mode: Mode, *, looks: bool) -> Profile:
    columns: dict[str, list[int]] = {role: [number] for role, number in mode.columns.items()}
    signed = mode.kind == "signed"
    return _with_words(sheet, columns, signed, mode.came, mode.went, looks=looks)


def _told_profile(sheet: Sheet, told: Told, name: str) -> Profile:
    columns: dict[str, list[int]] = {}
    for role, words in told.columns.items():
        columns[role] = [_column(sheet, word, name) for word in words]
    date_column = columns.pop(roles.DATE, None)
    two = roles.IN in columns and roles.OUT in columns and roles.AMOUNT not in columns
    flag = roles.AMOUNT in columns and roles.FLAG in columns and told.came and told.went
    pair = roles.AMOUNT in columns and roles.PAYER in columns and roles.PAYEE in columns
    one = roles.AMOUNT in columns and roles.FLAG not in columns and not pair
    has_day = date_column is not None or roles.DATE in sheet.roles.values()
    if not (two or flag or one or pair) or not has_day:
        raise Refused(
            finding(
                "columns-missing",
                "还缺：日期列，以及（收入列与支出列）或金额列（可加方向列及其两个词）",
                "still missing: the column of days, and those of money in and out, or the one of "
                "amounts (with a flag and its two words, if there is one)",
                "例如 --date 日期 --in 收 --out 付；或 --amount 数 --flag 向 --came 进 --went 出",
                "such as --date DAY --in GOT --out PAID; or --amount SUM --flag WAY --came I "
                "--went O",
                file=name,
            )
        )
    if one and not _has_both_signs(sheet.column(columns[roles.AMOUNT][0])):
        raise Refused(
            finding(
                "columns-missing",
                "金额列中没有同时出现正负，看不出哪些是付出",
                "plus and minus do not both stand in the column of amounts: it does not say what "
                "was paid out",
                "用 --flag --came --went 指明方向列及其两个词，或换一份有收有付的对账单",
                "say the flag with --flag --came --went, or try a statement with both",
                file=name,
            )
        )
    if date_column is not None:
        columns[roles.DATE] = date_column
    came, went = folded(told.came), folded(told.went)
    if told.whole:
        return _layout(sheet, columns, bool(one), came, went)
    return _with_words(sheet, columns, bool(one), came, went)


def _has_both_signs(cells: Sequence[str]) -> bool:
    fens = []
    for cell in cells:
        try:
            amount = parse_amount(cell)
        except ValueError:
            continue  # the row will be parked
        fens.append(amount.fen if amount else 0)
    return any(fen > 0 for fen in fens) and any(fen < 0 for fen in fens)


def _column(sheet: Sheet, word: str, name: str) -> int:
    places = [n for n, cell in enumerate(sheet.cells) if folded(cell) == folded(word)]
    if len(places) == 1:
        return places[0]
    words = "、".join(value_text(cell) for cell in sheet.cells)[:300]
    raise Refused(
        finding(
            "no-column",
            f"表头中没有（或不止一个）名为「{word[:40]}」的列；表头：{words}",
            f"the header has no column, or more than one, called “{word[:40]}”; it is: {words}",
            "照表头写列名",
            "write the column's word as it stands in the header",
            file=name,
        )
    )


def _with_words(
    sheet: Sheet,
    columns: dict[str, list[int]],
    signed: bool,
    came: str,
    went: str,
    *,
    looks: bool = True,
) -> Profile:
    """The profile of these money columns, with the others as the dictionary or values say."""
    taken = {number for numbers in columns.values() for number in numbers}
    named = dict(sheet.roles)
    for number, role in named.items():
        is_day = role == roles.DATE and roles.DATE not in columns
        if number not in taken and (is_day or role in _WORDS):
            columns.setdefault(role, []).append(number)
            taken.add(number)
    for number in range(len(sheet.cells)):
        if number not in taken and number not in named:
            guess = _by_values(sheet.column(number), columns) if looks else roles.MEMO
            if guess:
                columns.setdefault(guess, []).append(number)
    return _layout(sheet, columns, signed, came, went)


def _layout(
    sheet: Sheet, columns: Mapping[str, Sequence[int]], signed: bool, came: str, went: str
) -> Profile:
    cells = {
        role: tuple(folded(sheet.cells[number]) for number in sorted(numbers))
        for role, numbers in columns.items()
    }
    # Roles of money that were not chosen are nobody's, whatever the dictionary says.
    for role in (*_MONEY, roles.BALANCE):
        cells.setdefault(role, ())
    header = tuple(dict.fromkeys(folded(cell) for cell in sheet.cells if folded(cell)))
    return Profile(
        "", "", require=header, header=header, exact=True, roles=cells, signed=signed,
        came=(came,) if came else (), went=(went,) if went else (),
    )  # fmt: skip


def _by_values(cells: Sequence[str], columns: Mapping[str, object]) -> str | None:
    """What a column of words holds, by its values; None where nothing stands in it."""
    said = [text for cell in cells if (text := value_text(cell))]
    if not said:
        return None
    if roles.ACCOUNT not in columns and all(_CARD.fullmatch(text) for text in said):
        return roles.ACCOUNT if len(set(said)) > 1 else None
    if all(_SERIAL.fullmatch(text) for text in said):
        if len(set(said)) == 1:
            return None if roles.OWN in columns or not _ACCOUNT.fullmatch(said[0]) else roles.OWN
        is_serial = len(set(said)) == len(cells) >= FEWEST_STEPS and roles.REF not in columns
        if is_serial:
            return roles.REF
        if all(_ACCOUNT.fullmatch(text) for text in said) and roles.ACCOUNT not in columns:
            return roles.ACCOUNT
        return None
    if any(looks_like_number(text) for text in said):
        return None
    names = sum(bool(_NAME.fullmatch(text)) for text in said)
    if roles.NAME not in columns and len(set(said)) > 2 and 10 * names >= 6 * len(said):
        return roles.NAME
    return roles.MEMO


def _named(profile: Profile, header: Sequence[str], title: str, drifted: Profile | None) -> Profile:
    """The profile with an id that no other has."""
    taken = {one.id for one in profiles()} | {GENERIC.id}
    if drifted is not None:
        # What the house says of its statements stays true of the new columns.
        profile = replace(
            profile, chain=drifted.chain, totals=drifted.totals, good=drifted.good,
            orders=drifted.orders,
        )  # fmt: skip
        base = re.sub(r"-[0-9]{1,3}$", "", drifted.id)
        name, kind = title or drifted.name, drifted.kind
        start = 2
    else:
        slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
        digest = hashlib.sha256("\t".join(sorted(words_of(header))).encode()).hexdigest()
        base = slug[:40] if slug and title.isascii() else f"layout-{digest[:6]}"
        name, kind, start = title or base, "bank", 1
    number = start
    while (id := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return replace(profile, id=id, name=name, kind=kind)


# ---- doubt -------------------------------------------------------------------------------------


def _doubt(profile: Profile, reading: Reading, name: str, *, is_told: bool) -> Finding | None:
    """Why the file, read under the profile, is no proof of it; None if it is."""
    steps = len(reading.lines)
    serious = [row for row in reading.parked if row.finding.severity == "error"]
    if is_told:
        if reading.profile == profile.id and steps and "fail" not in reading.proofs.values():
            return None
    elif (
        reading.profile == profile.id
        and not serious
        and steps > FEWEST_STEPS
        and reading.proofs["P4"] == "pass"
        and "fail" not in reading.proofs.values()
    ):
        return None
    proofs = " ".join(f"{key} {value}" for key, value in reading.proofs.items())
    return finding(
        "not-proven",
        f"按此读出 {steps} 行、搁置 {len(reading.parked)} 行，证明 {proofs}：不足以确认",
        f"read so, it has {steps} lines and {len(reading.parked)} parked rows; proofs {proofs}: "
        "not enough to be sure",
        "换一份较长、有余额的对账单，或逐列指明",
        "try a longer statement with balances, or say the columns one by one",
        file=name,
    )


def _open(sheet: Sheet, modes: Sequence[Mode], name: str) -> Finding:
    """What cannot be known, and what would help."""
    rows = len(sheet.body)
    if modes and len({mode.moved for mode in modes}) > 1:
        zh, en = "不止一种读法与余额相符", "more than one reading agrees with the balance"
    elif modes and rows <= FEWEST_STEPS:
        zh = f"只有 {rows} 行，不足以证明收支方向（至少 {FEWEST_STEPS + 1} 行）"
        en = f"its {rows} rows are too few to prove the side ({FEWEST_STEPS + 1} at least)"
    elif modes and not modes[0].is_both_ways(oldest(sheet)):
        zh, en = "只有一个方向的收支", "money moves one way only"
    elif modes:
        zh, en = "几列说的一样，无法选定", "several columns say the same, and none is preferred"
    else:
        zh = "没有一种读法使每一行的余额都接得上"
        en = "under no reading does the balance step from row to row"
    words = "、".join(value_text(cell) for cell in sheet.cells)[:300]
    return finding(
        "not-proven",
        f"{zh}；表头：{words}",
        f"{en}; the header is: {words}",
        "换一份较长、有余额的对账单，或用 --date --in --out --amount --flag --came --went "
        "--balance 逐列指明",
        "try a longer statement with balances, or say the columns: --date --in --out --amount "
        "--flag --came --went --balance",
        file=name,
    )


def _days_open(sheet: Sheet, name: str) -> Finding:
    words = "、".join(
        value_text(sheet.cells[number])
        for number, role in sorted(sheet.roles.items()) if role in (roles.DATE, roles.TIME)
    )[:300]  # fmt: skip
    return finding(
        "not-proven",
        f"有几列日期且各不相同：{words}",
        f"several columns have days, and not the same: {words}",
        "用 --date 列名 指明记账日期",
        "say with --date COL which of them is the day of booking",
        file=name,
    )


def _known(profile: Profile, name: str) -> Finding:
    return finding(
        "profile-known",
        f"这个版式已认识：{profile.id}",
        f"this layout is known: {profile.id}",
        "直接用 mingbai read 或 mingbai import",
        "use mingbai read or mingbai import",
        file=name,
    )
