"""A finding: opened, answered, returned, closed; its correction is asked of the journal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.audit import correcting, findings
from ledger.audit.standing import Standing, counts, of_subject, standing, standings
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.registry import audit_findings as table
from ledger.registry import oplog, papers
from tests.audit.bench import TEXT, another, answered, closed, opened, voucher
from tests.house import UNIT, House


def found(house: House, code: str) -> Standing:
    with house.registry.read() as conn:
        return standing(conn, UNIT, code)


def shown(house: House, code: str) -> list[tuple[str, str, bool]]:
    """What the finding shows of its correction by itself."""
    one = found(house, code)
    with house.registry.read() as conn:
        every = correcting.corrections(conn, one.row, one.acts)
    return [(each.number, each.how, each.said) for each in every]


def test_what_is_written_of_it_is_sealed_and_the_log_holds_codes(house: House) -> None:
    row = opened(house, f"{UNIT}/{voucher(house).number}")
    assert row.code.startswith("SJ2026-0001-")
    assert (row.kind, row.subject, row.period) == ("voucher", "收-202603-0001", "2026-03")
    answered(house, row.code, text="欧阳文远说已退款。")
    one = found(house, row.code)
    assert (one.state, one.waits_for, one.reference) == (
        "answered", "auditor", f"{UNIT}/收-202603-0001",
    )  # fmt: skip
    with house.registry.read() as conn:
        stored = table.acts_of(conn, UNIT, row.code)
        told = [act.detail + act.object for act in oplog.entries(conn)]
        assert {"audit-finding.open", "audit-finding.answered"} <= {
            act.action for act in oplog.entries(conn)
        }
    for text in (repr(one.as_json()), *told):
        assert "欧阳" not in text and "138" not in text
    assert "欧阳".encode() not in row.sealed + stored[0].sealed
    for reader in (house.reader, house.maker, house.checker):
        assert findings.texts_of(house.registry, one, reader) == [TEXT, "欧阳文远说已退款。"]
    with pytest.raises(NotAllowed):
        findings.texts_of(house.registry, one, house.administrator)


def test_a_text_that_was_moved_to_another_row_does_not_open(house: House) -> None:
    one, other = opened(house, "", period="2026"), opened(house, "", period="2026", text="另")
    moved = Standing(replace(one, sealed=other.sealed), ())
    with pytest.raises(CannotRun, match="sealed"):
        findings.texts_of(house.registry, moved, house.reader)


def test_the_reversal_corrects_it_and_the_auditor_closes(house: House) -> None:
    wrong = voucher(house)
    row = opened(house, f"{UNIT}/{wrong.number}", severity="high")
    assert shown(house, row.code) == []
    with pytest.raises(Refused, match="not-corrected"):
        closed(house, row.code)
    reversal = house.reverse(wrong)
    assert shown(house, row.code) == [(reversal.number, "reversal", False)]
    answered(house, row.code, reversal.number)
    assert shown(house, row.code) == [(reversal.number, "reversal", True)]
    one = closed(house, row.code)
    assert (one.state, one.outcome, one.waits_for) == ("closed", "corrected", "")
    assert [act.act for act in found(house, row.code).acts] == ["answered", "closed"]


def test_what_the_journal_shows_is_closed_without_an_answer_but_nothing_else_is(
    house: House,
) -> None:
    wrong = voucher(house)
    row = opened(house, f"{UNIT}/{wrong.number}")
    house.reverse(wrong)
    with pytest.raises(Refused, match="has not answered"):
        closed(house, row.code, "explained")
    assert closed(house, row.code).state == "closed"


def test_a_voucher_that_links_the_finding_corrects_it(house: House) -> None:
    row = opened(house, f"{UNIT}/{voucher(house).number}")
    later = voucher(house, narration="补记", links=(row.code,))
    assert shown(house, row.code) == [(later.number, "linked", False)]
    answered(house, row.code, f"{UNIT}/{later.number}")
    assert found(house, row.code).voucher == later.number
    assert closed(house, row.code).outcome == "corrected"


def test_a_voucher_that_links_the_other_by_its_id_corrects_it(house: House) -> None:
    wrong = voucher(house)
    row = opened(house, wrong.number)
    later = voucher(house, narration="补记", links=(wrong.id,))
    assert answered(house, row.code, later.number).voucher == later.number


def test_what_was_reversed_and_entered_again_from_its_source_is_shown(house: House) -> None:
    wrong = voucher(house, source="rule:fee-7")
    row = opened(house, wrong.number)
    reversal = house.reverse(wrong)
    again = voucher(house, amount="26.00", source="rule:fee-7")
    assert shown(house, row.code) == [
        (reversal.number, "reversal", False), (again.number, "again", False),
    ]  # fmt: skip


def test_a_correction_is_never_taken_on_trust(house: House) -> None:
    wrong, before = voucher(house), voucher(house, narration="之前")
    row = opened(house, wrong.number)
    later = voucher(house, narration="无关")
    waits = house.draft(narration="草稿", links=(row.code,))
    for number, told in (
        ("收-202603-0099", "has no such voucher"),
        ("付-202604-0001", "has no such voucher"),
        ("other/收-202603-0001", "has no such voucher"),
        ("dr-ABCDE", "has no such voucher"),
        (before.number, "posted before"),
        (wrong.number, "posted before"),
        (later.number, "neither reverses"),
    ):
        with pytest.raises(Refused, match=told):
            answered(house, row.code, number)
    assert found(house, row.code).acts == ()
    linked = house.post(waits)
    assert answered(house, row.code, linked.number).state == "answered"


def test_a_voucher_of_another_unit_with_the_same_number_is_none(house: House) -> None:
    """Numbers count in each unit: what stands in another's journal corrects nothing here."""
    wrong = voucher(house)
    row = opened(house, wrong.number)
    moved = replace(row, unit="other")
    with house.registry.read() as conn:
        assert correcting.how(conn, moved, wrong.number) is None
        (fault,) = correcting.faults(conn, moved, wrong.number)
    assert fault.rule == "not-a-correction"


