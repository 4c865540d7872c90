"""Who acts: passwords from files, the environment and standard input; sessions; users kept out."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import clock
from tests.cli.command import PASSWORDS, UNIT, Office, Told, mingbai

NEW = "another-password-1"


def inbox(office: Office, *words: object, typed: str = "", **environment: str) -> Told:
    return mingbai("inbox", office.folder, "--unit", UNIT, *words, typed=typed, **environment)


def logout(office: Office) -> None:
    assert mingbai("logout", office.folder).status == 0


def test_a_password_comes_from_the_environment_a_file_or_standard_input(office: Office) -> None:
    logout(office)
    file = office.folder / "password"
    file.write_text(PASSWORDS["lin"] + "\r\n", encoding="utf-8")
    assert inbox(office, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"]).status == 0
    assert inbox(office, "--user", "lin", "--password-file", file).status == 0
    typed = PASSWORDS["lin"] + "\n"
    assert inbox(office, "--user", "lin", "--password-file", "-", typed=typed).status == 0


def test_without_a_password_nothing_waits_and_nothing_is_guessed(office: Office) -> None:
    logout(office)
    assert "not-logged-in" in inbox(office).err
    assert "no-password" in inbox(office, "--user", "lin").err
    assert "no-password" in inbox(office, "--user", "lin", "--password-file", "/none").err
    for wrong in ("wrong", "", PASSWORDS["gao"]):
        assert "wrong-login" in inbox(office, "--user", "lin", MINGBAI_PASSWORD=wrong).err
    assert "wrong-login" in inbox(office, "--user", "nobody", MINGBAI_PASSWORD="x").err


def test_five_failures_lock_a_login_and_the_log_keeps_it(office: Office) -> None:
    for _ in range(5):
        inbox(office, "--user", "lin", MINGBAI_PASSWORD="wrong")
    told = inbox(office, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"])
    assert (told.status, "wrong-login" in told.err) == (1, True)
    with sqlite3.connect(office.folder / "registry.db") as conn:
        locks = conn.execute("SELECT count(*) FROM operation WHERE action = 'login.lock'")
        assert locks.fetchone() == (1,)
    conn.close()
    # An administrator who gives another password opens it again.
    reset = office.by("admin", "user password", "--login", "lin")
    assert "no-password" in reset.err
    done = mingbai(
        "user", "password", office.folder, "--login", "lin", "--user", "admin",
        MINGBAI_PASSWORD=PASSWORDS["admin"], MINGBAI_NEW_PASSWORD=NEW,
    )  # fmt: skip
    assert done.status == 0, done.err
    assert inbox(office, "--user", "lin", MINGBAI_PASSWORD=NEW).status == 0


def test_two_logins_in_one_folder_the_later_one_acts_and_each_ends_alone(office: Office) -> None:
    for login in ("zhou", "shen"):
        told = mingbai("login", office.folder, "--user", login, MINGBAI_PASSWORD=PASSWORDS[login])
        assert login in told.out
    told = mingbai(
        "draft", office.folder, "--unit", UNIT, "--date", "2026-04-02", "--narration", "纸",
        "--fund", "F02", "--debit", "50504", "1.00", "--credit", "10201", "1.00",
    )  # fmt: skip
    assert "not-allowed" in told.err
    assert (office.folder / ".session").stat().st_mode & 0o77 == 0
    logout(office)
    logout(office)
    assert "not-logged-in" in inbox(office).err


def test_a_session_ends_after_twelve_hours(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    mingbai("login", office.folder, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"])
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=11))
    assert inbox(office).status == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=13))
    assert "not-logged-in" in inbox(office).err


def test_a_password_is_changed_with_the_old_one_and_ends_every_session(office: Office) -> None:
    mingbai("login", office.folder, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"])
    left_open = mingbai("user", "password", office.folder, MINGBAI_NEW_PASSWORD=NEW)
    assert "no-password" in left_open.err
    short = mingbai(
        "user", "password", office.folder,
        MINGBAI_PASSWORD=PASSWORDS["lin"], MINGBAI_NEW_PASSWORD="short",
    )  # fmt: skip
    assert "bad-user" in short.err
    told = mingbai(
        "user", "password", office.folder,
        MINGBAI_PASSWORD=PASSWORDS["lin"], MINGBAI_NEW_PASSWORD=NEW,
    )  # fmt: skip
    assert told.status == 0, told.err
    assert "not-logged-in" in inbox(office).err
    assert inbox(office, "--user", "lin", MINGBAI_PASSWORD=NEW).status == 0
    assert inbox(office, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"]).status == 1


def test_nobody_but_an_administrator_changes_users(office: Office) -> None:
    for words in (
        ("user password", "--login", "gao"),
        ("user disable", "--login", "gao"),
        ("user roles", "--login", "zhou", "--role", "checker@chunfeng"),
        ("user add", "--login", "new", "--role", "auditor"),
        ("user list",),
    ):
        told = office.by("zhou", *words)
        assert (told.status, "not-allowed" in told.err) == (1, True), words


def test_a_user_who_leaves_is_kept_out_at_once_and_may_come_back(office: Office) -> None:
    mingbai("login", office.folder, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"])
    assert office.by("admin", "user disable", "--login", "lin").status == 0
    assert "not-logged-in" in inbox(office).err
    assert "wrong-login" in inbox(office, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"]).err
    assert "已停用" in office.by("admin", "user list").out
    assert office.by("admin", "user enable", "--login", "lin").status == 0
    assert inbox(office, "--user", "lin", MINGBAI_PASSWORD=PASSWORDS["lin"]).status == 0
    assert office.by("admin", "user disable", "--login", "nobody").status == 1


def test_the_last_administrator_stays(office: Office) -> None:
    for words in (("user disable",), ("user roles", "--role", "auditor")):
        told = office.by("admin", words[0], "--login", "admin", *words[1:])
        assert (told.status, "最后一名管理员" in told.err) == (1, True)
    assert office.by("admin", "user list").status == 0


def test_a_new_user_never_gets_the_password_of_who_registers_them(office: Office) -> None:
    words = ("user", "add", office.folder, "--login", "wu", "--role", f"checker@{UNIT}")
    told = mingbai(*words, "--user", "admin", MINGBAI_PASSWORD=PASSWORDS["admin"])
    assert "no-password" in told.err
    told = mingbai(
        *words, "--user", "admin",
        MINGBAI_PASSWORD=PASSWORDS["admin"], MINGBAI_NEW_PASSWORD=NEW,
    )  # fmt: skip
    assert told.status == 0, told.err
    assert inbox(office, "--user", "wu", MINGBAI_PASSWORD=NEW).status == 0


@pytest.mark.parametrize("role", ["treasurer@nowhere", "king", "treasurer@", "checker@a@b"])
def test_a_role_in_a_unit_that_does_not_exist_is_refused(office: Office, role: str) -> None:
    told = mingbai(
        "user", "add", office.folder, "--login", "wu", "--role", role, "--user", "admin",
        MINGBAI_PASSWORD=PASSWORDS["admin"], MINGBAI_NEW_PASSWORD=NEW,
    )  # fmt: skip
    assert (told.status, "bad-user" in told.err) == (1, True)


def test_members_come_from_a_list_whole_or_not_at_all(office: Office, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    head = "会员编号,姓名,入会日期,手机,银行账号\n"
    good.write_text(f"{head}9001,甲示例,2026-04-01,13800000000,6222\n9002,乙示例,,,\n")
    bad.write_text(f"{head}9003,丙示例,2026-04-01,,\n9003,丁示例,yesterday,,\n,戊示例,,,\n")
    told = office.zhou("members import", bad)
    assert (told.status, told.err.count("[list-")) == (1, 3)
    assert office.zhou("members import", good, "--json").status == 0
    again = office.zhou("members import", good, "--json").json
    assert (again["members"], again["changed"], again["unchanged"]) == ([], [], 2)
    listed = office.by("shen", "members list", "--unit", UNIT, "--json").json["members"]
    assert [row["number"] for row in listed][-2:] == ["9001", "9002"]
    assert len(listed) == 62
    for file in (tmp_path / "none.csv", office.folder / "registry.db"):
        assert office.zhou("members import", file).status in (1, 2)


def test_a_refusal_calls_rights_and_roles_by_their_words(office: Office) -> None:
    told = office.by("lin", "close", "--unit", UNIT, "2026-03")
    assert f"用户 lin 在单位 {UNIT} 没有「结账」权限" in told.err
    assert f"user lin has no right to close months in unit {UNIT}" in told.err
    assert "请会计、主管会计办理" in told.err
    told = office.by("zhou", "user list")
    assert "全联合会" in told.err and "「管理用户」" in told.err and "*" not in told.err
    words = ("--login", "neu", "--role", "boss")
    told = mingbai(
        "user", "add", office.folder, *words, "--user", "admin",
        MINGBAI_PASSWORD=PASSWORDS["admin"], MINGBAI_NEW_PASSWORD=NEW,
    )  # fmt: skip
    assert "审核人（checker）" in told.err and "there is no role boss" in told.err
