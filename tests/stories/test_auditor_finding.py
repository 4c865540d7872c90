"""The auditor's finding, from the voucher to its correction, and what everybody reads of it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.clock import CHINA
from tests.cli.command import UNIT, Office, by_user, mingbai

SECOND = "second-auditor-2026"


def test_a_finding_is_corrected_closed_and_evaluated_for_everybody(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raised, reversed, approved, answered, closed; evaluated, confirmed by another, published."""
    now = datetime(2026, 4, 10, 9, 0, tzinfo=CHINA)
    monkeypatch.setattr("ledger.clock.now", lambda: now)

    def does(login: str, command: str, *words: object) -> Any:
        told = office.by(login, command, "--unit", UNIT, *words, "--json")
        assert told.status == 0, told.out + told.err
        return told.json

    secret = tmp_path / "gu.txt"
    secret.write_text(f"{SECOND}\n")
    told = office.by("admin", "user add", "--login", "gu", "--role", "auditor",
                     "--new-password-file", secret)  # fmt: skip
    assert told.status == 0, told.err

    # The auditor follows a figure to its voucher, and raises a finding on it.
    ref = f"{UNIT}/funds/2026-03/F04/out"
    (paid,) = [row["number"] for row in office.asks("show", ref, "--json").json["vouchers"]]
    found = does("shen", "audit finding open", "--ref", f"{UNIT}/{paid}", "--severity", "high",
                 "--text", "帮扶对象与申请表不符")  # fmt: skip
    code = found["code"]
    (waits,) = office.asks("audit finding list", "--open", "--json").json["findings"]
    assert (waits["code"], waits["waits_for"]) == (code, "unit")

    # The treasurer reverses it; the checker approves; the answer names the reversal.
    draft = does("zhou", "reverse", paid, "--reason", "对象有误", "--date", "2026-04-10")["draft"]
    early = office.zhou("audit finding answer", code, "--text", "已冲销", "--voucher", paid)
    assert (early.status, "not-a-correction" in early.err) == (1, True)
    does("lin", "approve", draft)
    shown = does("shen", "audit finding show", code)
    (correction,) = shown["corrections"]
    assert (correction["how"], correction["said"]) == ("reversal", False)
    does("zhou", "audit finding answer", code, "--text", "已冲销，将按申请表重付", "--voucher",
         correction["number"])  # fmt: skip

    # The auditor sees the correction in the journal, and closes.
    reversal = office.asks("show", f"{UNIT}/{correction['number']}", "--json").json
    assert reversal["reverses"] == paid
    closed = does("shen", "audit finding close", code, "--as", "corrected", "--text", "已核对")
    assert (closed["state"], closed["correction"]) == ("closed", correction["number"])

    # What the auditor says of March is published once another one confirmed it.
    words = "三月账目可信；一张帮扶凭证已更正。"
    said = ("audit evaluation add", "--period", "2026-03", "--result", "remarks", "--words")
    named = office.by("shen", said[0], "--unit", UNIT, *said[1:], f"{words}已与赵例一核对。")
    assert (named.status, "name-in-text" in named.err) == (1, True)
    assert "赵例一" not in named.said
    evaluation = does("shen", *said, words)["code"]
    own = office.by("shen", "audit evaluation confirm", "--unit", UNIT, evaluation)
    assert (own.status, "maker-is-checker" in own.err) == (1, True)
    for month in ("2026-01", "2026-02", "2026-03"):
        office.zhou("seal", month)
    out = tmp_path / "out"
    publish = ("publish", "--unit", UNIT, "--period", "2026-03", "-o", out)
    assert office.by("zhou", *publish).status == 0
    assert not (out / "data" / "evaluations.json").exists()
    other = by_user(office.folder, "gu", "audit evaluation confirm", "--unit", UNIT, evaluation,
                    password=SECOND)  # fmt: skip
    assert other.status == 0, other.err
    told = office.by("zhou", *publish)
    assert told.status == 0, told.err
    (public,) = json.loads((out / "data" / "evaluations.json").read_bytes())["evaluations"]
    assert (public["code"], public["result"], public["words"]) == (evaluation, "remarks", words)
    assert public["findings"] == [{"severity": "high", "state": "closed", "count": 1}]
    for path in (f"u/{UNIT}/evaluations.html", f"en/u/{UNIT}/evaluations.html"):
        page = (out / path).read_text(encoding="utf-8")
        assert words in page and evaluation in page
        assert code not in page and paid not in page and "申请表" not in page
    assert mingbai("validate", out).status == 0
    assert mingbai("verify", out).status == 0
    assert office.asks("check").status == 0