def test_only_who_has_the_right_does_each_step(house: House) -> None:
    row = opened(house, voucher(house).number)
    registry, now = house.registry, house.now
    strangers = (house.maker, house.checker, house.administrator)
    for user in strangers:
        with pytest.raises(NotAllowed):
            findings.open_finding(
                registry, findings.Said(UNIT, "", "2026", "low", "x"), user, now, lambda ref: ref
            )
        with pytest.raises(NotAllowed):
            findings.withdraw(registry, UNIT, row.code, "x", user, now)
        with pytest.raises(NotAllowed):
            findings.close(registry, UNIT, row.code, "explained", "x", user, now)
        with pytest.raises(NotAllowed):
            findings.send_back(registry, UNIT, row.code, "x", user, now)
    for user in (house.reader, house.checker, house.administrator):
        with pytest.raises(NotAllowed):
            findings.answer(registry, UNIT, row.code, "x", user, now)
    assert found(house, row.code).acts == ()


def test_an_answer_that_does_not_satisfy_is_returned_and_given_again(house: House) -> None:
    row = opened(house, voucher(house).number)
    with pytest.raises(Refused, match="finding-state"):
        findings.send_back(house.registry, UNIT, row.code, "不清楚", house.reader, house.now)
    answered(house, row.code, text="无误。")
    with pytest.raises(Refused, match="finding-state"):
        answered(house, row.code)
    findings.send_back(house.registry, UNIT, row.code, "请附合同。", house.reader, house.now)
    assert (found(house, row.code).state, found(house, row.code).waits_for) == ("returned", "unit")
    answered(house, row.code, text="合同见附件。")
    closed(house, row.code, "explained")
    assert [act.act for act in found(house, row.code).acts] == [
        "answered", "returned", "answered", "closed",
    ]  # fmt: skip


def test_nothing_follows_a_closing_or_a_withdrawal(house: House) -> None:
    row, other = opened(house, voucher(house).number), opened(house, "", period="2026-03")
    answered(house, row.code)
    with pytest.raises(Refused, match="shows nothing that corrects"):
        closed(house, row.code, "corrected")
    closed(house, row.code, "accepted")
    findings.withdraw(house.registry, UNIT, other.code, "提错", house.reader, house.now)
    for code in (row.code, other.code):
        with pytest.raises(Refused, match="finding-state"):
            answered(house, code)
        with pytest.raises(Refused, match="finding-state"):
            closed(house, code, "explained")
        for act in (findings.send_back, findings.withdraw):
            with pytest.raises(Refused, match="finding-state"):
                act(house.registry, UNIT, code, "x", house.reader, house.now)


