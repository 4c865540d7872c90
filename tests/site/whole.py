"""A publication with everything: two units, gifts, things, gaps, objections, one's own pages.

``said`` is put around every text that somebody writes, so that a test may write what it likes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ledger.errors import Words
from ledger.money import Money
from reports.site import model
from reports.site.model import Figure
from reports.statement import COUNT, REF, TEXT, Backing, Bar, Column, Line, Statement, VoucherLine

UNIT, LOWER, CAMPAIGN = "xian", "zhen", "HD2026-0001-0"
PERIOD, ON = "2026-Q1", date(2026, 4, 20)
OPENING = hashlib.sha256(b"opening").digest()
TOKEN = base64.b32encode(hashlib.sha256(b"mingbai-page-1" + OPENING).digest())[:26].decode().lower()
DUES_TOKEN = "a2b3c4d5e6f7" * 2 + "xy"
PAPER = hashlib.sha256(b"paper").hexdigest()
BANK, SPENT = "Assets:102-银行存款:01-工行基本户", "Expenses:501-职工活动支出"
GIVEN = "Income:405-其他收入:01-捐赠收入"

Said = Callable[[str], str]


def receipt_text() -> str:
    """What the square code of the planted gift's receipt holds."""
    opening = base64.urlsafe_b64encode(OPENING).decode().rstrip("=")
    return f"MB1|{UNIT}|SJ2026-0001-8|JZ2026-0001-7|x|2026-02-01|cash|500.00|valid|{opening}|0|1||r"


def whole(
    said: Said = lambda text: text,
    *,
    audience: str = model.MEMBERS,
    vouchers: int = 12,
    gifts: int = 3,
) -> model.Site:
    """The site; ``vouchers`` of each month of the upper unit, and ``gifts`` to its campaign."""

    def both(zh: str, en: str) -> Words:
        return Words(said(zh), said(en))

    upper = _unit(
        UNIT, None, both("青石县总工会", "Qingshi County Federation"), both, said, vouchers, gifts
    )
    lower = _unit(LOWER, UNIT, both("河口镇工会", "Hekou Town Union"), both, said, 2, 0)
    planted = upper.campaigns[0].gifts[0]
    mine = model.MyGift(
        TOKEN,
        UNIT,
        both("春汛救灾", "Spring floods"),
        planted,
        said("SJ2026-0001-8"),
        receipt_text(),
        "2026-02",
        0,
        2,
        (PAPER,),
        PAPER,
    )
    months = tuple(
        model.DuesMonth(
            f"2026-0{n}",
            both("会费", "Dues"),
            2205,
            2205 * (n < 3),
            2205 * (n == 3),
            both("基数乘千分之五", "base times 0.5 %"),
        )
        for n in (1, 2, 3)
    )
    went = (
        (
            both("职工活动支出", "Members' activities"),
            Figure(3000_00, f"{UNIT}/funds/{PERIOD}/F01/out"),
        ),
    )
    dues = model.MyDues(DUES_TOKEN, UNIT, months, went)
    return model.Site(
        "qingshi",
        both("青石县总工会联合会", "Qingshi Federation"),
        PERIOD,
        date(2026, 1, 1),
        date(2026, 3, 31),
        ON,
        audience,
        (upper, lower),
        downloads=(
            model.Download("packs/all.zip", both("全部数据", "all data"), 1_234_567, PAPER),
            model.Download("verify.py", both("核验脚本", "the script"), 15_000, PAPER),
        ),
        sums="SHA256SUMS",
        schema="schema.json",
        script="verify.py",
        objecting=both("请写信给经费审查委员会", "write to the audit committee"),
        gifts=(mine,),
        dues=(dues,) if audience == model.MEMBERS else (),
    )


