"""``mingbai audit finding`` and ``mingbai audit evaluation``, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.bench import another, voucher
from tests.cli.command import by_user, mingbai
from tests.house import PASSWORD, UNIT, House

Run = Callable[..., tuple[int, Any]]
OPEN = ("audit finding open", "--severity", "high", "--text", "金额与发票不符")


@pytest.fixture
def run(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("ledger.clock.now", lambda: small_house.now)

    def one(command: str, *words: str, user: str = "shen", json: bool = True) -> tuple[int, Any]:
        told = by_user(
            small_house.registry.folder, user, command, "--unit", UNIT, *words,
            *(["--json"] if json else []),
        )  # fmt: skip
        assert "Traceback" not in told.err
        return told.status, told.json if json else told.said

    return one


def rule_of(told: Any) -> str:
    return str(told["findings"][0]["rule"])


def test_a_finding_from_its_opening_to_its_closing(run: Run, small_house: House) -> None:
    wrong = voucher(small_house)
    status, told = run(*OPEN, "--ref", f"{UNIT}/{wrong.number}")
    assert (status, told["subject"], told["period"]) == (0, "voucher", "2026-03")
    code = told["code"]
    reversal = small_house.reverse(wrong).number
    status, told = run("audit finding answer", code, "--text", "已冲销", "--voucher", reversal,
                       user="zhou")  # fmt: skip
    assert (status, told["state"], told["correction"]) == (0, "answered", reversal)
    assert run("audit finding return", code, "--text", "请说明原因")[1]["waits_for"] == "unit"
    run("audit finding answer", code, "--text", "重复录入", user="zhou")
    status, told = run("audit finding close", code, "--as", "corrected", "--text", "已核对")
    assert (status, told["state"], told["outcome"]) == (0, "closed", "corrected")
    shown = run("audit finding show", code)[1]
    assert shown["texts"] == ["金额与发票不符", "已冲销", "请说明原因", "重复录入", "已核对"]
    assert shown["corrections"] == [
        {"number": reversal, "day": "2026-03-05", "how": "reversal", "said": True}
    ]
    text = run("audit finding show", code, json=False)[1]
    assert "重复录入" in text and "冲销了它 reverses it" in text and "zhou" in text
    for step, more in (("answer", ()), ("close", ("--as", "accepted")), ("withdraw", ())):
        who = "zhou" if step == "answer" else "shen"
        status, told = run(f"audit finding {step}", code, "--text", "再来", *more, user=who)
        assert (status, rule_of(told)) == (1, "finding-state")


def test_a_draft_that_links_the_finding_corrects_it(run: Run, small_house: House) -> None:
    code = run(*OPEN, "--ref", f"{UNIT}/{voucher(small_house).number}")[1]["code"]
    draft = ("draft", "--date", "2026-03-05", "--narration", "补记", "--fund", "F01", "--debit",
             "10201", "3.00", "--credit", "401", "3.00", "--finding")  # fmt: skip
    status, told = run(*draft, "SJ2026-0099-1", user="zhou")
    assert (status, rule_of(told)) == (2, "no-finding")
    status, told = run(*draft, code, user="zhou")
    assert status == 0, told
    number = small_house.approve(told["draft"]).number
    assert run("audit finding show", code)[1]["corrections"][0] == {
        "number": number, "day": "2026-03-05", "how": "linked", "said": False,
    }  # fmt: skip
    assert run("audit finding close", code, "--as", "corrected", "--text", "已核对")[0] == 0


def test_what_is_refused_says_why(run: Run, small_house: House) -> None:
    number = voucher(small_house).number
    code = run(*OPEN, "--ref", f"{UNIT}/{number}")[1]["code"]
    for words, user, status, rule in (
        (OPEN, "zhou", 1, "not-allowed"),
        (OPEN, "shen", 1, "bad-finding"),  # of which period
        ((*OPEN, "--ref", f"{UNIT}/付-202603-0009"), "shen", 1, "unknown-ref"),
        ((*OPEN, "--ref", f"{UNIT}/funds/2026-03/F09/in"), "shen", 1, ""),
        ((*OPEN, "--period", "2026", "--digest", "ab"), "shen", 1, "bad-finding"),
        (("audit finding answer", code, "--text", "x"), "shen", 1, "not-allowed"),
        (("audit finding answer", code, "--text", "x"), "lin", 1, "not-allowed"),
        (("audit finding answer", code, "--text", "x", "--voucher", number), "zhou", 1,
         "not-a-correction"),
        (("audit finding answer", code, "--file", "/nowhere"), "zhou", 1, "bad-paper"),
        (("audit finding close", code, "--as", "explained", "--text", "x"), "lin", 1,
         "not-allowed"),
        (("audit finding close", code, "--as", "explained", "--text", "x"), "shen", 1,
         "not-answered"),
        (("audit finding show", "SJ2026-0044-1"), "shen", 2, "no-finding"),
        (("audit finding list",), "admin", 1, "not-allowed"),
    ):  # fmt: skip
        found, told = run(*words, user=user)
        assert found == status, (words, told)
        assert rule in ("", rule_of(told)), (words, told)


def test_they_are_listed_by_state_and_severity(run: Run, small_house: House) -> None:
    assert run("audit finding list", json=False) == (0, "没有审计发现 nothing was found\n")
    code = run(*OPEN, "--ref", f"{UNIT}/{voucher(small_house).number}")[1]["code"]
    other = run(*OPEN, "--period", "2026-Q1", "--sample", "s-7")[1]["code"]
    run("audit finding withdraw", other, "--text", "重复")
    told = run("audit finding list")[1]
    assert [one["code"] for one in told["findings"]] == [code, other]
    assert told["counts"] == [
        {"severity": "high", "state": "open", "count": 1},
        {"severity": "high", "state": "withdrawn", "count": 1},
    ]
    for words in (("--open",), ("--state", "open"), ("--severity", "high", "--open")):
        assert [one["code"] for one in run("audit finding list", *words)[1]["findings"]] == [code]
    text = run("audit finding list", json=False)[1]
    assert "等 waits for 单位 the unit" in text and f"{UNIT} 整体 the whole" in text
    folder = small_house.registry.folder
    told = by_user(folder, "shen", "audit finding list", "--json")
    assert len(told.json["findings"]) == 2
    shown = mingbai("audit", "finding", "show", folder, "--unit", UNIT, code, "--json")
    assert shown.json["texts"] is None
    assert "金额与发票" not in shown.out


def test_an_evaluation_is_confirmed_by_another_auditor(run: Run, small_house: House) -> None:
    another(small_house, "gu")
    finding = run(*OPEN, "--period", "2026-02")[1]["code"]
    add = ("audit evaluation add", "--period", "2026-02", "--result", "remarks")
    status, told = run(*add, "--words", "附件应更完整")
    code = told["code"]
    assert (status, told["version"], told["state"]) == (0, 1, "waiting")
    status, told = run("audit evaluation confirm", code)
    assert (status, rule_of(told)) == (1, "maker-is-checker")
    assert run("audit evaluation confirm", code, user="gu")[1]["state"] == "published"
    run(*add, "--words", "改写", "--corrects", code, "--note", "复核")
    assert run("audit evaluation back", code, user="gu")[1]["state"] == "returned"
    (one,) = run("audit evaluation list")[1]["evaluations"]
    assert [(each["version"], each["state"], each["behind"]) for each in one["versions"]] == [
        (1, "published", [finding]), (2, "returned", [finding]),
    ]  # fmt: skip
    text = run("audit evaluation list", json=False)[1]
    assert "有意见 with remarks" in text and "重大 high · 待答复 to be answered: 1" in text
    status, told = run(*add, "--words", "改写", "--fund", "F99")
    assert (status, rule_of(told)) == (1, "bad-evaluation")
    status, told = run("audit evaluation add", "--period", "2026-02", "--result", "none",
                       "--words", "x", user="zhou")  # fmt: skip
    assert (status, rule_of(told)) == (1, "not-allowed")


def test_both_are_opened_by_their_references(run: Run, small_house: House) -> None:
    another(small_house, "gu")
    folder = small_house.registry.folder
    number = voucher(small_house).number
    code = run(*OPEN, "--ref", f"{UNIT}/{number}")[1]["code"]
    told = run("audit evaluation add", "--period", "2026-02", "--result", "none", "--words", "略")
    evaluation = told[1]["code"]
    shown = mingbai("show", folder, f"{UNIT}/{code}")
    assert (shown.status, number in shown.out, "金额与发票" in shown.out) == (0, True, False)
    assert mingbai("show", folder, code, "--json").json["state"] == "open"
    assert "不表示意见" in mingbai("show", folder, f"{UNIT}/{evaluation}").out
    for none in ("SJ2026-0099-1", "PJ2026-0099-1"):
        assert mingbai("show", folder, f"{UNIT}/{none}").status == 1
    object_ = (
        "objection add",
        "--ref",
        f"{UNIT}/{evaluation}",
        "--on",
        "2026-03-05",
        "--text",
        "?",
    )
    assert run(*object_, user="zhou")[0] == 0


def test_a_list_writes_nothing(run: Run, small_house: House) -> None:
    run(*OPEN, "--period", "2026-02")
    folder = small_house.registry.folder

    def stands() -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }

    before = stands()
    mingbai("audit", "finding", "list", folder, "--json")
    mingbai("audit", "evaluation", "list", folder, "--user", "shen", MINGBAI_PASSWORD=PASSWORD)
    assert stands() == before
