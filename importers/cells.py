"""Cells of statements as values: text, amounts, days and times, however a bank writes them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from ledger.money import yuan

_NULLS: Final = frozenset({"", "/", "\\", "n/a", "null", "none"})
_DASHES = re.compile(r"[-—–_*]+")
_OWN_MARKS = re.compile(r"^(?:RMB|CNY|¥)+|(?:元|圆|RMB|CNY)$", re.IGNORECASE)
_FOREIGN_MARK = re.compile(
    r"^(?:(?:US|HK|A|C|S)?\$|€|£|USD|HKD|EUR|GBP)|(?:USD|HKD|EUR|GBP|€)$", re.I
)
# A remark inside an amount's cell, such as 131.77(已退款89.84).
_REMARK = re.compile(r"\((?:已|含|其中|退)[^()]*\)$")
_LARGEST_FEN: Final = 10**16
_NUMBER = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?|\.[0-9]+")
_PLAIN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?")
_SIDE_MARK = re.compile(r"(?:cr|dr|贷|借)\.?$", re.IGNORECASE)
#: A text that is a value as it stands: no wrapping, no runs of blanks, no word for nothing.
_AS_IT_STANDS = re.compile(r"[0-9\u3400-\u9fff][^\s\ufeff\u200b`']*(?: [^\s\ufeff\u200b`']+)*")
_FOLDED_ALREADY = re.compile(r"[0-9a-z][0-9a-z.,:/+-]*")
_FORMULA = re.compile(r'^="(.*)"$', re.DOTALL)


def clean(cell: str) -> str:
    """A cell without what exports wrap around values: blanks, tabs, backticks, ``="…"``."""
    text = cell.strip(" \t\r\n\u3000\u00a0\ufeff`'\u200b")
    if text.startswith("=") and (formula := _FORMULA.match(text)):
        text = formula[1].strip()
    return text


def _nfkc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def value_text(cell: str) -> str:
    """A cell's text for people; ``""`` for what stands for nothing (``/``, ``--``, dash runs)."""
    if not cell or _AS_IT_STANDS.fullmatch(cell):
        return cell
    text = clean(cell)
    if not text or text.casefold() in _NULLS or _DASHES.fullmatch(text):
        return ""
    return " ".join(text.split())


def folded(cell: str) -> str:
    """A cell as headers are compared: NFKC, without blanks, small letters."""
    if _FOLDED_ALREADY.fullmatch(cell):
        return cell
    return "".join(_nfkc(clean(cell)).casefold().split())