def _unit(
    code: str,
    upper: str | None,
    name: Words,
    both: Callable[[str, str], Words],
    said: Said,
    count: int,
    gifts: int,
) -> model.Unit:
    vouchers = tuple(_vouchers(both, count))
    ref = f"{code}/funds/{PERIOD}/F01"
    funds = (
        model.Fund(
            "F01", both("会费", "Dues"), "none", said("章程第十二条"),
            opening=Figure(600000, f"{ref}/opening"), came=Figure(120000, f"{ref}/in"),
            spent=Figure(100, f"{ref}/out"), transferred=Figure(0, f"{ref}/transfers"),
            remaining=Figure(719900, ref),
            months=tuple(
                model.FundMonth(
                    f"2026-0{n}", Figure(40000, f"{ref}/in"), Figure(30 * n, f"{ref}/out"),
                    Figure(0), Figure(640000 * n, ref),
                )
                for n in (1, 2, 3)
            ),
        ),
        model.Fund(
            "F02", both("救灾款", "Relief"), "purpose", "",
            opening=Figure(0), came=Figure(9, f"{ref}/in"), spent=Figure(4, f"{ref}/out"),
            transferred=Figure(-6, f"{ref}/transfers"), remaining=Figure(-1, ref),
        ),
    )  # fmt: skip
    return model.Unit(
        code,
        name,
        both("县级", "county"),
        upper,
        both("工会会计制度", "Union rule"),
        funds=funds,
        campaigns=(_campaign(both, said, gifts),) if gifts else (),
        classes=(
            model.AssetClass(
                "computer",
                both("计算机", "Computers"),
                3,
                Figure(900000),
                Figure(300000),
                Figure(600000),
            ),
        ),
        statements=(
            _statement(code, name, both, said),
            _journal(code, name, both, said),
            _roll(code, name, both),
        ),
        vouchers=vouchers,
        accounts=((BANK, both("银行存款", "Bank")), (SPENT, both("职工活动支出", "Activities"))),
        publications=_publications(both, said),
        calendar=_calendar(both, said),
        looked=_looked(both, CAMPAIGN if gifts else ""),
        objections=(
            model.Objection(
                "YY2026-0001",
                both("资金情况表 F01", "funds F01"),
                said("这笔活动支出是什么？"),
                date(2026, 4, 1),
                date(2026, 4, 16),
            ),
            model.Objection(
                "YY2026-0002",
                both("凭证", "voucher"),
                said("缺发票？"),
                date(2026, 4, 2),
                date(2026, 4, 17),
                date(2026, 4, 9),
                said("已补。"),
            ),
        ),
        evaluations=_evaluations(both, said),
        downloads=(
            model.Download(
                f"packs/{code}/{PERIOD}/public/v1/funds.csv",
                both("表", "table"),
                999,
                PAPER,
                of=f"funds-{PERIOD}",
            ),
            model.Download(
                f"packs/{code}/{PERIOD}/public/v1/leaves.jsonl", both("叶子", "leaves"), 99, PAPER
            ),
        ),
        seals=(
            model.Seal("2026-01", 1, 30, PAPER, "", "seal"),
            model.Seal("2026-02", 1, 60, PAPER, PAPER, "seal"),
        ),
        receipt_roots=(model.ReceiptRoot("2026-02", 2, PAPER),),
        reopened=1,
        opened_again=(("2026-02", date(2026, 4, 3)),),
        waits=True,
    )


def _vouchers(both: Callable[[str, str], Words], count: int) -> list[model.PublicVoucher]:
    found = []
    for month in (1, 2, 3):
        for n in range(1, count + 1):
            number = f"付-2026{month:02d}-{n:04d}"
            postings = (
                model.PublicPosting(SPENT, "F01", 12345 * n),
                model.PublicPosting(BANK, "F01", -12345 * n),
            )
            found.append(
                model.PublicVoucher(
                    number,
                    date(2026, month, 1 + n % 28),
                    both("会费：职工活动支出", "Dues: activities"),
                    postings,
                    (PAPER,) * (n % 3),
                    reverses=f"付-2026{month:02d}-0001" if n == 2 else "",
                    vouchers=5 if n == 4 else 1,
                    persons=7 if n == 4 else 0,
                )
            )
    return found


