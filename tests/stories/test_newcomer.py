"""A federation from nothing, without the demonstration: the way of every unit that begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.cli.demo.files import icbc
from ledger.cli.demo.month import Movement
from ledger.money import yuan
from tests.cli.command import Told, mingbai

BANK = "Assets:102-银行存款:01-基本户"
NUMBER = "6222000011112222"
PASSWORD = "of-my-own-2026"


@dataclass(frozen=True)
class Beginning:
    folder: Path

    def by(self, login: str, command: str, *words: object) -> Told:
        told = mingbai(
            *command.split(), self.folder, *words, "--user", login, MINGBAI_PASSWORD=PASSWORD
        )
        assert told.status == 0, (command, told.err)
        return told

    def unit(self, login: str, command: str, *words: object) -> Told:
        return self.by(login, command, "--unit", "heping", *words)


def begin(folder: Path) -> Beginning:
    """A federation with a unit, its people, one fund, one bank account, and two members."""
    made = mingbai("init", folder, "--id", "baiyun", "--name", "白云区总工会（示例）")
    assert (made.status, "master.key" in made.out) == (0, True)
    early = mingbai(
        "user", "add", folder, "--login", "tan", "--role", "treasurer", MINGBAI_PASSWORD=PASSWORD
    )
    assert (early.status, "first-user" in early.err) == (1, True)
    first = mingbai(
        "user", "add", folder, "--login", "admin", "--role", "administrator",
        MINGBAI_PASSWORD=PASSWORD,
    )  # fmt: skip
    assert first.status == 0, first.err
    office = Beginning(folder)
    office.by(
        "admin", "unit add", "--unit", "heping", "--name", "和平社区工会（示例）",
        "--name-en", "Heping", "--chart", "union-2021-basic", "--opened", "2026-01-01",
        "--limit", "5000",
    )  # fmt: skip
    for login, role in (("tan", "treasurer@heping"), ("cai", "checker@heping"), ("wu", "auditor")):
        told = mingbai(
            "user", "add", folder, "--login", login, "--role", role, "--user", "admin",
            MINGBAI_PASSWORD=PASSWORD, MINGBAI_NEW_PASSWORD=PASSWORD,
        )  # fmt: skip
        assert told.status == 0, told.err
    office.unit("tan", "fund", "F01", "--name", "会费", "--restriction", "none",
                "--opened", "2026-01-01")  # fmt: skip
    office.unit("tan", "account", BANK, "--opened", "2026-01-01", "--statements", "bank",
                "--number", NUMBER, "--fund", "F01")  # fmt: skip
    (folder / "members.csv").write_text("会员编号,姓名\n1,甲示例\n2,乙示例\n", encoding="utf-8")
    office.unit("tan", "members import", folder / "members.csv")
    return office


def statement(folder: Path, codes: list[str]) -> Path:
    """January of the bank account: two dues, a purchase, and money that nobody announced."""
    rows, held = [], yuan("1000.00")
    for day, amount, who, memo in (
        (5, "30.00", "", f"会费 {codes[0]}"),
        (6, "30.00", "", f"会费 {codes[1]}"),
        (12, "-200.00", "示例文体用品有限公司", "乒乓球"),
        (20, "8.88", "", "来历不明"),
    ):
        money = yuan(amount)
        held += money
        at = datetime(2026, 1, day, 9, 0, 0)
        rows.append((Movement(at, money, "转账", who, memo), held))
    path = folder / "january.csv"
    path.write_bytes(icbc(rows, NUMBER))
    return path


def test_a_federation_begins_from_nothing_and_closes_its_first_month(tmp_path: Path) -> None:
    office = begin(tmp_path / "baiyun")
    office.unit(
        "tan", "draft", "--date", "2026-01-01", "--narration", "年初余额", "--kind", "转",
        "--fund", "F01", "--debit", "10201", "1000.00", "--credit", "32205", "1000.00",
    )  # fmt: skip
    office.unit("cai", "approve", "--all")
    dues = office.folder / "dues.csv"
    dues.write_text("会员编号,应缴\n1,30.00\n2,30.00\n", encoding="utf-8")
    owed = office.unit("tan", "dues enter", "2026-01", dues, "--account", "401", "--fund", "F01",
                       "--json").json  # fmt: skip
    assert owed["total"] == "60.00"
    path = statement(office.folder, [row["code"] for row in owed["claims"]])
    done = office.unit("tan", "import", path, "--json").json
    assert (len(done["drafts"]), len(done["questions"])) == (2, 2)
    ball, unknown = office.unit("tan", "inbox", "--json").json["questions"]
    answered = office.unit("tan", "answer", ball["line"], "--debit", "50102", "--fund", "F01",
                           "--payee", "示例文体用品有限公司", "--json").json["draft"]  # fmt: skip
    office.unit("cai", "return", answered, "--reason", "缺发票")
    office.unit("tan", "withdraw", answered)
    office.unit("tan", "answer", ball["line"], "--debit", "50102", "--fund", "F01",
                "--narration", "乒乓球", "--paper", path)  # fmt: skip
    office.unit("tan", "answer", unknown["line"], "--credit", "215", "--fund", "F01")
    posted = office.unit("cai", "approve", "--all", "--json").json["posted"]
    assert len(posted) == 4
    closed = office.unit("tan", "close", "2026-01", "--json").json
    # The statement ends on the 20th: a warning that the month's end is not reconciled.
    assert [warning["rule"] for warning in closed["warnings"]] == ["no-statement"]
    shown = mingbai("report", office.folder, "--unit", "heping", "balance-sheet",
                    "--period", "2026-01", "--format", "json").json  # fmt: skip
    (assets,) = [line for line in shown["lines"] if line["code"] == "assets"]
    assert assets["amount"] == "868.88"
    acts = {act["action"] for act in office.by("wu", "log", "--json").json}
    assert {"unit.found", "user.add", "members.import", "claims.add", "statement.import",
            "draft.return", "voucher.post", "month.close"} <= acts  # fmt: skip
    assert mingbai("check", office.folder).status == 0
    member = office.unit("wu", "members list", "--json").json["members"][0]["id"]
    claim = mingbai("show", office.folder, member, "--json").json["claims"][0]
    assert claim["state"] == "paid"


def test_dues_are_entered_once_for_members_that_there_are(tmp_path: Path) -> None:
    office = begin(tmp_path / "baiyun")
    dues = office.folder / "dues.csv"
    words = ("dues", "enter", office.folder, "--unit", "heping", "2026-01", dues,
             "--account", "401", "--fund", "F01", "--user", "tan")  # fmt: skip
    for text, rule, times in (
        ("会员编号,应缴\n1,30.00\n3,30.00\n", "dues-row", 1),
        ("会员编号,应缴\n1,-30.00\n2,x\n,5.00\n", "list-value", 2),
        ("会员编号,应缴\n1,30.00\n,5.00\n1,2.00\n", "list-double", 1),
        ("编号,别的\n1,30.00\n", "list-columns", 1),
        ("所属月份,2026-02\n会员编号,应缴\n1,30.00\n", "dues-month", 1),
    ):
        dues.write_text(text, encoding="utf-8")
        told = mingbai(*words, MINGBAI_PASSWORD=PASSWORD)
        assert (told.status, told.err.count(f"[{rule}]")) == (1, times), told.err
    dues.write_text("会员编号,应缴\n1,30.00\n", encoding="utf-8")
    assert mingbai(*words, MINGBAI_PASSWORD=PASSWORD).status == 0
    again = mingbai(*words, MINGBAI_PASSWORD=PASSWORD)
    assert (again.status, "已登记" in again.err) == (1, True)


def test_the_log_is_for_auditors_and_administrators_of_the_federation(tmp_path: Path) -> None:
    office = begin(tmp_path / "baiyun")
    assert office.by("admin", "log").out.endswith("acts\n")
    assert office.by("wu", "log", "--since", "2999-01-01", "--json").json == []
    assert office.unit("tan", "log", "--json").json
    told = mingbai("log", office.folder, "--user", "tan", MINGBAI_PASSWORD=PASSWORD)
    assert (told.status, "not-allowed" in told.err) == (1, True)