# ---- amounts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as written.

    ``explicit`` if a sign, brackets or Cr/Dr stands with it; ``plus`` if the sign is a plus;
    ``mark`` is a foreign currency's mark, if one stands with it.
    """

    fen: int
    explicit: bool = False
    plus: bool = False
    mark: str = ""


def parse_amount(cell: str) -> Amount | None:
    """The amount in a cell; None where there is none. ValueError for what is no exact amount.

    >>> parse_amount("¥1,234.50").fen
    123450
    >>> parse_amount("(12.00)").fen
    -1200
    """
    if plain := _PLAIN.fullmatch(cell):  # as most are written, and much the fastest to read
        fen = int(plain[2]) * 100 + int((plain[3] or "").ljust(2, "0"))
        return Amount(-fen if plain[1] else fen, bool(plain[1]))
    text = _nfkc(clean(cell)).replace("\u2212", "-").replace("−", "-")
    text = "".join(text.split())
    if text.casefold() in _NULLS or _DASHES.fullmatch(text):
        return None
    text = _REMARK.sub("", text)
    negative = explicit = False
    if text.startswith("(") and text.endswith(")"):
        text, negative, explicit = text[1:-1], True, True
    side = _SIDE_MARK.search(text)
    if side and not explicit:
        negative = side[0].casefold().startswith(("dr", "借"))
        text, explicit = text[: side.start()], True
    plus = "+" in text[:1] + text[-1:]
    text, negative, explicit = _signs(text, negative, explicit)
    text = _OWN_MARKS.sub("", text)
    mark = _FOREIGN_MARK.search(text)
    text = _FOREIGN_MARK.sub("", text)
    plus = plus or text.startswith("+")
    text, negative, explicit = _signs(text, negative, explicit)
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        raise ValueError(f"not an amount: {cell[:40]!r}")
    fen = yuan(Decimal(text.replace(",", ""))).fen
    if fen >= _LARGEST_FEN:
        raise ValueError(f"an amount beyond all money: {cell[:40]!r}")
    return Amount(-fen if negative else fen, explicit, plus, mark[0].upper() if mark else "")


def _signs(text: str, negative: bool, explicit: bool) -> tuple[str, bool, bool]:
    if text[:1] in ("+", "-"):
        return text[1:], negative != (text[0] == "-"), True
    if text[-1:] in ("+", "-") and len(text) > 1:
        return text[:-1], negative != (text[-1] == "-"), True
    return text, negative, explicit


def looks_like_number(cell: str) -> bool:
    """True if a cell holds an amount or could be one; headers hold none."""
    try:
        return parse_amount(cell) is not None
    except ValueError:
        return False


CURRENCIES: Final = {
    "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "cny": "CNY", "156": "CNY", "01": "CNY",
    "001": "CNY", "元": "CNY", "本币": "CNY", "人民币(本位币)": "CNY", "¥": "CNY",
    "美元": "USD", "usd": "USD", "840": "USD", "14": "USD", "港币": "HKD", "港元": "HKD",
    "hkd": "HKD", "344": "HKD", "13": "HKD", "欧元": "EUR", "eur": "EUR", "978": "EUR",
    "英镑": "GBP", "gbp": "GBP", "日元": "JPY", "jpy": "JPY", "澳元": "AUD", "aud": "AUD",
    "加元": "CAD", "cad": "CAD", "新加坡元": "SGD", "sgd": "SGD", "瑞士法郎": "CHF", "chf": "CHF",
    "日圆": "JPY", "澳大利亚元": "AUD", "加拿大元": "CAD", "韩元": "KRW", "krw": "KRW",
    "泰铢": "THB", "thb": "THB", "澳门元": "MOP", "mop": "MOP", "新西兰元": "NZD", "nzd": "NZD",
    "卢布": "RUB", "rub": "RUB", "台币": "TWD", "twd": "TWD",
}  # fmt: skip
#: What a mark beside an amount means; a bare $ may be any of many.
MARKS: Final = {"€": "EUR", "£": "GBP", "US$": "USD", "HK$": "HKD", "A$": "AUD", "C$": "CAD",
                "S$": "SGD", "USD": "USD", "HKD": "HKD", "EUR": "EUR", "GBP": "GBP"}  # fmt: skip


def parse_currency(cell: str) -> str:
    """A currency's code; CNY where the cell says nothing. ValueError for an unknown one."""
    text = folded(cell)
    if text in ("", "-", "/") or _DASHES.fullmatch(text):
        return "CNY"
    if text in CURRENCIES:
        return CURRENCIES[text]
    named = currencies_in(text)
    if len(named) == 1:
        return named.pop()
    raise ValueError(f"not a known currency: {cell[:20]!r}")


def currencies_in(cell: str) -> set[str]:
    """The currencies that a text names, such as ``156-人民币`` or ``Amount (USD)``."""
    text = folded(cell)
    return {
        code
        for name, code in CURRENCIES.items()
        if len(name) > 1 and not name.isdigit() and name != "本币"
        and re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text)
    }  # fmt: skip