def _campaign(both: Callable[[str, str], Words], said: Said, gifts: int) -> model.Campaign:
    planted = []
    for n in range(1, gifts + 1):
        use = model.GiftUse("付-202602-0002", date(2026, 2, 9), 30000, said("棉被"), PAPER)
        planted.append(
            model.Gift(
                f"JZ2026-{n:04d}-7",
                date(2026, 2, 1) + timedelta(days=n % 28),
                "money",
                both("匿名", "anonymous"),
                PAPER,
                said("灾区群众"),
                "held",
                50000,
                30000,
                20000,
                0,
                quantity=said("10 条") if n == 2 else "",
                uses=(use,),
            )
        )
    return model.Campaign(
        CAMPAIGN,
        both("春汛救灾", "Spring floods"),
        said("转移安置受灾群众"),
        "open",
        date(2026, 1, 15),
        None,
        "fifo",
        1000000,
        50000 * gifts,
        30000 * gifts,
        20000 * gifts,
        0,
        0,
        0,
        30000 * gifts + 500,
        500,
        "15.0 %",
        "99.0 %",
        said("BA-1"),
        "",
        True,
        (model.BudgetLine(said("棉被"), 500000, 90000),),
        tuple(planted),
    )


def _statement(code: str, name: Words, both: Callable[[str, str], Words], said: Said) -> Statement:
    ref = f"{code}/funds/{PERIOD}/F01"
    columns = (
        Column("restriction", both("限定", "Restriction"), TEXT),
        *(Column(key, both(key, key)) for key in ("opening", "in", "out", "transfers")),
        Column("remaining", both("期末", "Remaining"), primary=True),
        Column("count", both("人数", "Heads"), COUNT),
    )
    refs = {key: f"{ref}/{key}" for key in ("opening", "in", "out", "transfers")}
    amounts = (Money(600000), Money(120000), Money(100), Money(0), Money(719900))
    lines = (
        Line("", both("资金", "Funds"), (), style="heading"),
        Line("F01", both("会费", "Dues"), (said("无"), *amounts, 12), ref, 1, refs=refs),
        Line("all", both("合计", "Total"), (None, *amounts, 12), style="total"),
    )
    behind = tuple(
        VoucherLine(
            f"付-202603-{n:04d}", date(2026, 3, n), "王小明的慰问金", BANK, "F01", Money(10000)
        )
        for n in (1, 2)
    )
    annex = tuple(
        Backing(one, both("会费", "Dues"), Money(0), behind, Money(20000), more=3)
        for one in (ref, *refs.values())
    )
    return Statement(
        "funds",
        both("资金情况表", "Funds"),
        code,
        name,
        PERIOD,
        columns,
        lines,
        form="工会03表",
        facts=((both("基础", "Basis"), said("权责")),),
        notes=(both("说明", "Note"),),
        annex=annex,
        alarms=(both("不一致", "differs"),),
        bars=(Bar(both("会费", "Dues"), 100, ((both("已用", "used"), 40),)),),
    )


def _journal(code: str, name: Words, both: Callable[[str, str], Words], said: Said) -> Statement:
    """A statement whose lines have no labels: vouchers by their numbers."""
    columns = (
        Column("number", both("凭证", "Voucher"), REF),
        Column("text", both("摘要", "Text"), TEXT),
    )
    lines = tuple(Line(f"{n}", both("", ""), (f"付-202603-{n:04d}", said("活动"))) for n in (1, 2))
    return Statement(
        "journal",
        both("凭证序时簿", "Journal"),
        code,
        name,
        PERIOD,
        columns,
        lines,
        label_column=None,
    )


