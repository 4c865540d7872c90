"""The forms of the rules as an accountant would write them down, apart from the charts' data.

Every line is a sum of debit balances: ``162 163`` is what the two accounts hold together,
``-211`` the credit balance of 211, ``-Income`` all income. Typed from the rules' instructions
(财会〔2021〕7号, appendix 1, part five; 财会〔2004〕7号, part five), not from ``ledger/charts``.
"""

from __future__ import annotations

from typing import Final


def _same(codes: str, sign: str = "") -> dict[str, str]:
    """Lines that are called like their account."""
    return {code: f"{sign}{code}" for code in codes.split()}


UNION_SHEET: Final = {
    "money": "101 102",
    **_same("111 121 131 132 135 141 151 161 162 171 181 182"),
    **_same("163 172 201 211 212 215 221 301 311 321 322 331 332 341", "-"),
    "current": "101 102 111 121 131 132 135 141",
    "fixed": "162 163",
    "intangible": "171 172",
    "assets": "Assets",
    "liabilities": "-Liabilities",
    "surplus": "-Income -Expenses",
    "net": "-Equity -Income -Expenses",
    "claims": "-Liabilities -Equity -Income -Expenses",
}
UNION_INCOME: Final = {
    **_same("401 402 403 404 405 406 407 408 411", "-"),
    **_same("501 502 503 504 505 506 507 508 509 510 521"),
    "income": "-Income",
    "expenditure": "Expenses",
    "result": "-Income -Expenses",
    "adjusted": "-32101 -32201 -33101 -33201 -33202",
}
UNION_BEGIN: Final = {
    "begin": "-321 -322 -331 -332",
    "begin-carried": "-321 -331",
    "begin-surplus": "-322 -332",
}
UNION_END: Final = {
    "end": "-321 -322 -331 -332 -Income -Expenses",
    "end-carried": "-321 -331",
    "end-surplus": "-322 -332",
    "end-open": "-Income -Expenses",
}

_CURRENT: Final = (
    "1001 1002 1009 -100191 -100291 -100991 1101 1102 1111 1121 1122 1131 1141 1201 1202 1301 "
    "140291 1391"
)
_SHORT: Final = "-2101 -2201 -2202 -2203 -2204 -2206 -2209 -2301 -2401 -250191 -250291 -2491"
_LONG: Final = "-2501 250191 -2502 250291 -2591"
_NPO_SHEET: Final = {
    "20": _CURRENT,
    "80": _SHORT,
    "90": _LONG,
    "1": "1001 1002 1009 -100191 -100291 -100991",
    "2": "1101 1102",
    "3": "1111 1121 1122 1131",
    "4": "1141",
    "8": "1201 1202",
    "9": "1301",
    "15": "140291",
    "18": "1391",
    "21": "1401",
    "24": "1402 -140291",
    "29": "-1421",
    "30": "1401 1402 1421 -140291",
    "31": "1501",
    "32": "-1502",
    "33": "1501 1502",
    "34": "1505",
    "35": "1506",
    "38": "1509",
    "40": "1501 1502 1505 1506 1509",
    "60": "Assets",
    "61": "-2101",
    "62": "-2201 -2202 -2209",
    "63": "-2204",
    "65": "-2206",
    "66": "-2203",
    "71": "-2301",
    "72": "-2401",
    "74": "-250191 -250291",
    "78": "-2491",
    "81": "-2501 250191",
    "84": "-2502 250291",
    "88": "-2591",
    "91": "-2601",
    "100": "-Liabilities",
    "101": "-3101",
    "105": "-3102",
    "108": "-Income -Expenses",
    "110": "-Equity -Income -Expenses",
    "120": "-Liabilities -Equity -Income -Expenses",
}
NPO_2004_SHEET: Final = {
    **_NPO_SHEET,
    "41": "1601",
    "51": "1701 100191 100291 100991",
}
NPO_2024_SHEET: Final = {
    **{code: formula for code, formula in _NPO_SHEET.items() if code != "72"},
    "25": "1403",
    "30": "1401 1402 1403 1421 -140291",
    "80": _SHORT.replace("-2401 ", ""),
    "85": "-2503",
    "90": f"{_LONG} -2503",
    "41": "1601 1602",
    "42": "1701",
    "51": "1801 100191 100291 100991",
    "106": "-3201",
}
_NPO_INCOME: Final = {
    "1": "-4101",
    "2": "-4201",
    "3": "-4301",
    "4": "-4501",
    "5": "-4401",
    "6": "-4601",
    "8": "-4701",
    "9": "-4901",
    "11": "-Income",
    "12": "5101",
    "35": "Expenses",
    "40": "-3101 -3102",
}
NPO_2004_INCOME: Final = {
    **_NPO_INCOME,
    "21": "5201",
    "24": "5301",
    "28": "5401",
    "45": "-Income -Expenses -3101 -3102",
}
NPO_2024_INCOME: Final = {
    **_NPO_INCOME,
    "20": "5201",
    "21": "5301",
    "24": "5401",
    "26": "5501",
    "27": "5601",
    "28": "5901",
    "41": "-3201",
    "45": "-Income -Expenses -3101 -3102 -3201",
}

