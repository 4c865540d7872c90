"""A unit under government accounting lives two years on the command line; its statements are known.

The golden files are what an accountant reads: to change them is to change a printed statement.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.consolidation.engines import consolidated
from ledger.money import Money
from ledger.period import Period
from ledger.registry import Registry
from reports.sources import known_source
from reports.statements import catalogue
from tests.cli.command import Office, Told

#: One process builds what these tests look at, and runs them all.
pytestmark = pytest.mark.xdist_group("government")

GOLDEN = Path(__file__).parent / "golden"
#: Whoever changes a statement on purpose runs the test once with this, and reads the difference.
REWRITE = os.environ.get("MINGBAI_REWRITE_GOLDEN") == "1"
U = ("--unit", "fulian")
LAST, THIS = "2025", "2026"


def done(told: Told) -> Told:
    assert told.status == 0, told.err
    return told


def approve(office: Office) -> None:
    done(office.by("lin", "approve", *U, "--all"))
    done(office.by("gao", "approve", *U, "--all"))


def enter(office: Office, day: str, words: str, debit: str, credit: str, amount: str,
          fund: str = "F01", *more: str) -> Told:  # fmt: skip
    return office.by(
        "zhou", "draft", *U, "--date", day, "--narration", words, "--fund", fund,
        "--debit", debit, amount, "--credit", credit, amount, *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def fulian(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    from tests.cli.command import copy_of

    office = copy_of(
        request.getfixturevalue("first_of_march").folder, tmp_path_factory.mktemp("gov") / "office"
    )
    live(office)
    return office


def live(office: Office) -> None:
    """Quota and money arrive, are spent, a machine is bought, and the year ends."""
    done(office.by(
        "admin", "unit add", *U, "--name", "青禾县妇联机关（示例）", "--name-en",
        "Qinghe women (example)", "--chart", "government-2019", "--opened", "2025-01-01",
    ))  # fmt: skip
    for login, role in (("zhou", "treasurer"), ("lin", "checker"), ("gao", "checker")):
        done(office.by("admin", "user roles", "--login", login, "--role", f"{role}@chunfeng",
                       "--role", f"{role}@fulian"))  # fmt: skip
    done(office.by("admin", "dues place", *U, "--kinds", "administrative-unit"))
    for code, name in (("F01", "财政拨款"), ("F02", "其他资金")):
        done(office.by("zhou", "fund", code, *U, "--name", name, "--restriction", "none",
                       "--opened", "2025-01-01"))  # fmt: skip
    quota = ("--fund", "F01", "--amount")
    done(office.by("zhou", "quota grant", *U, *quota, "90000.00", "--on", "2025-01-15",
                   "--document", "到账通知1"))  # fmt: skip
    done(enter(office, "2025-01-20", "收到实拨经费", "1002", "4001", "60000.00"))
    approve(office)
    done(enter(office, "2025-02-03", "三八活动", "5001", "1002", "8200.00"))
    done(enter(office, "2025-03-01", "他级财政拨款", "1002", "4601", "3000.00", "F02"))
    done(enter(office, "2025-03-02", "企业捐款", "1002", "4603", "2000.00", "F02"))
    done(enter(office, "2025-03-03", "代收款项", "1002", "2901", "900.00", "F02"))
    done(enter(office, "2025-05-06", "建设信息系统", "1613", "1011", "5400.00"))
    done(office.by("zhou", "asset add", *U, "--name", "复印机", "--class", "computer", "--source",
                   "granted", "--acquired", "2025-05-06", "--cost", "21600.00", "--fund", "F01",
                   "--keeper", "lin", "--place", "办公室", "--charged", "5001"))  # fmt: skip
    approve(office)
    done(office.by("zhou", "asset depreciate", *U, "2025-05"))  # 72 months, 300.00 each
    done(office.by("zhou", "quota draw", *U, *quota, "7000.00", "--account", "1302", "--on",
                   "2025-06-10"))  # fmt: skip
    approve(office)
    done(office.by("zhou", "quota unused", *U, "--fund", "F01", "--year", "2025", "--approved",
                   "100000.00"))  # fmt: skip
    approve(office)
    done(office.by("zhou", "quota restore", *U, *quota, "87600.00", "--on", "2026-01-12",
                   "--document", "恢复通知1"))  # fmt: skip
    approve(office)


def test_bean_check_and_verification_find_nothing(fulian: Office) -> None:
    book = fulian.folder / "units" / "fulian" / "book.bean"
    tool = Path(sys.executable).parent / "bean-check"
    done_ = subprocess.run([tool, book], capture_output=True, text=True, check=False)
    assert (done_.returncode, done_.stdout, done_.stderr) == (0, "", "")
    assert "no findings" in done(fulian.asks("check")).out


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("balance-sheet", LAST), ("income-statement", LAST), ("budgetary-statement", LAST),
        ("trial-balance", LAST), ("fiscal-quota", THIS),
    ],
)  # fmt: skip
def test_the_statements_read_as_in_the_golden_files(fulian: Office, name: str, period: str) -> None:
    told = done(fulian.asks("report", *U, name, "--period", period))
    # Numbers of persons and vouchers are drawn anew each time, and the digest with them.
    text = "".join(
        line for line in told.out.splitlines(keepends=True) if "Ledger digest" not in line
    )
    path = GOLDEN / f"{name}-{period}.txt"
    if REWRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_each_half_of_the_trial_balance_balances_alone(fulian: Office) -> None:
    told = done(fulian.asks("report", *U, "trial-balance", "--period", LAST, "--format", "json"))
    import json

    lines = {line["code"]: line["cells"] for line in json.loads(told.out)["lines"]}
    for total in ("total", "total-budgetary"):
        assert lines[total]["closing"] == "0.00"
        assert lines[total]["debit"] == lines[total]["credit"] != "0.00"
    assert lines["8001"]["closing"] != "0.00"


def test_every_figure_of_both_halves_opens_to_its_vouchers(fulian: Office) -> None:
    registry = Registry.open(fulian.folder)
    for name in ("balance-sheet", "budgetary-statement", "trial-balance", "fiscal-quota"):
        source = known_source(registry, "fulian", name, Period.parse(LAST))
        statement = catalogue.build(name, source, Period.parse(LAST))
        for line in statement.lines:
            for ref in (line.ref, *line.refs.values()):
                if ref:
                    found = catalogue.backing(source, ref)
                    begin = found.opening.fen if found.opening else 0
                    whole = begin + sum(one.amount.fen for one in found.postings)
                    assert found.closing == Money(whole), ref
    registry.close()


def test_a_consolidation_puts_it_beside_unions_and_holds_nothing_of_its_budgetary_half(
    fulian: Office,
) -> None:
    registry = Registry.open(fulian.folder)
    found = consolidated(registry, "fulian", Period.parse(LAST))
    lines = {one.line.id: one.consolidated for one in found.lines()}
    registry.close()
    assert lines["A15"] == 87_600_00
    assert lines["I40"] == 163_000_00
    assert "E80" not in lines
    assets = sum(fen for id, fen in lines.items() if id.startswith("A"))
    claims = sum(fen for id, fen in lines.items() if id[0] in "LE")
    assert assets == claims


def test_the_draft_that_is_typed_tells_its_half(fulian: Office) -> None:
    told = done(enter(fulian, "2026-02-01", "办公费", "5001", "1002", "10.00", "F01", "--json"))
    assert told.json["half"] == [
        ["7101 行政支出", "F01", "10.00"], ["800102 资金结存—货币资金", "F01", "-10.00"],
    ]  # fmt: skip
    done(fulian.by("zhou", "withdraw", *U, told.json["draft"]))


def test_what_no_rule_covers_is_asked_and_a_reason_is_taken(fulian: Office) -> None:
    told = enter(fulian, "2026-02-02", "报销", "5001", "1218", "10.00")
    assert (told.status, "budgetary-asked" in told.err) == (1, True)
    told = done(enter(fulian, "2026-02-02", "报销", "5001", "1218", "10.00", "F01",
                      "--outside-budget", "上年已记支出", "--json"))  # fmt: skip
    assert set(told.json) == {"draft", "warnings"}
    done(fulian.by("zhou", "withdraw", *U, told.json["draft"]))


def test_written_beancount_gets_its_half_as_well(fulian: Office, tmp_path: Path) -> None:
    path = tmp_path / "written.bean"
    path.write_text(
        '2026-02-03 * "办公费"\n'
        '  Expenses:5001-业务活动费用  5.00 CNY\n    fund: "F01"\n'
        '  Assets:1002-银行存款  -5.00 CNY\n    fund: "F01"\n',
        encoding="utf-8",
    )
    told = done(fulian.by("zhou", "accept", *U, path, "--json"))
    shown = done(fulian.by("zhou", "inbox", *U))
    assert told.json["drafts"][0] in shown.out
    assert "5.00" in shown.out and "10.00" not in shown.out  # one half is its size
    done(fulian.by("zhou", "withdraw", *U, told.json["drafts"][0]))


def test_the_list_of_quota_is_json_as_well(fulian: Office) -> None:
    told = done(fulian.by("zhou", "quota list", *U, "--json"))
    (last, this) = told.json["quota"]
    assert (last["granted"], last["unreleased"], last["used"], last["unused"]) == (
        "90000.00", "10000.00", "12400.00", "87600.00",
    )  # fmt: skip
    assert (this["opening"], this["restored"], this["held"]) == ("87600.00",) * 3
    assert "应返还 to be returned 0.00" in done(fulian.by("zhou", "quota list", *U)).out


@pytest.mark.parametrize("part", ["grant", "draw", "unused", "restore", "list"])
def test_who_has_no_role_in_the_unit_is_refused(office: Office, part: str) -> None:
    """The checker neither proposes quota, nor does anybody see that of another unit."""
    words = {
        "grant": ("--fund", "F01", "--amount", "1", "--on", "2026-02-01", "--document", "通知"),
        "draw": ("--fund", "F01", "--amount", "1", "--on", "2026-02-01", "--account", "5001"),
        "unused": ("--fund", "F01", "--year", "2025"),
        "restore": ("--fund", "F01", "--amount", "1", "--on", "2026-02-01", "--document", "恢复"),
        "list": (),
    }[part]
    login = "admin" if part == "list" else "lin"
    told = office.by(login, f"quota {part}", "--unit", "chunfeng", *words)
    assert (told.status, "not-allowed" in told.err) == (1, True)


@pytest.mark.parametrize("year", ["1", "0001", "9999", "26", "two", "２０２５"])
def test_a_year_that_is_none_is_told_and_no_traceback(fulian: Office, year: str) -> None:
    told = fulian.by("zhou", "quota unused", *U, "--fund", "F01", "--year", year)
    assert (told.status, "年度写作 2026" in told.err) == (2, True)