def _roll(code: str, name: Words, both: Callable[[str, str], Words]) -> Statement:
    """Cells of five persons, of which no voucher is told."""
    columns = (
        Column("members", both("人数", "Members"), COUNT),
        Column("owed", both("应交", "Owed"), primary=True),
    )
    lines = tuple(
        Line(
            f"union-member.{key}", both(label, label), (12, Money(21000)),
            f"{code}/dues-roll/2026-03/union-member.{key}", style=style,
        )
        for key, label, style in (
            ("low+middle", "低档", "line"), ("2026-03", "三月", "line"), ("all", "合计", "total"),
        )
    )  # fmt: skip
    return Statement(
        "dues-roll", both("会费收缴情况", "Dues roll"), code, name, "2026-03", columns, lines
    )


def _evaluations(both: Callable[[str, str], Words], said: Said) -> tuple[model.Evaluation, ...]:
    """One of a period that was corrected, and one of a fund; findings stand behind both."""
    found = (model.Found("high", "open", 2, True), model.Found("low", "closed", 3))
    first = model.Evaluation(
        "PJ2026-0001-1", 1, both("单位期间", "the unit's period"), "2026-Q1", "unqualified",
        said("账目可信。"), date(2026, 4, 3), superseded=2,
    )  # fmt: skip
    return (
        first,
        replace(
            first, version=2, result="remarks", published=date(2026, 4, 9), superseded=None,
            note=said("复核后更正"), findings=found,
        ),
        model.Evaluation(
            "PJ2026-0002-0", 1, both("资金 F01", "fund F01"), "2026", "adverse",
            said("支出缺少决策。"), date(2026, 4, 9), findings=found[:1], fund="F01",
        ),
    )  # fmt: skip


def _publications(both: Callable[[str, str], Words], said: Said) -> tuple[model.Publication, ...]:
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    return (
        model.Publication(
            "GK-0001",
            both("季度公开", "quarter"),
            said("春汛"),
            date(2026, 4, 5),
            first,
            last,
            1,
            2,
            "",
            PAPER,
            "packs/all.zip",
        ),
        model.Publication(
            "GK-0002",
            both("季度公开", "quarter"),
            said("春汛"),
            date(2026, 4, 8),
            first,
            last,
            2,
            None,
            said("更正一处金额"),
            PAPER,
        ),
    )


def _calendar(both: Callable[[str, str], Words], said: Said) -> tuple[model.Due, ...]:
    states = (model.MET, model.LATE, model.MISSING, model.COMING, model.NO_RULE)
    return tuple(
        model.Due(
            both("定期公开", "interim"),
            said("HD2026-0001-0"),
            both("社会", "public"),
            said("慈善组织信息公开办法 第八条"),
            None if state == model.NO_RULE else date(2026, 4, 1 + n),
            state,
            date(2026, 4, 2) if state in (model.MET, model.LATE) else None,
            both("公开募捐情况", "Running campaigns"),
        )
        for n, state in enumerate(states)
    )


def _looked(both: Callable[[str, str], Words], campaign: str) -> tuple[model.Looked, ...]:
    lack = model.Lack(both("职工活动支出", "activities"), date(2026, 3, 4), 12300, "付-202603-0001")
    return (
        model.Looked(
            model.NO_PAPERS, 36, 3, (lack,),
            (
                model.Part(both("已暂缓", "waived"), 2, date(2026, 5, 31)),
                model.Part(both("不需附件", "exempt"), 4, about="《会计基础工作规范》第五十一条"),
            ),
        ),
        model.Looked(
            model.UNRECONCILED, 90, 28,
            (model.Lack(both("银行存款一", "bank 1"), date(2026, 2, 1), count=28),),
        ),
        model.Looked(
            model.UNTRACED, None, 1,
            (model.Lack(both("春汛", "floods"), None, 500, campaign=campaign),),
        ),
        model.Looked(model.MISSED, 5, 0, (), (model.Part(both("公开募捐", "campaigns"), 5),)),
    )  # fmt: skip
