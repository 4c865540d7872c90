"""Takes values of the right kind out of a TOML table, and collects what is wrong with them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from ledger.entry import check_text
from ledger.errors import Finding, Words, finding
from ledger.money import yuan
from ledger.rules.table import CONFIDENCES, Rounding

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SHARE = re.compile(r"[01](?:\.[0-9]{1,8})?")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def bad_rule(file: str, zh: str, en: str, line: int | None = None) -> Finding:
    return finding(
        "bad-rule", zh, en, "改正规则文件；写法见 ledger/rules/data/README.md",
        "correct the rule file; ledger/rules/data/README.md says how it is written",
        file=file, line=line,
    )  # fmt: skip


#: What a table says of itself in words, or of when and where it holds.
_WORDS: Final = frozenset(
    (
        "name_en", "base_name", "base_name_en", "of", "of_en", "note", "source", "article",
        "confidence", "issued", "effective_from", "effective_to", "scope",
    )
)  # fmt: skip


def _figures(value: Any) -> Any:
    if isinstance(value, list):
        return [_figures(one) for one in value]
    if not isinstance(value, dict):
        return value
    # The name of a term is what it is; every other name has an English one beside it.
    spoken = _WORDS | {"name"} if "name_en" in value else _WORDS
    return {key: _figures(one) for key, one in value.items() if key not in spoken}


class Fields:
    """One table of a file; ``where`` names it in findings. What was taken is gone from it.

    ``bad`` makes the finding of a fault, of the file's name and both sentences.
    """

    def __init__(
        self,
        data: dict[str, Any],
        where: Words,
        file: str,
        faults: list[Finding],
        bad: Callable[[str, str, str], Finding] = bad_rule,
    ) -> None:
        self._data = dict(data)
        self._keys = frozenset(data)
        self.where = where
        self.file = file
        self.faults = faults
        self._bad = bad

    def say(self, zh: str, en: str) -> None:
        at = self.where if self.where.zh else Words("文件", "the file")
        self.faults.append(self._bad(self.file, f"{at.zh}：{zh}", f"{at.en}: {en}"))

    def __iter__(self) -> Iterator[str]:
        """The keys that nobody took yet."""
        return iter(tuple(self._data))

    def has(self, key: str) -> bool:
        return key in self._data

    def had(self, key: str) -> bool:
        """True if ``key`` stood there, whether it was taken already or not."""
        return key in self._keys

    def digest(self) -> str:
        """A hash over every figure in it, and over no words.

        A figure that changes changes it. A source that was found, a translation, or the day on
        which the table ended do not: what was assessed by it stays explained by it.
        """
        canonical = json.dumps(_figures(self._data), default=str, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def _take(self, key: str, kind: type, what: tuple[str, str], default: Any) -> Any:
        value = self._data.pop(key, default)
        if value is None or (type(value) is not kind and value is not default):
            self.say(f"{key} 缺失或不是{what[0]}", f"{key} is missing or no {what[1]}")
            return None
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, str, ("文字", "text"), default)
        if value is None:
            return ""
        try:
            check_text(key, value)
        except ValueError as fault:
            self.say(f"{key} 不合规：{fault}", str(fault))
            return ""
        return str(value)

    def filled(self, key: str) -> str:
        """A text that says something."""
        asked = self.has(key)
        value = self.text(key)
        if asked and not value:
            self.say(f"{key} 不能为空", f"{key} is empty")
        return value

    def slug(self, key: str, default: str | None = None) -> str:
        value = self.text(key, default)
        if value and not SLUG.fullmatch(value):
            self.say(
                f"{key} 应为小写字母、数字和连字符", f"{key} is lower-case letters, digits, hyphens"
            )
            return ""
        return value

    def words(self, key: str, *, needed: bool = True) -> Words:
        if not needed and not self.has(key):
            return Words("", "")
        return Words(self.filled(key), self.filled(f"{key}_en"))

    def one_of(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            if value:
                known = " ".join(choices)
                self.say(f"{key} 只能是 {known}", f"{key} is one of {known}")
            return choices[0]
        return value

    def day(self, key: str, *, needed: bool) -> date | None:
        """A day of TOML, ``2022-01-01`` without quotes."""
        value = self._data.pop(key, None)
        if type(value) is date or (value is None and not needed):
            return value
        self.say(f"{key} 缺失或不是日期", f"{key} is missing or no day")
        return None

    def yearly_day(self, key: str) -> tuple[int, int] | None:
        """A day of any year, ``04-30``."""
        if not self.has(key):
            return None
        value = self.text(key)
        found = _DAY.fullmatch(value)
        try:
            if found:
                # Any leap year: a deadline may be the last of February.
                date(2024, int(found[1]), int(found[2]))
                return int(found[1]), int(found[2])
        except ValueError:
            pass
        self.say(f"{key} 写作 04-30", f"{key} is written 04-30")
        return None

    def amount(self, key: str, default: int | None = None) -> int | None:
        """An amount in fen, written as text: ``"0.20"``. Floats are refused."""
        if not self.has(key):
            return default
        value = self._take(key, str, ("加引号的金额", "amount in quotes"), "")
        try:
            fen = yuan(value or "").fen
        except ValueError:
            fen = -1
        if value is not None and fen < 0:
            self.say(f"{key} 不是金额", f"{key} is no amount")
        return max(fen, 0)

    def share(self, key: str) -> Fraction | None:
        """A share of a whole, written as decimal text: ``"0.005"``."""
        if not self.has(key):
            return None
        value = self._take(key, str, ("加引号的小数", "decimal in quotes"), "")
        if value is None:
            return None
        if not _SHARE.fullmatch(value) or Fraction(value) > 1:
            self.say(f'{key} 应在 0 与 1 之间，如 "0.005"', f'{key} lies from 0 to 1, as "0.005"')
            return None
        return Fraction(value)

    def number(self, key: str, least: int, most: int) -> int:
        value = self._take(key, int, ("整数", "whole number"), None)
        if value is None or not least <= value <= most:
            if value is not None:
                self.say(f"{key} 应为 {least} 至 {most}", f"{key} lies from {least} to {most}")
            return least
        return int(value)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._take(key, list, ("文字列表", "list of texts"), None) or []
        if not all(type(value) is str for value in values):
            self.say(f"{key} 应为文字列表", f"{key} is a list of texts")
            return ()
        return tuple(values)

    def once(self, names: Sequence[str], what: str) -> None:
        """Say which names stand there more than once."""
        for name in sorted({name for name in names if list(names).count(name) > 1}):
            self.say(f"{what} {name} 重复", f"{what} {name} is there twice")

    def _inside(self, zh: str, en: str) -> Words:
        return Words(f"{self.where.zh} {zh}".strip(), f"{self.where.en} {en}".strip())

    def raw(self, key: str) -> Any:
        """A value whose kind depends on another one."""
        return self._data.pop(key, None)

    def tables(self, key: str, what: Words) -> list[Fields]:
        """The tables under ``key``, each named by its id in findings."""
        values = self._take(key, list, ("表的列表", "list of tables"), None) or []
        if not all(type(value) is dict for value in values):
            self.say(f"{key} 应为表的列表", f"{key} is a list of tables")
            return []
        found = []
        for place, value in enumerate(values, start=1):
            name = value.get("id", value.get("name", value.get("to")))
            label = name[:40] if isinstance(name, str) and name.isprintable() else str(place)
            inner = self._inside(f"{what.zh} {label}", f"{what.en} {label}")
            found.append(Fields(value, inner, self.file, self.faults, self._bad))
        return found

    def table(self, key: str) -> Fields | None:
        value = self._data.pop(key, None)
        if value is None:
            return None
        if type(value) is not dict:
            self.say(f"{key} 应为表", f"{key} is a table")
            return None
        return Fields(value, self._inside(key, key), self.file, self.faults, self._bad)

    def rounding(self, default: Rounding | None) -> Rounding:
        """``rounding = { mode = "half-up", unit = "0.01", source = …, confidence = … }``."""
        inner = self.table("rounding")
        if inner is None:
            if default is None:
                self.say("缺 rounding：如何取整要写明", "rounding is missing: say how")
            return default or Rounding("half-up", 1)
        mode = inner.one_of("mode", ("half-up", "down"))
        unit = inner.amount("unit", 0) or 0
        if unit not in (1, 10, 100):
            inner.say("unit 只能是 0.01、0.10 或 1.00", "unit is 0.01, 0.10 or 1.00")
            unit = 1
        source = inner.filled("source")
        confidence = inner.one_of("confidence", CONFIDENCES)
        inner.done()
        return Rounding(mode, unit, source, confidence)

    def done(self) -> None:
        """Say what nobody asked for: a word that is misspelt changes nothing in silence."""
        for key in self._data:
            shown = key[:40] if key.isprintable() else "?"
            self.say(f"不认识 {shown}", f"unknown key {shown}")