def test_who_opened_it_alone_withdraws_it_and_before_an_answer(house: House) -> None:
    row = opened(house, voucher(house).number)
    other = another(house, "gu")
    with pytest.raises(NotAllowed, match="not-your-finding"):
        findings.withdraw(house.registry, UNIT, row.code, "x", other, house.now)
    answered(house, row.code)
    with pytest.raises(Refused, match="finding-state"):
        findings.withdraw(house.registry, UNIT, row.code, "x", house.reader, house.now)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"severity": "grave"}, "high, medium, low"),
        ({"period": "03/2026"}, "say its period"),
        ({"period": ""}, "say its period"),
        ({"period": "2027-01"}, "not begun"),
        ({"text": " "}, "not empty"),
        ({"text": "长" * 4001}, "up to 4000"),
        ({"origin": "guess"}, "comes from"),
        ({"origin": "test"}, "which test"),
        ({"origin": "test", "origin_name": "gaps"}, "its name and digest"),
        ({"origin": "test", "origin_name": "gaps", "digest": "abc"}, "64 hexadecimal"),
        ({"origin": "sample", "origin_name": "s 7"}, "which test or sample"),
        ({"origin_name": "gaps"}, "of others nothing"),
    ],
)
def test_what_is_said_of_it_is_looked_at(house: House, changed: dict[str, str], told: str) -> None:
    with pytest.raises(Refused, match=told):
        opened(house, "", **({"period": "2026-03"} | changed))


@pytest.mark.parametrize(
    "reference",
    ["收-202603-0009", "other/收-202603-0001", "FA-00001", "JZ2026-0001-5", "sha256:" + "0" * 64,
     "tiny", "dr-ABCDE", "../x", "收-202603-0001 ", "x" * 200],
)  # fmt: skip
def test_a_subject_that_is_none_is_refused(house: House, reference: str) -> None:
    voucher(house, narration="一张")
    if reference.strip() != reference:
        assert opened(house, reference).subject == "收-202603-0001"
        return
    with pytest.raises(Refused, match="no such voucher"):
        opened(house, reference, period="2026")


def test_it_may_be_of_a_figure_a_paper_or_the_whole(house: House) -> None:
    digest = papers.store_bytes(
        house.registry, UNIT, b"%PDF-1.4 x", "x.pdf", user=house.maker.id, now=house.now
    )
    paper = opened(house, f"sha256:{digest}", period="2026-03")
    figure = opened(house, f"{UNIT}/funds/2026-Q1/F01/in")
    whole = opened(house, "", period="2026", origin="sample", origin_name="s-7")
    test = opened(house, "", period="2026", origin="test", origin_name="gaps", digest="0" * 64)
    assert [
        (one.row.kind, one.row.period, one.reference)
        for one in standings(house.registry, [UNIT])
        if one.row.code in (paper.code, figure.code, whole.code)
    ] == [
        ("paper", "2026-03", f"sha256:{digest}"),
        ("figure", "2026-Q1", f"{UNIT}/funds/2026-Q1/F01/in"),
        ("whole", "2026", ""),
    ]
    assert (test.origin, test.origin_name) == ("test", "gaps")
    before = voucher(house)
    later = opened(house, "", period="2026")
    with pytest.raises(Refused, match="posted before"):
        answered(house, later.code, before.number)
    after = voucher(house, narration="更正")
    assert answered(house, later.code, after.number).voucher == after.number
    assert closed(house, later.code).outcome == "corrected"


def test_a_figure_that_opens_nothing_is_none(house: House) -> None:
    def opens(ref: str) -> object:
        raise Refused(findings._bad("打不开", f"{ref} opens nothing"))

    said = findings.Said(UNIT, f"{UNIT}/funds/2026-03/F99/in", "", "low", "x")
    with pytest.raises(Refused, match="opens nothing"):
        findings.open_finding(house.registry, said, house.reader, house.now, opens)


def test_how_they_stood_on_a_day_and_how_many_there_are(house: House) -> None:
    row = opened(house, voucher(house).number, severity="high")
    opened(house, "", period="2026", severity="low")
    house.now = house.later(days=1)
    answered(house, row.code)
    house.now = house.later(days=1)
    opened(house, "", period="2026", severity="low")
    registry, day = house.registry, house.now.date()
    states = [
        [one.state for one in standings(registry, [UNIT], day.replace(day=day.day - back))]
        for back in (3, 2, 1, 0)
    ]
    assert states == [[], ["open", "open"], ["answered", "open"], ["answered", "open", "open"]]
    assert counts(standings(registry, [UNIT])) == [
        {"severity": "high", "state": "answered", "count": 1},
        {"severity": "low", "state": "open", "count": 2},
    ]
    with registry.read() as conn:
        (one,) = of_subject(conn, UNIT, row.subject)
    assert (one.row.code, one.since) == (row.code, "2026-03-06")
