"""``mingbai publish`` and what it tells, as a treasurer types it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import by_user, mingbai
from tests.house import UNIT, House


def test_a_treasurer_publishes_what_is_sealed_and_anyone_may_rebuild_it(
    sealed: House, tmp_path: Path
) -> None:
    sealed.registry.close()
    folder, out = sealed.registry.folder, tmp_path / "out"
    told = by_user(folder, "zhou", "publish", "--period", "2026-01", "-o", out)
    assert told.status == 0, told.err
    assert f"{UNIT} 2026-01 v1" in told.out and "verify.py" in told.out
    again = mingbai("publish", folder, "--period", "2026-01", "-o", tmp_path / "again", "--json")
    assert again.status == 0, again.err
    assert again.json["entered"] == []
    assert (out / "SHA256SUMS").read_bytes() == (tmp_path / "again" / "SHA256SUMS").read_bytes()
    assert mingbai("check", folder).status == 0


def test_what_nobody_entered_does_not_count_and_is_said_so(sealed: House, tmp_path: Path) -> None:
    sealed.registry.close()
    out = tmp_path / "out"
    told = mingbai("publish", sealed.registry.folder, "--period", "2026-01", "-o", out)
    assert told.status == 0, told.err
    pack = json.loads((out / "publication.json").read_bytes())["packs"][0]
    for words in (
        f"{pack['digest']}  草稿 draft", "未登录，所写的只是草稿", "没有登记为已公开", "也没有记下",
        "nobody is logged in, so this is a draft", "entered nowhere", "are not remembered",
        "mingbai login DIR --user LOGIN",
    ):  # fmt: skip
        assert words in told.out, words
    assert not (sealed.registry.folder / "publications").exists()
    assert pack["version"] == 1
    again = mingbai("publish", sealed.registry.folder, "--period", "2026-01", "-o", out, "--json")
    assert again.json["drafts"] == [UNIT]
    assert [one["rule"] for one in again.json["warnings"]] == ["publication-draft"]


def test_what_was_entered_before_is_no_draft_whoever_writes_it(
    sealed: House, tmp_path: Path
) -> None:
    sealed.registry.close()
    folder, out = sealed.registry.folder, tmp_path / "out"
    assert by_user(folder, "zhou", "publish", "--period", "2026-01", "-o", out).status == 0
    told = mingbai("publish", folder, "--period", "2026-01", "-o", out)
    assert told.status == 0 and "草稿" not in told.said
    # The month that nobody published yet is the only draft beside it.
    told = mingbai("publish", folder, "--period", "2026-02", "-o", out)
    assert told.out.count("  草稿 draft") == 1


def test_a_period_that_is_not_sealed_is_refused_with_what_to_do(
    sealed: House, tmp_path: Path
) -> None:
    sealed.registry.close()
    told = mingbai("publish", sealed.registry.folder, "--period", "2026-03", "-o", tmp_path / "x")
    assert told.status == 1
    assert "mingbai seal" in told.err and "Traceback" not in told.err
    assert not (tmp_path / "x").exists()


def test_what_cannot_be_written_is_not_entered_either(sealed: House, tmp_path: Path) -> None:
    sealed.registry.close()
    folder = sealed.registry.folder
    (tmp_path / "file").write_text("mine")
    for place in ("/proc/nowhere", tmp_path / "file" / "out"):
        told = by_user(folder, "zhou", "publish", "--period", "2026-01", "-o", place)
        assert told.status == 2 and "检查路径" in told.err, told.err
    assert not (folder / "publications").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"federation", "file"}


def test_members_get_a_publication_of_their_own(sealed: House, tmp_path: Path) -> None:
    sealed.registry.close()
    told = by_user(
        sealed.registry.folder, "zhou", "publish", "--period", "2026-01", "--audience", "members",
        "-o", tmp_path / "out",
    )  # fmt: skip
    assert told.status == 0, told.err
    assert (tmp_path / "out" / "packs" / UNIT / "2026-01" / "members" / "v1").is_dir()
    assert mingbai("verify", tmp_path / "out", "--no-beancount").status == 0


def test_who_may_not_publish_is_told_who_may(sealed: House, tmp_path: Path) -> None:
    sealed.registry.close()
    told = by_user(
        sealed.registry.folder, "shen", "publish", "--period", "2026-01", "-o", tmp_path / "out"
    )
    assert told.status == 1
    assert "由该单位记账的人公开" in told.err
    assert not (tmp_path / "out").exists()
