"""mingbai aid as a person types it, and the names it never tells."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from importers.template_sheet import template_xlsx
from importers.templates import AID
from ledger.cli.main import main
from ledger.registry import aid, oplog
from tests.aid.world import CHEN, LIU, OTHER, SECRETS, WANG, World
from tests.house import ACTIVITY, BANK, PASSWORD, UNIT

HEAD = ("会员编号", "姓名", "证件号", "手机", "收款账号", "帮扶类别", "事由", "发放金额")
ROWS = (
    ("0001", WANG.name, "", "", WANG.accounts[0], "困难帮扶", "", "800.00"),
    ("", LIU.name, LIU.identity, "", LIU.accounts[0], "illness", "", "1,200.00"),
    ("", CHEN.name, "", CHEN.phone, "", "慰问", "住院慰问", "300.00"),
)


def sheet(path: Path, *rows: tuple[str, ...]) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *(rows or ROWS)])
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return path


class Desk:
    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self._capsys = world, capsys

    def run(self, part: str, *words: object, login: str = "zhou", unit: str = UNIT) -> str:
        """What a command told, with its exit status in front."""
        argv = ["aid", part, str(self.world.registry.folder), "--unit", unit, "--user", login]
        status = main([*argv, *map(str, words)])
        told = self._capsys.readouterr()
        assert "Traceback" not in told.err
        return f"{status}\n{told.out}{told.err}"

    def json(self, part: str, *words: object, login: str = "zhou") -> Any:
        status, _, text = self.run(part, *words, "--json", login=login).partition("\n")
        return {"status": int(status), **json.loads(text)}

    def pay(self, *words: object, **who: str) -> str:
        return self.run("pay", *SHARED, *words, **who)


SHARED = (
    "--fund", "F01", "--money", BANK, "--account", ACTIVITY, "--on", "2026-03-05",
    "--decision", "示工〔2026〕3号",
)  # fmt: skip


@pytest.fixture
def at(
    small_world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    return Desk(small_world, capsys)


def test_a_sheet_is_looked_at_and_then_entered_once(at: Desk, tmp_path: Path) -> None:
    path = sheet(tmp_path / "march.csv")
    looked = at.json("pay", *SHARED, "--list", path, "--preview")
    assert [(row["line"], row["kind"], row["reason"], row["known"]) for row in looked["rows"]] == [
        (2, "hardship", "", "member"), (3, "illness", "", "new"),
        (4, "condolence", "hospital", "new"),
    ]  # fmt: skip
    assert (looked["status"], looked["total"], looked["limits"]) == (
        0, "2300.00", "no rule loaded",
    )  # fmt: skip
    assert at.json("list")["payments"] == []
    done = at.json("pay", *SHARED, "--list", path)
    assert done["batch"].startswith("BF2026-0001-") and done["draft"].startswith("dr-")
    assert [row["code"][:11] for row in done["rows"]] == [
        "BZ2026-0001", "BZ2026-0002", "BZ2026-0003",
    ]  # fmt: skip
    again = at.json("pay", *SHARED, "--list", path, "--preview")
    assert again["status"] == 1
    assert "aid-entered" in [found["rule"] for found in again["findings"]]
    assert at.pay("--list", path).startswith("1\n")


def test_a_member_is_aided_by_number_alone(at: Desk) -> None:
    told = at.pay("--member", "0001", "--kind", "hospital", "--amount", "500")
    assert told.startswith("0\n") and "BF2026-0001" in told and WANG.name not in told
    (row,) = at.json("list", "--names")["payments"]
    assert (row["kind"], row["reason"], row["name"]) == ("condolence", "hospital", WANG.name)
    (plain,) = at.json("list")["payments"]
    assert "name" not in plain and plain["state"] == "waiting"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ([], "aid-of-whom"),
        (["--member", "0001"], "aid-of-whom"),
        (["--member", "0001", "--kind", "hardship"], "aid-of-whom"),
        (["--list", "FILE", "--member", "0001"], "aid-of-whom"),
        (["--list", "/nowhere.csv"], "no-file"),
        (["--member", "0009", "--kind", "hardship", "--amount", "1"], "no-member"),
        (["--member", "0001", "--kind", "feast", "--amount", "1"], "aid-kind"),
        (["--member", "0001", "--kind", "hardship", "--amount", "0"], "usage"),
        (["--member", "0001", "--kind", "hardship", "--amount", "-1"], "usage"),
        (["--member", "0001", "--kind", "hardship", "--amount", "1", "--paper", "/x"], "bad-paper"),
    ],
)
def test_a_command_that_is_wrong_says_so_and_enters_nothing(
    at: Desk, tmp_path: Path, words: list[str], rule: str
) -> None:
    path = str(sheet(tmp_path / "march.csv"))
    told = at.pay(*[path if word == "FILE" else word for word in words])
    assert told[0] in "12" and f"[{rule}]" in told, told
    assert at.json("list")["payments"] == []


def test_every_wrong_row_of_a_sheet_is_told_and_none_is_entered(at: Desk, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "march.csv", ROWS[0], ("", CHEN.name, "", CHEN.phone, "", "宴请", "", "1.00"),
        ("", CHEN.name, "", "", "", "困难帮扶", "", "1.00"),
        ("0001", LIU.name, "", "", "", "困难帮扶", "", "1.00"),
    )  # fmt: skip
    told = at.pay("--list", path)
    for place, rule in ((3, "aid-kind"), (4, "no-recipient"), (5, "aid-name-differs")):
        assert f"march.csv:{place}: [{rule}]" in told
    assert not any(secret in told for secret in SECRETS)
    bad = sheet(tmp_path / "bad.csv", ("", LIU.name, "", LIU.phone, "", "困难帮扶", "", "-3"))
    told = at.pay("--list", bad)
    assert "bad.csv:2: [list-value]" in told and LIU.name not in told
    assert at.json("list")["payments"] == []


def test_the_empty_template_has_the_columns_and_is_no_statement(tmp_path: Path) -> None:
    from importers.lists import no_list, read_list
    from importers.tables import tables_of
    from ledger.errors import Refused

    data = template_xlsx(AID)
    with pytest.raises(Refused, match="list-empty"):
        read_list(data, "aid.xlsx", AID)
    (found,) = no_list(tables_of(data, "aid.xlsx"), "aid.xlsx")
    assert "aid pay --list" in found.remedy.en


def test_what_is_in_force_is_listed_with_its_source(at: Desk) -> None:
    assert "没有装入限额规则" in at.run("kinds")
    at.world.province("安徽省")
    told = at.json("kinds", "--on", "2026-03-01")
    most = {row["id"]: (row["of"], row["most"], row["per"]) for row in told["kinds"]}
    assert told["limits"] == "union-condolence-anhui@2025"
    assert most["festival"] == ("condolence", "2200.00", "year")
    assert most["hospital"] == ("condolence", "2000.00", "payment")
    assert most["hardship"] == (None, None, None)
    assert at.json("kinds", "--on", "2025-08-20")["limits"] == "no rule loaded"


def test_a_batch_is_shown_with_what_is_said_of_it(at: Desk, tmp_path: Path) -> None:
    first = at.json("pay", *SHARED, "--list", sheet(tmp_path / "march.csv"))
    at.pay("--member", "0001", "--kind", "hardship", "--amount", "1")
    shown = at.json("show", first["batch"], login="lin")
    assert "aid-again" in [found["rule"] for found in shown["findings"]]
    assert LIU.name in at.run("show", first["batch"], "--names", login="lin")
    assert "[no-aid]" in at.run("show", "BF2026-0099-9")
    # An auditor reads the rows; what is told of double aid is for those who decide.
    assert at.json("show", first["batch"], login="shen")["findings"] == []


def test_names_are_for_who_records_or_checks_and_the_log_keeps_it(at: Desk, tmp_path: Path) -> None:
    at.pay("--list", sheet(tmp_path / "march.csv"))
    for login in ("zhou", "lin"):
        assert LIU.name in at.run("list", "--names", login=login)
    for login in ("shen", "admin", "dongzhou", "donglin"):
        told = at.run("list", "--names", login=login)
        assert told.startswith("1\n") and "[not-allowed]" in told
        assert not any(secret in told for secret in SECRETS)
    assert not any(secret in at.run("list", login="shen") for secret in SECRETS)
    with at.world.registry.read() as conn:
        acts = [act.user for act in oplog.entries(conn, UNIT) if act.action == "aid.names"]
        assert len(acts) == 2
    assert "没有帮扶发放" in at.run("list", login="dongzhou", unit=OTHER)


def test_no_name_number_or_account_stands_outside_the_sealed_registry(
    at: Desk, tmp_path: Path
) -> None:
    """Paid in two units, refused, approved, reversed, listed and reported: every file is read."""
    world = at.world
    done = at.json("pay", *SHARED, "--list", sheet(tmp_path / "march.csv"))
    at.pay("--member", "0001", "--kind", "feast", "--amount", "1")
    at.pay("--list", sheet(tmp_path / "east.csv", *ROWS[1:]), login="dongzhou", unit=OTHER)
    with world.registry.read() as conn:
        drafts = [row.draft or "" for row in aid.of_batch(conn, UNIT, done["batch"])]
    argv = ["approve", str(world.registry.folder), "--unit", UNIT, "--user", "lin", drafts[0]]
    assert main(argv) == 0
    for form in ("pdf", "xlsx", "csv", "json"):
        out = tmp_path / "federation" / "reports"
        out.mkdir(exist_ok=True)
        argv = ["report", str(world.registry.folder), "--unit", UNIT, "journal", "--period",
                "2026-03", "--format", form, "-o", str(out / f"journal.{form}")]  # fmt: skip
        assert main(argv) == 0
    found = {
        (str(path.relative_to(world.registry.folder)), secret)
        for path in world.registry.folder.rglob("*")
        if path.is_file()
        for secret in SECRETS
        for encoding in ("utf-8", "utf-16-le", "gb18030")
        if secret.encode(encoding) in path.read_bytes()
    }
    assert found == set()
    assert "aid" in (world.house.folder / "2026" / "03.bean").read_text(encoding="utf-8")
    with world.registry.read() as conn:
        for act in oplog.entries(conn):
            assert not any(secret in f"{act.object} {act.detail}" for secret in SECRETS)
