"""mingbai seal, seal-key and reopen, as a treasurer and a checker type them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ledger.sealing import signing
from tests.cli.command import Told, by_user, mingbai
from tests.house import PASSWORD, UNIT, House


class Desk:
    """The command line in a folder of the test's own, with a key beside it."""

    def __init__(self, house: House, beside: Path) -> None:
        house.registry.close()
        self.folder = house.registry.folder
        self.unit = house.folder
        self.key = beside / "key.pem"
        self.beside = beside

    def zhou(self, command: str, *words: object) -> Told:
        return by_user(self.folder, "zhou", command, "--unit", UNIT, *words)

    def lin(self, command: str, *words: object) -> Told:
        return by_user(self.folder, "lin", command, "--unit", UNIT, *words)

    def new_key(self, name: str = "key.pem") -> str:
        told = mingbai("seal-key", "new", self.beside / name, "--json")
        assert told.status == 0, told.err
        return str(told.json["key"])


@pytest.fixture
def desk(closed: House, tmp_path: Path) -> Desk:
    return Desk(closed, tmp_path)


def test_months_are_sealed_with_a_key_listed_and_checked(desk: Desk) -> None:
    public = desk.new_key()
    told = desk.zhou("seal", "2026-01", "--key", desk.key)
    assert told.status == 0, told.err
    for words in ("已封存 sealed: 2026-01 v1", "2 张 vouchers，150.50", public, "两人 this key is"):
        assert words in told.out
    told = desk.zhou("seal", "2026-02", "--key", desk.key, "--json")
    assert (told.json["version"], told.json["pinned"], told.json["key"]) == (1, False, public)
    assert (desk.unit / told.json["file"]).is_file()
    listed = desk.zhou("seal")
    assert listed.out.count("v1") == 2 and public[:16] in listed.out
    assert [one["month"] for one in desk.zhou("seal", "--json").json["seals"]] == [
        "2026-01", "2026-02",
    ]  # fmt: skip
    assert mingbai("check", desk.folder).out == "没有问题 no findings\n"


def test_without_any_option_the_key_is_the_environments_or_there_is_none(desk: Desk) -> None:
    told = desk.zhou("seal", "2026-01")
    assert told.status == 0 and "未签名 unsigned" in told.out
    public = desk.new_key()
    told = mingbai(
        "seal", desk.folder, "--unit", UNIT, "2026-02", "--user", "zhou", "--json",
        MINGBAI_PASSWORD=PASSWORD, MINGBAI_SEAL_KEY=str(desk.key),
    )  # fmt: skip
    assert (told.json["key"], told.json["pinned"]) == (public, True)


def test_a_key_elsewhere_signs_a_request_and_its_answer_is_entered(desk: Desk) -> None:
    public = desk.new_key()
    request, response = desk.beside / "request", desk.beside / "response"
    assert desk.zhou("seal", "2026-01", "--request", request).status == 1
    own = desk.beside / "public.pem"
    assert mingbai("seal-key", "show", desk.key, "-o", own).out == f"{public}\n"
    told = desk.zhou("seal", "2026-01", "--request", request, "--public", own)
    assert told.status == 0 and "openssl pkeyutl -sign -rawin" in told.out
    key = signing.read_key(desk.key.read_bytes())
    response.write_text(key.sign(request.read_bytes() + b"x").hex())
    assert "bad-signature" in desk.zhou("seal", "2026-01", "--response", response).err
    response.write_text(key.sign(request.read_bytes()).hex())
    told = desk.zhou("seal", "2026-01", "--response", response, "--json")
    assert told.json["key"] == public
    # Once pinned, the key need not be named.
    assert desk.zhou("seal", "2026-02", "--request", request).status == 0
    response.write_bytes(key.sign(request.read_bytes()))
    assert desk.zhou("seal", "2026-02", "--response", response).status == 0
    assert mingbai("check", desk.folder).status == 0