PARTY_SHEET: Final = {
    **_same("101 102 131"),
    **_same("201 202 203 301", "-"),
    "assets": "Assets",
    "liabilities": "-Liabilities",
    "surplus": "-Income -Expenses",
    "net": "-Equity -Income -Expenses",
    "claims": "-Liabilities -Equity -Income -Expenses",
}
PARTY_INCOME: Final = {
    **_same("401 402 403 409", "-"),
    **_same("501 502 503 504 505 506 509"),
    "income": "-Income",
    "expenditure": "Expenses",
    "result": "-Income -Expenses",
}
PARTY_BEGIN: Final = {"begin-net": "-301"}
PARTY_END: Final = {"end-net": "-301 -Income -Expenses"}

#: By chart: balance sheet, income statement, what of it is held at the beginning and at the end.
FORMS: Final[dict[str, tuple[dict[str, str], ...]]] = {
    "union-2021-basic": (UNION_SHEET, UNION_INCOME, UNION_BEGIN, UNION_END),
    "union-2021-county": (UNION_SHEET, UNION_INCOME, UNION_BEGIN, UNION_END),
    "npo-2004": (NPO_2004_SHEET, NPO_2004_INCOME, {}, {}),
    "npo-2024": (NPO_2024_SHEET, NPO_2024_INCOME, {}, {}),
    "party-dues": (PARTY_SHEET, PARTY_INCOME, PARTY_BEGIN, PARTY_END),
}
#: Accounts whose balances are tied up in things.
THINGS: Final = {
    "union": {"141", "151", "161", "162", "163", "171", "172", "181", "182"},
    "npo": {"1201", "1202", "1401", "1402", "1403", "1421", "1501", "1502", "1505", "1506", "1509",
            "1601", "1602"},
    "party": set(),
}  # fmt: skip

#: 会民非03表 of 2004: the line of a voucher's one counterpart, when cash came in and went out.
#: A detail goes before its parent; ``*`` stands for all that is not named.
CASH_IN: Final = {
    "4101": "1", "4201": "2", "112191": "2", "220391": "2", "4301": "3", "1111": "3", "1121": "3",
    "2203": "3", "4501": "4", "112192": "4", "220392": "4", "4401": "5", "510191": "14",
    "2204": "15", "510192": "15", "520192": "15", "5101": "16", "1141": "16", "1201": "16",
    "1301": "16", "2201": "16", "2202": "16", "5201": "19", "5401": "19", "530191": "19",
    "1101": "25", "1401": "25", "1402": "25", "4601": "26", "1501": "27", "1506": "27",
    "1509": "27", "1601": "27", "1505": "35", "2101": "45", "2501": "45", "2502": "48",
    "530192": "60", "*": "8",
}  # fmt: skip
CASH_OUT: Final = {
    "4101": "1", "4201": "2", "112191": "2", "220391": "2", "4301": "3", "1111": "3", "1121": "3",
    "2203": "3", "4501": "4", "112192": "4", "220392": "4", "4401": "5", "4701": "8", "4901": "8",
    "510191": "14", "2204": "15", "510192": "15", "520192": "15", "5101": "16", "1141": "16",
    "1201": "16", "1301": "16", "2201": "16", "2202": "16", "4601": "26", "1509": "27",
    "1501": "35", "1505": "35", "1506": "35", "1601": "35", "1101": "36", "1401": "36",
    "1402": "36", "2101": "51", "2501": "51", "5301": "52", "2502": "55", "530192": "60",
    "*": "19",
}  # fmt: skip
#: Which lines of 会民非03表 are cash paid.
PAID: Final = {"14", "15", "16", "19", "35", "36", "39", "51", "52", "55"}
CASH_SUMS: Final = {
    "13": "1 2 3 4 5 8",
    "23": "14 15 16 19",
    "34": "25 26 27 30",
    "43": "35 36 39",
    "50": "45 48",
    "58": "51 52 55",
}
