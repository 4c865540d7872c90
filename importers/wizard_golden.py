"""Saved layouts, each with a test of its own: a sample that names nobody, and what it reads to.

The sample has the layout's header and the shape of its rows. Names, accounts, serials and remarks
are invented, amounts are drawn anew and balances computed from them, so that the proofs still hold.
What column has no role is left empty.
"""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importers import dictionary as roles
from importers.cells import folded, parse_amount, parse_currency, parse_moment, parse_time
from importers.line import BankLine, Reading
from importers.profile import Profile, profile_from, saved_folder
from importers.read import read_bytes
from ledger.errors import CannotRun, Finding, LedgerError, Refused, finding
from ledger.money import Money

SAMPLE: Final = ".sample.csv"
EXPECTED: Final = ".expected.json"
_MOST_ROWS: Final = 20
_DAY_TEXT = re.compile(r"[-0-9/.:年月日时分秒T ]{4,32}")
_LARGEST_DRAWN: Final = 999_999
_NAMES: Final = {
    roles.NAME: "示例", roles.PAYER_NAME: "示例", roles.PAYEE_NAME: "示例", roles.MEMO: "摘要",
}  # fmt: skip
_NUMBERS: Final = frozenset(
    {roles.ACCOUNT, roles.OWN, roles.PAYER, roles.PAYEE, roles.REF}
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """One saved layout and whether its sample reads to what it did."""

    profile: Profile
    findings: tuple[Finding, ...]


def save(profile: Profile, header: Sequence[str], reading: Reading) -> Path:
    """Write the profile and its golden test; its path. Refused if the sample does not hold."""
    folder = saved_folder()
    if folder is None:
        raise CannotRun(_no_folder())
    sample = redacted(profile, header, reading)
    golden = read_bytes(sample, f"{profile.id}{SAMPLE}", named=profile)
    meant = [line.amount.fen > 0 for line in reading.lines[:_MOST_ROWS]]
    if (
        [line.amount.fen > 0 for line in golden.lines] != meant
        or golden.parked
        or "fail" in golden.proofs.values()
        or golden.proofs["P4"] != ("pass" if reading.proofs["P4"] == "pass" else "n/a")
    ):
        raise Refused(
            finding(
                "no-sample",
                "无法由此文件做出仍能证明的脱敏样本，没有保存",
                "no sample that still proves itself can be made of this file; nothing was saved",
                "换一份对账单再试",
                "try with another statement",
                file=reading.file,
            )
        )
    expected = json.dumps(golden.as_json(), ensure_ascii=False, indent=1) + "\n"
    path = folder / f"{profile.id}.toml"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / f"{profile.id}{SAMPLE}", sample)
        _write(folder / f"{profile.id}{EXPECTED}", expected.encode())
        _write(path, toml_of(profile).encode())  # last: without it there is no layout
    except OSError as fault:
        raise CannotRun(_not_written(fault)) from fault
    return path


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def check_saved() -> list[Checked]:
    """Every saved layout, its sample read again."""
    folder = saved_folder()
    paths = sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else []
    return [_check(path) for path in paths]


def _check(path: Path) -> Checked:
    try:
        profile = profile_from(path.read_text(encoding="utf-8"), path.stem)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        profile = Profile(path.stem, "")
        return Checked(profile, (_differs(path.name, "版式文件无法读取", "it cannot be read"),))
    try:
        name = f"{path.stem}{SAMPLE}"
        expected = json.loads(path.with_name(f"{path.stem}{EXPECTED}").read_text(encoding="utf-8"))
        found = read_bytes(path.with_name(name).read_bytes(), name, named=profile).as_json()
    except (OSError, ValueError):
        told = _differs(path.name, "样本或预期缺失、无法读取", "its sample or expectation is gone")
        return Checked(profile, (told,))
    except LedgerError as fault:
        return Checked(profile, tuple(fault.findings))
    if found != expected:
        told = _differs(path.name, "样本读出的结果与保存时不同", "its sample reads otherwise now")
        return Checked(profile, (told,))
    return Checked(profile, ())


def _differs(file: str, zh: str, en: str) -> Finding:
    return finding(
        "profile-differs",
        zh,
        en,
        "用原对账单重新运行 mingbai profile new，核对后保存",
        "run mingbai profile new on a statement again, compare, and save it",
        file=file,
    )


def _not_written(fault: OSError) -> Finding:
    return finding(
        "not-saved",
        f"版式文件夹不能写入：{fault.strerror}",
        f"the folder of layouts cannot be written to: {fault.strerror}",
        "检查文件夹的权限与空间，或改用环境变量 MINGBAI_PROFILES 所指的文件夹",
        "check its permissions and space, or set MINGBAI_PROFILES to another folder",
    )