def test_a_key_file_is_its_owners_alone_and_never_overwritten(desk: Desk) -> None:
    desk.new_key()
    assert stat.S_IMODE(desk.key.stat().st_mode) == 0o600
    before = desk.key.read_bytes()
    told = mingbai("seal-key", "new", desk.key)
    assert (told.status, desk.key.read_bytes()) == (2, before)


def test_a_key_without_a_passphrase_is_told_to_lie_in_clear(desk: Desk) -> None:
    told = mingbai("seal-key", "new", desk.key)
    assert told.status == 0 and "以明文存放" in told.out and "lies in clear" in told.out
    other = desk.beside / "other.pem"
    assert mingbai("seal-key", "new", other, "--json").json["locked"] is False
    secret, empty = desk.beside / "secret", desk.beside / "empty"
    secret.write_text("青禾-2026\n", encoding="utf-8")
    empty.write_text("\n")
    third = desk.beside / "third.pem"
    told = mingbai("seal-key", "new", third, "--passphrase-file", empty)
    assert (told.status, "首行是空的" in told.err, third.exists()) == (1, True, False)
    told = mingbai("seal-key", "new", third, "--passphrase-file", secret)
    assert told.status == 0 and "明文" not in told.said and "in clear" not in told.said
    assert stat.S_IMODE(third.stat().st_mode) == 0o600


def test_what_is_missing_of_a_passphrase_names_the_option_that_gives_it(desk: Desk) -> None:
    secret = desk.beside / "secret"
    secret.write_text("青禾-2026\n", encoding="utf-8")
    mingbai("seal-key", "new", desk.key, "--passphrase-file", secret)
    told = desk.zhou("seal", "2026-01", "--key", desk.key)
    assert told.status == 1 and "密钥口令" in told.err
    assert "--passphrase-file" in told.err and "--password-file" not in told.err
    told = mingbai("seal-key", "show", desk.key, "--passphrase-file", desk.beside / "none")
    assert told.status == 2 and "密钥口令文件无法读取" in told.err


def test_a_unit_that_is_not_there_is_told_before_the_key_is_looked_at(desk: Desk) -> None:
    for words in (
        ("--key", "/nope"), ("--request", "request", "--public", "/nope"), ("--response", "/nope"),
    ):  # fmt: skip
        told = by_user(desk.folder, "zhou", "seal", "--unit", "nirgends", "2026-01", *words)
        assert (told.status, "[no-unit]" in told.err) == (2, True), told.err
    words = ("--key", "/nope", "--reason", "换人")
    told = by_user(desk.folder, "zhou", "seal-key change", "--unit", "nirgends", *words)
    assert (told.status, "[no-unit]" in told.err) == (2, True), told.err


def test_a_passphrase_comes_from_a_file_or_the_environment_and_is_never_told(desk: Desk) -> None:
    secret = desk.beside / "passphrase"
    secret.write_text("青禾-2026\n", encoding="utf-8")
    told = mingbai("seal-key", "new", desk.key, "--passphrase-file", secret)
    assert told.status == 0 and b"ENCRYPTED" in desk.key.read_bytes()
    told = desk.zhou("seal", "2026-01", "--key", desk.key)
    assert told.status == 1 and "MINGBAI_SEAL_PASSPHRASE" in told.err
    told = desk.zhou("seal", "2026-01", "--key", desk.key, "--passphrase-file", desk.key)
    assert told.status == 1 and "bad-passphrase" in told.err
    told = desk.zhou("seal", "2026-01", "--key", desk.key, "--passphrase-file", secret)
    assert told.status == 0 and "青禾-2026" not in told.said


