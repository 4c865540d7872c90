"""A treasurer closes a month: each refusal names the place, and a remedy that works as typed."""

from __future__ import annotations

import shlex
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledger import clock
from tests.cli.command import Told, by_user, mingbai
from tests.house import PASSWORD
from tests.importers.desk import Layout, Move

UNIT = "heping"
BANK = "Assets:102-银行存款:01-基本户"
NUMBER = "6222000011112222"


@dataclass(frozen=True)
class Office:
    """A union that was founded by commands; ``tan`` is its treasurer, ``cai`` its checker."""

    folder: Path

    def tan(self, command: str, *words: object) -> Told:
        return by_user(self.folder, "tan", command, "--unit", UNIT, *words)

    def cai(self, command: str, *words: object) -> Told:
        return by_user(self.folder, "cai", command, "--unit", UNIT, *words)

    def does(self, told: Told) -> Told:
        assert told.status == 0, told.said
        return told

    def file(self, name: str, data: bytes = b"paper") -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def draft(
        self, amount: str, debit: str, *, fund: str = "F01", paper: bool = True
    ) -> Told:  # fmt: skip
        papers = ("--paper", self.file("invoice.txt")) if paper else ()
        return self.tan(
            "draft", "--date", "2026-01-05", "--narration", "示例", "--kind", "付", "--fund", fund,
            "--debit", debit, amount, "--credit", "10201", amount, *papers,
        )  # fmt: skip

    def posted(self, amount: str, debit: str, *, paper: bool = True) -> None:
        self.does(self.draft(amount, debit, paper=paper))
        self.does(self.cai("approve", "--all"))

    def proven(self, amount: str, month: str = "2026-01") -> None:
        """What the bank confirmed that the account held at the month's end."""
        self.waived(
            self.tan(
                "waiver count", "10201", month, amount, "--paper", self.file("letter.txt"),
                "--reason", "银行函证", "--json",
            )
        )  # fmt: skip

    def waived(self, asked: Told) -> None:
        code = self.does(asked).json["code"]
        self.does(self.cai("waiver confirm", code))

    def refused(self, rule: str, month: str = "2026-01") -> dict[str, Any]:
        """The one finding for which the month is not closed."""
        told = self.tan("close", month, "--json")
        errors = [one for one in told.json["findings"] if one["severity"] == "error"]
        assert (told.status, [one["rule"] for one in errors]) == (1, [rule]), told.out
        shown = self.tan("close", month, "--check")
        assert shown.status == 1 and f"[{rule}]" in shown.out
        found: dict[str, Any] = errors[0]
        return found

    def closes(self, month: str = "2026-01") -> None:
        told = self.does(self.tan("close", month, "--json"))
        assert told.json["closed"] == month

    def typed(self, login: str, found: dict[str, Any], begins: str, **fill: str) -> Told:
        """The command of a remedy as it is typed, with what a person puts in its blanks."""
        said = found["remedy_en"]
        assert begins in said, said
        line = said[said.index(begins) :].partition(";")[0].partition(", ")[0]
        words = [fill.get(word, word) for word in shlex.split(line)]
        assert words[0] == "mingbai" and "DIR" in words
        words[words.index("DIR")] = str(self.folder)
        return mingbai(*words[1:], "--user", login, "--json", MINGBAI_PASSWORD=PASSWORD)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two unions, the upper one without people of its own; four thousand yuan brought forward."""
    folder = tmp_path_factory.mktemp("closing") / "federation"
    at = {"MINGBAI_PASSWORD": PASSWORD, "MINGBAI_NEW_PASSWORD": PASSWORD}

    def run(command: str, *words: object, user: str = "admin") -> None:
        who = ("--user", user) if user else ()
        told = mingbai(*command.split(), folder, *words, *who, **at)
        assert told.status == 0, told.said

    run("init", "--id", "qinghe", "--name", "青禾县总工会", user="")
    run("user add", "--login", "admin", "--role", "administrator", user="")
    terms = ("--chart", "union-2021-basic", "--opened", "2026-01-01", "--limit", "5000")
    run("unit add", "--unit", "shang", "--name", "青禾县总工会本级", *terms)
    run("unit add", "--unit", UNIT, "--name", "和平社区工会", "--upper", "shang", *terms)
    run("user add", "--login", "tan", "--role", f"treasurer@{UNIT}")
    run("user add", "--login", "cai", "--role", f"checker@{UNIT}")
    own = ("--unit", UNIT, "--opened", "2026-01-01")
    run("fund", "F01", "--name", "会费", "--restriction", "none", *own, user="tan")
    run("fund", "F09", "--name", "送温暖", "--restriction", "purpose", *own, user="tan")
    run("account", BANK, "--statements", "bank", "--number", NUMBER, "--fund", "F01", *own,
        user="tan")  # fmt: skip
    run("draft", "--unit", UNIT, "--date", "2026-01-01", "--narration", "年初余额", "--kind", "转",
        "--fund", "F01", "--debit", "10201", "4000.00", "--credit", "32205", "4000.00",
        user="tan")  # fmt: skip
    run("approve", "--unit", UNIT, "--all", user="cai")
    return folder


@pytest.fixture
def office(founded: Path, tmp_path: Path) -> Office:
    shutil.copytree(founded, tmp_path / "federation")
    return Office(tmp_path / "federation")


def test_a_draft_that_waits(office: Office) -> None:
    office.proven("3980.00")
    office.does(office.draft("20.00", "504"))
    found = office.refused("drafts-open")
    (waits,) = office.tan("inbox", "--json").json["drafts"]
    assert waits["id"] in found["message"] and waits["id"] in found["message_en"]
    # The treasurer's own approval is none; the checker's is.
    assert office.typed("tan", found, "mingbai approve").status == 1
    office.does(office.typed("cai", found, "mingbai approve"))
    office.closes()


def test_a_draft_that_was_returned_is_taken_back(office: Office) -> None:
    office.proven("4000.00")
    office.does(office.draft("20.00", "504"))
    (waits,) = office.tan("inbox", "--json").json["drafts"]
    office.does(office.cai("return", waits["id"], "--reason", "科目不对"))
    found = office.refused("drafts-open")
    office.does(office.typed("tan", found, "mingbai withdraw"))
    office.closes()


def test_a_line_of_the_bank_that_nobody_explained(office: Office) -> None:
    last = Move(datetime(2026, 1, 31, 9), 1234, 401234, memo="来款", ref="88001")
    office.does(office.tan("import", office.file("s.csv", Layout(number=NUMBER).csv([last]))))
    found = office.refused("lines-open")
    (question,) = office.tan("inbox", "--json").json["questions"]
    assert f"第 {question['line']} 笔" in found["message"]
    answer = f"mingbai answer DIR --unit {UNIT} {question['line']}"
    assert answer in found["remedy"] and answer in found["remedy_en"]
    paper = office.file("slip.txt")
    words = ("--credit", "401", "--fund", "F01", "--paper", paper)
    office.does(office.tan("answer", question["line"], *words))
    # It is a draft now, and still no voucher.
    assert office.tan("close", "2026-01").status == 1
    office.does(office.cai("approve", "--all"))
    office.closes()


def test_money_that_nothing_proves(office: Office) -> None:
    office.posted("20.00", "504")
    found = office.refused("bank-unreconciled")
    assert BANK in found["message"] and "2026-01" in found["message_en"]
    asked = office.typed(
        "tan", found, "mingbai waiver count", AMOUNT="3980.00", TEXT="银行函证",
        FILE=str(office.file("letter.txt")),
    )  # fmt: skip
    office.does(asked)
    office.refused("bank-unreconciled")  # one person's word
    office.does(office.cai("waiver confirm", asked.json["code"]))
    office.closes()


def test_a_bank_that_says_otherwise(office: Office) -> None:
    office.posted("20.00", "504")
    last = Move(datetime(2026, 1, 31, 9), 100, 400100, memo="来款", ref="88001")
    office.does(office.tan("import", office.file("s.csv", Layout(number=NUMBER).csv([last]))))
    (question,) = office.tan("inbox", "--json").json["questions"]
    words = ("--credit", "401", "--fund", "F01", "--paper", office.file("slip.txt"))
    office.does(office.tan("answer", question["line"], *words))
    office.does(office.cai("approve", "--all"))
    found = office.refused("bank-differs")
    for amount in ("3,981.00", "4,001.00", "-20.00"):
        assert amount in found["message"] and amount in found["message_en"]
    # The payment that the bank knows nothing of is taken back within the month.
    told = office.tan("reverse", "付-202601-0001", "--reason", "未支付", "--date", "2026-01-31")
    office.does(told)
    office.does(office.cai("approve", "--all"))
    office.closes()


def test_a_voucher_without_its_paper(office: Office) -> None:
    office.posted("20.00", "504", paper=False)
    office.proven("3980.00")
    found = office.refused("papers-missing")
    assert "付-202601-0001" in found["message"] and "付-202601-0001" in found["message_en"]
    asked = office.typed("tan", found, "mingbai waiver add", DAY="2099-12-31", TEXT="发票在途")
    assert "bad-until" in asked.out  # not for ever
    day = clock.now().date().isoformat()
    asked = office.typed("tan", found, "mingbai waiver add", DAY=day, TEXT="发票在途")
    office.does(asked)
    office.refused("papers-missing")
    office.does(office.cai("waiver confirm", asked.json["code"]))
    office.closes()


def test_money_for_another_unit_that_names_no_transfer(office: Office) -> None:
    office.does(
        office.tan(
            "draft", "--date", "2026-01-05", "--narration", "上缴", "--kind", "付", "--fund", "F01",
            "--debit", "211", "20.00", "counter=shang", "--credit", "10201", "20.00",
            "--paper", office.file("slip.txt"),
        )
    )  # fmt: skip
    office.does(office.cai("approve", "--all"))
    office.proven("3980.00")
    found = office.refused("transfer-open")
    assert "付-202601-0001" in found["message"] and "shang" in found["message_en"]
    day = clock.now().date().isoformat()
    asked = office.typed("tan", found, "mingbai waiver add", DAY=day, TEXT="待上级核对")
    office.waived(asked)
    office.closes()


def test_a_thing_whose_wear_was_not_charged(office: Office) -> None:
    office.does(
        office.tan(
            "asset add", "--class", "computer", "--name", "笔记本", "--cost", "1500.00",
            "--acquired", "2026-01-05", "--source", "bought", "--fund", "F01", "--keeper", "cai",
            "--place", "办公室", "--money", "10201", "--paper", office.file("invoice.txt"),
        )
    )  # fmt: skip
    office.does(office.cai("approve", "--all"))
    office.proven("2500.00")
    found = office.refused("depreciation-missing")
    assert "20.83" in found["message"] and "20.83" in found["message_en"]
    office.does(office.typed("tan", found, "mingbai asset depreciate"))
    assert "drafts-open" in office.tan("close", "2026-01").err
    office.does(office.cai("approve", "--all"))
    office.closes()


def test_a_restricted_fund_is_not_overdrawn_and_one_that_was_altered_is_told(
    office: Office, tmp_path: Path
) -> None:
    told = office.draft("20.00", "504", fund="F09")
    assert told.status == 1 and "F09" in told.err and "20.00" in told.err
    office.posted("20.00", "504")
    office.proven("3980.00")
    backup = shutil.copytree(office.folder, tmp_path / "backup")
    alter(office, "INSERT INTO fund_day SELECT unit, 'F09', currency, '2026-01-05', -100"
          " FROM fund_day LIMIT 1")  # fmt: skip
    found = office.refused("fund-overdrawn")
    assert "F09" in found["message"] and "2026-01-05" in found["message_en"]
    shutil.rmtree(office.folder)
    backup.rename(office.folder)
    office.closes()


def test_a_number_that_was_left_out(office: Office, tmp_path: Path) -> None:
    office.posted("20.00", "504")
    office.proven("3980.00")
    backup = shutil.copytree(office.folder, tmp_path / "backup")
    alter(office, "UPDATE voucher_count SET last = 3 WHERE kind = '付'")
    found = office.refused("number-gap")
    assert "付" in found["message"] and "2、3" in found["message"] and "2, 3" in found["message_en"]
    assert mingbai("check", office.folder).status == 1
    shutil.rmtree(office.folder)
    backup.rename(office.folder)
    assert mingbai("check", office.folder).status == 0
    office.closes()


def alter(office: Office, statement: str) -> None:
    """What no command does: a hand in the database."""
    conn = sqlite3.connect(office.folder / "registry.db")
    with conn:
        assert conn.execute(statement).rowcount == 1
    conn.close()
