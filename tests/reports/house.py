"""Statements to draw: an annual statement, one with very many lines, a log without labels."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from ledger.errors import Words
from ledger.money import Money
from reports.statement import Backing, Column, Line, Statement, VoucherLine

ROOT = Path(__file__).parent.parent.parent
UNIT = "B01-qinghe"
UNIT_NAME = Words("清河县青石镇中心小学工会委员会", "Trade Union of Qingshi Central Primary School")
DIGEST = "sha256:" + "5f3a9c0d" * 8

_ITEMS = (
    ("101", "会费收入", "Membership dues", 1_234_567, 1_100_000),
    ("102", "拨缴经费收入", "Funding contributed by the employer", 88_000_000, 79_320_050),
    ("103", "上级补助收入", "Grants from higher unions", 2_500_000, 0),
    ("104", "行政补助收入", "Grants from the administration", 0, 0),
    ("105", "其他收入", "Other income", -4_599, 12_345),
)
_SPENDING = (
    ("201", "职工活动支出", "Members' activities", 31_265_480, 30_400_000),
    ("202", "维权支出", "Protection of rights", 4_120_000, 3_900_010),
    ("203", "业务支出", "Operations", 6_003_210, 5_544_320),
    ("204", "资本性支出", "Capital expenditure", 1_980_000, 0),
)


def postings(count: int, fen: int, *, start: int = 1) -> tuple[VoucherLine, ...]:
    """``count`` postings that add up to ``fen``."""
    amounts = Money(fen).split([1] * count) if count else []
    return tuple(
        VoucherLine(
            number=f"收-202603-{start + place:04d}",
            day=date(2026, 3, 1) + timedelta(days=place % 31),
            narration="三月份会费，代扣"
            if place % 3
            else "县总工会拨来春节慰问专款（第二批，含邮资）",
            account="Assets:102-银行存款:01-工行基本户" if place % 2 else "Income:401-会费收入",
            fund="F01",
            amount=amount,
            papers=tuple(f"sha256:{place:02x}" + "ab34" * 15 + "00" for _ in range(place % 4)),
        )
        for place, amount in enumerate(amounts)
    )


def annual(*, unit_name: Words = UNIT_NAME, note: str = "") -> Statement:
    """Income and expenditure of a year, two money columns, every figure backed."""
    period, name = "2026", "income-expenditure"
    lines: list[Line] = []
    annex: list[Backing] = []

    def add(code: str, zh: str, en: str, now: int, before: int, *, count: int, style: str) -> None:
        ref = f"{UNIT}/{name}/{period}/{code}"
        refs = {"previous": f"{UNIT}/{name}/2025/{code}"}
        cells = (Money(now), Money(before))
        level = 1 if style == "line" else 0
        lines.append(Line(code, Words(zh, en), cells, ref, level, style, refs))
        annex.append(Backing(ref, Words(zh, en), None, postings(count, now), Money(now)))

    lines.append(Line("1", Words("一、本年收入", "I. Income of the year"), (), style="heading"))
    for place, (code, zh, en, now, before) in enumerate(_ITEMS):
        add(code, zh, en, now, before, count=3 * place + 1, style="line")
    income = sum(item[3] for item in _ITEMS)
    earlier = sum(item[4] for item in _ITEMS)
    add("199", "收入合计", "Total income", income, earlier, count=40, style="subtotal")
    lines.append(Line("2", Words("二、本年支出", "II. Expenditure"), (), style="heading"))
    for place, (code, zh, en, now, before) in enumerate(_SPENDING):
        add(code, zh, en, now, before, count=2 * place + 1, style="line")
    spent = sum(item[3] for item in _SPENDING)
    spent_earlier = sum(item[4] for item in _SPENDING)
    add("299", "支出合计", "Total expenditure", spent, spent_earlier, count=9, style="subtotal")
    surplus, surplus_earlier = income - spent, earlier - spent_earlier
    add("399", "三、本年结余", "III. Surplus", surplus, surplus_earlier, count=2, style="total")
    return Statement(
        name=name,
        title=Words("收入支出表", "Statement of income and expenditure"),
        unit=UNIT,
        unit_name=unit_name,
        period=period,
        columns=(
            Column("amount", Words("本年数", "This year"), primary=True),
            Column("previous", Words("上年数", "Last year")),
        ),
        lines=tuple(lines),
        form="工会02表",
        facts=(
            (Words("编制基础", "Basis"), "收付实现制 cash basis"),
            (Words("公开范围", "Audience"), "全体会员 all members"),
            (Words("版本", "Version"), "第 1 版 · 2027-01-15"),
            (Words("制表", "Maker"), "treasurer-01"),
            (Words("复核", "Checker"), "checker-02"),
            (Words("账簿摘要", "Ledger digest"), DIGEST),
        ),
        notes=(
            Words(
                "拨缴经费按实际到账日入账；红字以负号表示。" + note,
                "Contributed funding is recorded on the day of receipt; reversals carry a minus.",
            ),
            Words("本表不含代管的上级经费。", "Money held for higher unions is not included."),
        ),
        annex=tuple(annex),
        digest=DIGEST,
    )


def long(count: int = 2_000) -> Statement:
    """A trial balance with ``count`` lines and five money columns, a tenth of them backed."""
    keys = ("opening", "debit", "credit", "net", "closing")
    words = ("期初余额", "借方发生", "贷方发生", "净额", "期末余额")
    english = ("Opening", "Debit", "Credit", "Net", "Closing")
    lines = []
    annex = []
    for place in range(count):
        code = f"{place + 1:04d}"
        ref = f"{UNIT}/trial-balance/2026-03/{code}"
        cells = tuple(Money((place * 7919 + step * 104_729) % 9_000_000) for step in range(5))
        label = Words(f"明细科目第{place + 1}号", f"Account no. {place + 1}")
        lines.append(Line(code, label, cells, ref, level=1))
        if place % 10 == 0:
            annex.append(Backing(ref, label, Money(100), postings(3, 700), Money(800)))
    return Statement(
        name="trial-balance",
        title=Words("科目余额表", "Trial balance"),
        unit=UNIT,
        unit_name=UNIT_NAME,
        period="2026-03",
        columns=tuple(
            Column(key, Words(zh, en)) for key, zh, en in zip(keys, words, english, strict=True)
        ),
        lines=tuple(lines),
        annex=tuple(annex),
        digest=DIGEST,
    )


def journal(count: int = 120) -> Statement:
    """A log without a label column: voucher, day, narration, amount."""
    lines = tuple(
        Line(
            str(place),
            Words("", ""),
            (
                f"收-202603-{place:04d}",
                date(2026, 3, 1 + place % 31),
                "收到三月份会费（财务代扣），附银行回单与名册，其中退休会员部分另行结算，下月补记"
                * (1 + place % 2),
                "Income:401-会费收入",
                None if place % 5 else Money(100 * place + 7),
                place,
            ),
            ref=f"{UNIT}/收-202603-{place:04d}",
        )
        for place in range(count)
    )
    return Statement(
        name="journal",
        title=Words("凭证序时簿", "Journal"),
        unit=UNIT,
        unit_name=UNIT_NAME,
        period="2026-03",
        columns=(
            Column("number", Words("凭证号", "Voucher"), kind="ref"),
            Column("day", Words("日期", "Date"), kind="day"),
            Column("narration", Words("摘要", "Narration"), kind="text", share=4),
            Column("account", Words("科目", "Account"), kind="text", share=2),
            Column("amount", Words("金额", "Amount")),
            Column("papers", Words("附件", "Papers"), kind="count"),
        ),
        lines=lines,
        label_column=None,
        digest=DIGEST,
    )


def digest_in_a_fresh_process(expression: str, *, cwd: Path, seed: int, zone: str) -> str:
    """SHA-256 of what ``expression`` renders, in a new interpreter in another place and time."""
    code = (
        f"import sys, hashlib; sys.path.insert(0, {str(ROOT)!r}); "
        "from tests.reports.house import *; from reports.pdf import render_pdf; "
        "from reports.xlsx import render_xlsx; "
        f"print(hashlib.sha256({expression}).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": str(seed), "TZ": zone, "PATH": "/usr/bin:/bin"}
    if seed:
        environment |= {"SOURCE_DATE_EPOCH": "1700000000", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
