"""The checker: what waits for me, with its papers; I approve it or return it with a reason."""

from __future__ import annotations

from tests.cli.command import UNIT, Office, mingbai


def draft(office: Office, *words: str, amount: str = "100.00", login: str = "zhou") -> str:
    told = office.by(
        login, "draft", "--unit", UNIT, "--date", "2026-04-02", "--narration", "办公用纸",
        "--fund", "F02", "--debit", "50504", amount, "--credit", "10201", amount, "--json", *words,
    )  # fmt: skip
    assert told.status == 0, told.err
    found: str = told.json["draft"]
    return found


def test_a_draft_waits_with_its_paper_and_is_approved(office: Office) -> None:
    receipt = office.folder / "receipt.txt"
    receipt.write_text("发票（示例）", encoding="utf-8")
    name = draft(office, "--paper", str(receipt))
    (waiting,) = office.by("lin", "inbox", "--unit", UNIT, "--json").json["drafts"]
    assert (waiting["id"], waiting["needed"], len(waiting["papers"])) == (name, 1, 1)
    told = office.by("lin", "approve", "--unit", UNIT, name, "--json")
    assert told.json.get("posted") == ["付-202604-0001"], told.out
    shown = office.asks("show", f"{UNIT}/付-202604-0001", "--json").json
    assert shown["papers"][0]["ref"] == f"sha256:{waiting['papers'][0]}"


def test_nobody_approves_their_own_draft_whatever_roles_they_hold(office: Office) -> None:
    name = draft(office)
    assert "not-allowed" in office.zhou("approve", name).err
    given = office.by("admin", "user roles", "--login", "zhou", "--role", f"accountant@{UNIT}")
    assert given.status == 0, given.err
    told = office.zhou("approve", name)
    assert told.status == 1
    assert "制单人不能审核自己的凭证" in told.err
    assert office.zhou("approve", "--all").status == 0  # own drafts are not among them
    assert office.zhou("inbox", "--json").json["drafts"][0]["approvals"] == []


def test_above_the_limit_one_checker_is_not_enough_even_twice(office: Office) -> None:
    name = draft(office, amount="10000.01")
    first = office.by("lin", "approve", "--unit", UNIT, name, "--json").json
    assert first == {"posted": [], "waiting": [{"draft": name, "needed": 2}], "warnings": []}
    assert office.by("lin", "approve", "--unit", UNIT, name).status == 1
    assert office.by("gao", "approve", "--unit", UNIT, name, "--json").json["posted"]


def test_a_returned_draft_says_why_and_is_taken_back_by_its_maker_only(office: Office) -> None:
    name = draft(office)
    assert office.by("lin", "return", "--unit", UNIT, name, "--reason", "缺发票").status == 0
    (waiting,) = office.zhou("inbox", "--json").json["drafts"]
    assert (waiting["state"], waiting["note"]) == ("returned", "缺发票")
    assert "draft-returned" in office.by("lin", "approve", "--unit", UNIT, name).err
    assert "not-your-draft" in office.by("gao", "withdraw", "--unit", UNIT, name).err
    assert office.zhou("withdraw", name).status == 0
    assert not office.zhou("inbox", "--json").json["drafts"]


def test_a_voucher_is_corrected_by_a_reversal_and_only_once(office: Office) -> None:
    name = draft(office)
    (number,) = office.by("lin", "approve", "--unit", UNIT, name, "--json").json["posted"]
    back = office.zhou("reverse", number, "--reason", "重复", "--date", "2026-04-03", "--json")
    assert back.status == 0, back.err
    assert office.by("lin", "approve", "--unit", UNIT, back.json["draft"]).status == 0
    assert office.zhou("reverse", number, "--reason", "再冲").status == 1
    assert office.report("funds", "2026-04")["lines"][1]["amount"] == "46403.37"


def test_the_auditor_and_the_administrator_approve_nothing(office: Office) -> None:
    name = draft(office)
    for login in ("shen", "admin"):
        told = office.by(login, "approve", "--unit", UNIT, name)
        assert (told.status, "not-allowed" in told.err) == (1, True)


def test_a_month_is_reopened_with_a_trace(office: Office) -> None:
    assert office.zhou("reopen", "2026-03", "--reason", " ").status == 1
    assert office.zhou("reopen", "2026-03", "--reason", "漏记一笔利息").status == 0
    assert office.zhou("reopen", "2026-03", "--confirm").status == 1
    assert office.by("lin", "reopen", "--unit", UNIT, "2026-03", "--confirm").status == 0
    assert office.zhou("close", "2026-03").status == 0
    text = (office.unit / "2026" / "03.bean").read_text(encoding="utf-8")
    assert text.count('custom "close" "2026-03"') == 2
    assert 'custom "reopen" "2026-03"' in text
    assert office.asks("check").status == 0


def test_drafts_written_in_an_editor_wait_like_any_other(office: Office) -> None:
    file = office.folder / "by-hand.bean"
    file.write_text(
        '2026-04-05 * "示例文体用品有限公司" "乒乓球"\n'
        "  Expenses:501-职工活动支出:02-文体活动支出  80.00 CNY\n"
        '    fund: "F01"\n'
        "  Assets:102-银行存款:01-工行基本户  -80.00 CNY\n"
        '    fund: "F01"\n',
        encoding="utf-8",
    )
    told = office.zhou("accept", file, "--json")
    assert told.status == 0, told.err
    (name,) = told.json["drafts"]
    assert office.by("lin", "approve", "--unit", UNIT, name).status == 0
    assert mingbai("check", office.folder).status == 0