def test_the_key_is_changed_by_two_at_the_command_line(desk: Desk) -> None:
    first = desk.new_key()
    assert desk.zhou("seal-key list").out == "尚无密钥 no key yet\n"
    desk.zhou("seal", "2026-01", "--key", desk.key)
    other = desk.new_key("other.pem")
    told = desk.zhou("seal-key change", "--key", desk.beside / "other.pem", "--reason", "换人")
    assert told.status == 0, told.err
    assert desk.zhou("seal-key confirm").status == 1
    assert desk.lin("seal-key withdraw").status == 0
    assert desk.lin("seal-key confirm").status == 1
    desk.zhou("seal-key change", "--key", desk.beside / "other.pem", "--reason", "换人")
    assert desk.lin("seal-key confirm", "--json").json["key"] == other
    rows = desk.zhou("seal-key list", "--json").json["keys"]
    assert [(row["key"], row["state"]) for row in rows] == [
        (first, "pinned"), (other, "withdrawn"), (other, "confirmed"),
    ]  # fmt: skip
    assert "两人确认 confirmed" in desk.zhou("seal-key list").out
    assert desk.zhou("seal", "2026-02", "--key", desk.key).status == 1
    assert desk.zhou("seal", "2026-02", "--key", desk.beside / "other.pem").status == 0
    assert mingbai("check", desk.folder).status == 0


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("2026-13",), 2, "usage"), (("2026-01", "2026-02"), 2, "usage"),
        (("--key", "x"), 2, "usage"), (("2026-01", "--key", "nowhere"), 2, "no-file"),
        (("2026-01", "--response", "nowhere"), 2, "no-file"),
        (("2026-01", "--public", "nowhere"), 2, "usage"),
        (("2026-01", "--key", "a", "--request", "b"), 2, "usage"),
        (("2026-04",), 1, "seal-open-month"),
    ],
)  # fmt: skip
def test_what_is_written_wrong_is_told_as_a_finding(
    desk: Desk, words: tuple[str, ...], status: int, told: str
) -> None:
    said = desk.zhou("seal", *words)
    assert (said.status, f"[{told}]" in said.err) == (status, True), said.err


def test_a_month_is_reopened_by_two_persons_and_the_entry_names_both(desk: Desk) -> None:
    assert desk.lin("reopen", "2026-02", "--reason", "漏记").status == 1
    told = desk.zhou("reopen", "2026-02", "--reason", "漏记一笔")
    assert told.status == 0 and "--confirm" in told.out
    assert desk.zhou("reopen", "2026-02", "--reason", "漏记一笔").status == 1
    assert 'custom "reopen"' not in (desk.unit / "2026/02.bean").read_text(encoding="utf-8")
    assert desk.zhou("reopen", "2026-02", "--confirm").status == 1
    assert desk.lin("reopen", "2026-01", "--confirm").status == 1
    assert desk.zhou("reopen", "2026-02", "--withdraw").status == 0
    assert desk.lin("reopen", "2026-02", "--confirm").status == 1
    desk.zhou("reopen", "2026-02", "--reason", "漏记一笔")
    told = desk.lin("reopen", "2026-02", "--confirm", "--json")
    assert told.json["reopened"] == "2026-02"
    text = (desk.unit / "2026/02.bean").read_text(encoding="utf-8")
    by, confirmed, reason = text.rstrip().splitlines()[-3:]
    assert by.startswith('  by: "u-') and confirmed.startswith('  confirmed: "u-')
    assert by.split('"')[1] != confirmed.split('"')[1] and "漏记一笔" in reason
    told = desk.zhou("close", "2026-02")
    assert f"mingbai seal {desk.folder} --unit {UNIT} 2026-02" in told.out
    assert json.loads(desk.zhou("seal", "2026-02", "--json").out)["version"] == 2


def test_check_writes_the_seal_that_a_crash_left_out_and_tells_of_any_other(desk: Desk) -> None:
    desk.zhou("seal", "2026-01")
    desk.zhou("seal", "2026-02")
    (desk.unit / "seals/2026-02.v1.seal").unlink()
    assert mingbai("check", desk.folder).status == 0
    assert (desk.unit / "seals/2026-02.v1.seal").is_file()
    (desk.unit / "seals/2026-01.v1.seal").unlink()
    told = mingbai("check", desk.folder, "--json")
    assert [one["file"] for one in told.json["findings"]] == [f"units/{UNIT}/seals/2026-01.v1.seal"]