# ---- days and times ----------------------------------------------------------------------------

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_YEAR_FIRST = re.compile(r"(20[0-9]{2}|19[0-9]{2})([-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?")
_ISO = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?: (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?"
)
_COMPACT = re.compile(r"(20[0-9]{2})([01][0-9])([0-3][0-9])(?=[0-9]{4}$|[0-9]{6}|[^0-9]|$)")
_NAMED = re.compile(r"([0-9]{1,2})[- ]?([A-Za-z]{3})[a-z]*[-, ]*(20[0-9]{2})")
_NAME_FIRST = re.compile(r"([A-Za-z]{3})[a-z]*\.? ([0-9]{1,2}),? (20[0-9]{2})")
_YEARLESS = re.compile(r"([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: .*)?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-](20[0-9]{2})")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.时]([0-5][0-9])(?:[:.分]([0-5][0-9]))?")
_COMPACT_CLOCK = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?")
_AFTERNOON = re.compile(r"下午|晚上|pm\b|p\.m", re.IGNORECASE)
_SERIAL = re.compile(r"[34567][0-9]{4}(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time of day where it is written."""

    day: date
    at: time | None = None

    @property
    def iso(self) -> str:
        if self.at is None:
            return self.day.isoformat()
        return f"{self.day.isoformat()}T{self.at.isoformat(timespec='seconds')}"


def parse_moment(
    cell: str, *, day_first: bool | None = None, serials: bool = False
) -> Moment | None:
    """The day in a cell, with its time; None where there is none.

    ``day_first`` says how ``01/02/2026`` is meant; without it such a day is None. ``serials``
    allows the day numbers of spreadsheets.
    """
    if _ISO.fullmatch(cell):  # as most are written, and much the fastest to read
        try:
            whole = datetime.fromisoformat(cell)
        except ValueError:
            return None
        return Moment(whole.date(), whole.time() if len(cell) > 10 else None)
    text = _nfkc(clean(cell))
    try:
        if found := _YEAR_FIRST.match(text):
            day = date(int(found[1]), int(found[3]), int(found[4]))
        elif found := _COMPACT.match(text):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := _NAMED.match(text):
            day = date(int(found[3]), _MONTHS[found[2].casefold()], int(found[1]))
        elif found := _NAME_FIRST.match(text):
            day = date(int(found[3]), _MONTHS[found[1].casefold()], int(found[2]))
        elif (found := _YEAR_LAST.match(text)) and day_first is not None:
            first, second = int(found[1]), int(found[2])
            month, number = (second, first) if day_first else (first, second)
            day = date(int(found[3]), month, number)
        elif serials and _SERIAL.fullmatch(text):
            return _of_serial(Decimal(text))
        else:
            return None
    except (ValueError, KeyError):
        return None
    rest = text[found.end() :].strip(" T-_")
    return Moment(day, parse_time(rest))


def _of_serial(number: Decimal) -> Moment:
    moment = datetime(1899, 12, 30) + timedelta(days=float(number))
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return Moment(moment.date(), moment.time() if number % 1 else None)


def parse_time(cell: str) -> time | None:
    """A time of day such as ``9:05``, ``09:05:01`` or ``090501``; None where there is none."""
    text = _nfkc(clean(cell))
    found = _CLOCK.match(text.removeprefix("上午").removeprefix("下午").strip())
    if found is None:
        compact = text.zfill(6) if text.isdigit() and 5 <= len(text) <= 6 else text
        found = _COMPACT_CLOCK.match(compact)
    if found is None:
        return None
    hour = int(found[1])
    if hour < 12 and _AFTERNOON.search(text):
        hour += 12
    return time(hour, int(found[2]), int(found[3] or 0))


def parse_yearless(cell: str, start: date, end: date) -> Moment | None:
    """The day that ``03/05`` means in a statement of this period, if it can be one only."""
    found = _YEARLESS.fullmatch(_nfkc(clean(cell)))
    if found is None:
        return None
    days = set()
    for month, day in ((int(found[1]), int(found[2])), (int(found[2]), int(found[1]))):
        for year in range(start.year, end.year + 1):
            try:
                days.add(date(year, month, day))
            except ValueError:
                continue
        if "月" in found[0]:
            break
    within = [day for day in days if start <= day <= end]
    return Moment(within[0]) if len(within) == 1 else None


def reads_day_first(cells: list[str]) -> bool | None:
    """How the column's ``01/02/2026`` are meant, if one of them can be read one way only."""
    found = [
        match for cell in cells
        if (match := _YEAR_LAST.match(_nfkc(clean(cell))))
    ]  # fmt: skip
    first, second = {int(match[1]) for match in found}, {int(match[2]) for match in found}
    if max(first, default=0) > 12 or max(second, default=0) > 12:
        by_day, by_month = max(first) > 12, max(second) > 12
        return None if by_day and by_month else by_day
    # Many days of one month, not one day of many months.
    if len(second) == 1 and len(first) >= 3:
        return True
    return False if len(first) == 1 and len(second) >= 3 else None
