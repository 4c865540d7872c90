"""A bank changes its columns: what is still proven is read, and the new columns are asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.read import read_bytes
from importers.unknown import refuse_drifted
from ledger.errors import Refused
from tests.cli.command import Office, mingbai
from tests.importers import files, wallets
from tests.importers.banks import psbc
from tests.importers.truth import judge, movements, whole

#: The columns of the postal bank's statement, one of them under another word.
RENAMED = ("交易流水号", "业务流水")


def drifted(old: str, new: str, count: int = 20) -> bytes:
    head = [
        "交易日期",
        "交易时间",
        "支出",
        "收入",
        "余额",
        "对方账号",
        "对方户名",
        "摘要",
        "交易流水号",
    ]
    rows = [
        [f"{row.at:%Y%m%d}", f"{row.at:%H:%M:%S}", "" if row.came else row.size,
         row.size if row.came else "", f"{row.held / 100:.2f}", row.account, row.name, row.token,
         row.ref]
        for row in movements(count)
    ]  # fmt: skip
    assert old in head
    return files.text([[new if word == old else word for word in head], *rows])


def test_a_drifted_layout_is_read_by_its_proof_and_names_the_columns() -> None:
    rows = movements(20)
    reading = read_bytes(drifted(*RENAMED), "drifted.csv")
    assert not judge(reading, rows) and whole(reading, rows)
    assert reading.profile == "generic"
    (told,) = reading.findings
    assert told.rule == "layout-drifted" and told.severity == "warning"
    assert all(word in told.what.zh and word in told.what.en for word in RENAMED)
    assert "psbc-corporate" in told.what.zh


def test_a_layout_that_has_not_drifted_is_not_asked_about() -> None:
    assert not read_bytes(psbc(movements(20)), "psbc.xlsx").findings
    assert not read_bytes(wallets.jd(movements(20)), "jd.csv").findings


def test_rows_whose_day_stands_under_an_unknown_word_are_parked_and_the_word_is_named() -> None:
    reading = read_bytes(drifted("交易日期", "哪天"), "drifted.csv")
    assert not reading.lines and len(reading.parked) == 20
    assert [found.rule for found in reading.findings] == ["layout-drifted"]
    assert "哪天" in reading.findings[0].what.zh


def test_a_refused_header_that_is_nearly_known_names_the_layout_too() -> None:
    head = ["栏", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型",
            "收支金额(元)", "账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号"]  # fmt: skip
    with pytest.raises(Refused) as refusal:
        read_bytes(files.text([head, ["x"] * len(head)]), "drifted.csv")
    assert [found.rule for found in refusal.value.findings] == ["layout-drifted", "no-header"]


def test_an_import_asks_for_the_new_columns_first(office: Office, tmp_path: Path) -> None:
    """A serial under another word would give every line another id."""
    path = tmp_path / "drifted.csv"
    path.write_bytes(drifted("交易流水号", "编码"))
    told = office.zhou("import", "--account", "10201", "--json", path)
    assert told.status == 1
    assert [found["rule"] for found in told.json["findings"]] == ["layout-drifted"]
    assert mingbai("profile", "new", path, "--accept").status == 0
    told = office.zhou("import", "--account", "10201", "--json", path)
    assert "layout-drifted" not in told.out + told.err


def test_another_word_for_the_same_thing_is_told_and_not_asked_about() -> None:
    assert refuse_drifted(read_bytes(drifted("余额", "账户余额"), "drifted.csv")).lines
    with pytest.raises(Refused):
        refuse_drifted(read_bytes(drifted("交易流水号", "编码"), "drifted.csv"))


def test_accepting_the_new_columns_saves_a_new_version(
    tmp_path: Path, profiles_folder: Path
) -> None:
    path = tmp_path / "drifted.csv"
    path.write_bytes(drifted("交易日期", "哪天"))
    shown = mingbai("profile", "new", path, "--accept")
    assert shown.status == 0 and "psbc-corporate-2" in shown.out, shown.err
    path.write_bytes(drifted("交易日期", "哪天", 25))
    reading = read_bytes(path.read_bytes(), "later.csv")
    assert reading.profile == "psbc-corporate-2" and reading.kind == "bank"
    assert whole(reading, movements(25)) and not reading.findings
    path.write_bytes(drifted("交易日期", "几时"))
    again = mingbai("profile", "new", path, "--accept")
    assert again.status == 0 and "psbc-corporate-3" in again.out, again.err