def _no_folder() -> Finding:
    return finding(
        "no-folder",
        "不知道把版式存在哪里",
        "there is nowhere to save layouts",
        "把环境变量 MINGBAI_PROFILES 设为一个文件夹",
        "set MINGBAI_PROFILES to a folder",
    )


# ---- the sample --------------------------------------------------------------------------------


def redacted(profile: Profile, header: Sequence[str], reading: Reading) -> bytes:
    """A sample in the layout of a reading that names nobody and whose balances hold."""
    lines = reading.lines[:_MOST_ROWS]
    invented = _Invented()
    columns = [
        (number, next((role for role, words in profile.roles.items() if word in words), ""))
        for number, word in enumerate(folded(cell) for cell in header)
    ]
    sizes = [1 + secrets.randbelow(_LARGEST_DRAWN) for _ in lines]
    held = _balances(lines, sizes, descending=reading.descending)
    rows: list[list[str]] = []
    if reading.account:
        rows.append([f"账号：{invented.number(reading.account)}"])
    rows.append(list(header))
    for line, size, balance in zip(lines, sizes, held, strict=True):
        cells = [*line.raw, *[""] * len(header)]
        rows.append(
            [_cell(profile, role, cells[n], line, size, balance, invented) for n, role in columns]
        )
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


class _Invented:
    """Invented words and numbers: the same for the same, so that rows still belong together."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, str] = {}

    def word(self, kind: str, text: str) -> str:
        return self._words.setdefault((kind, folded(text)), f"{kind}{len(self._words) + 1}")

    def number(self, text: str) -> str:
        digits = max(8, min(32, len(folded(text))))
        return self._numbers.setdefault(folded(text), f"9{len(self._numbers) + 1:0{digits - 1}d}")


def _cell(
    profile: Profile,
    role: str,
    cell: str,
    line: BankLine,
    size: int,
    held: int,
    invented: _Invented,
) -> str:
    if role == roles.DATE:
        moment = parse_moment(cell)
        plain = moment is not None and moment.day == line.day and _DAY_TEXT.fullmatch(cell.strip())
        return cell.strip() if plain else line.booked_at.replace("T", " ")
    if role == roles.BALANCE:
        return Money(held).text
    if role in (roles.IN, roles.OUT, roles.AMOUNT):
        return _amount(cell, size)
    text = folded(cell)
    if not text:
        return ""
    if role in _NAMES:
        return invented.word(_NAMES[role], text)
    if role in _NUMBERS:
        return invented.number(text)
    if role == roles.FLAG:
        return cell.strip()  # one of two words, or the row would be parked
    if role == roles.CURRENCY:
        return parse_currency(cell)
    if role == roles.STATUS:
        return profile.good[0] if profile.good else "交易成功"
    is_time = role == roles.TIME and parse_time(cell) and _DAY_TEXT.fullmatch(cell.strip())
    return cell.strip() if is_time else ""


def _amount(cell: str, size: int) -> str:
    """Another amount, written as this one is; nothing stays nothing."""
    amount = parse_amount(cell)
    if amount is None or not amount.fen:
        return "" if amount is None else "0.00"
    money = Money(-size if amount.fen < 0 else size)
    return f"{'+' if amount.plus else ''}{money.grouped if ',' in cell else money.text}"


def _balances(lines: Sequence[BankLine], sizes: Sequence[int], *, descending: bool) -> list[int]:
    """The balance after each line, from a first one that no line overdraws."""
    moved = [
        size if line.amount.fen > 0 else -size for line, size in zip(lines, sizes, strict=True)
    ]
    order = list(range(len(lines)))[:: -1 if descending else 1]
    total = secrets.randbelow(_LARGEST_DRAWN) - sum(fen for fen in moved if fen < 0)
    held = [0] * len(lines)
    for place in order:
        total += moved[place]
        held[place] = total
    return held


# ---- TOML --------------------------------------------------------------------------------------


def toml_of(profile: Profile) -> str:
    """The profile as the TOML that :func:`importers.profile.profile_from` reads."""
    lines = [
        f"name = {_text(profile.name)}",
        f"kind = {_text(profile.kind)}",
        f"require = {_list(profile.require)}",
    ]
    if profile.header != profile.require:
        lines.append(f"header = {_list(profile.header)}")
    for key, given, usual in (
        ("chain", profile.chain, True), ("totals", profile.totals, True),
        ("signed", profile.signed, False), ("orders", profile.orders, False),
        ("exact", profile.exact, False),
    ):  # fmt: skip
        if given != usual:
            lines.append(f"{key} = {str(given).lower()}")
    for key, words in (("good", profile.good), ("came", profile.came), ("went", profile.went)):
        if words:
            lines.append(f"{key} = {_list(words)}")
    lines.append("[roles]")
    lines += [f"{role} = {_list(words)}" for role, words in profile.roles.items()]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"
