"""The audit page inside Fava's frame: every month's numbers, papers, days and seal, which open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from fava.application import create_app as create_fava

from ledger.audit import working_papers
from ledger.audit.completeness import ClassCount, MonthFacts
from ledger.audit.drawing import Terms, draw_sample
from ledger.audit.standing import standings
from ledger.period import Month
from ledger.registry.audit_papers import PaperRow
from reports.web.app import create_app
from reports.web.audit_found import rows_of_findings, rows_of_samples
from reports.web.audit_page import State, rows_of_months, state_words, totals
from tests.audit.bench import TEXT, answered, closed, opened
from tests.house import UNIT, House
from tests.sealing import months
from tests.web.browser import signed_in
from tests.web.conftest import Desk, small_desk

PAGE = f"/books/{UNIT}/extension/Audit/"


@pytest.fixture(scope="module")
def sealed_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """January and February are closed, January is sealed, March is open."""
    house = months.build(tmp_path_factory.mktemp("audit") / "federation")
    months.seal(house, months.JANUARY)
    yield Desk(create_app(house.registry.folder, clock=lambda: house.now), house, "", "")
    house.registry.close()


def page(desk: Desk, path: str = PAGE) -> str:
    answer = desk.client("shen").get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def test_each_month_says_how_far_it_is(sealed_desk: Desk) -> None:
    text = page(sealed_desk)
    assert re.search(r"2026-01</a>.*?已封存.*?[0-9a-f]{16}…", text, re.DOTALL)
    assert re.search(r"2026-02</a>.*?已结账", text, re.DOTALL)
    assert re.search(r"2026-03</a>.*?未结账", text, re.DOTALL)
    for figure in ("2 / 3", "1 / 3", "0 %"):
        assert figure in text, figure


def test_every_figure_opens(sealed_desk: Desk) -> None:
    text = page(sealed_desk)
    body = text.partition('<div class="mingbai-funds')[2]
    addresses = {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"]+)"', body)}
    assert {one.split("/")[1] for one in addresses} == {"vouchers", "audit", "desk"}
    for address in addresses:
        assert sealed_desk.client("shen").get(address).status_code == 200, address
    found = page(sealed_desk, f"/vouchers/{UNIT}/?period=2026-01&q=%E6%94%B6-202601")
    assert "共 2 张凭证" in found


def test_another_year_is_chosen_by_favas_filter(sealed_desk: Desk) -> None:
    assert "本年没有凭证" in page(sealed_desk, f"{PAGE}?time=2024")
    for odd in ("x", "9999", "2026-02-31", "day-1", "1 - 2"):
        sealed_desk.client("shen").get(f"{PAGE}?time={odd}")


def test_no_words_of_a_query_stand_in_an_address(sealed_desk: Desk) -> None:
    assert "SELECT" not in page(sealed_desk)
    answer = signed_in(sealed_desk.app, "shen").get(
        f"/audit/{UNIT}/query?example=no-papers&period=2026-02"
    )
    text = answer.get_data(as_text=True)
    assert "papers = 0" in text
    assert 'value="2026-02"' in text


def test_gaps_are_named() -> None:
    gap = ClassCount("收", 2, 4, (2, 3), ())
    none = ClassCount("付", 0, 0, (), ())
    many = ClassCount("转", 1, 9, tuple(range(1, 9)), (9,))
    facts = MonthFacts(Month(2026, 3), (gap, none, many), 3, 1, 0, 9)
    [row] = rows_of_months("u", [facts], {})
    assert row.gaps[:2] == ("收-202603-0002", "收-202603-0003")
    assert row.gaps[-2:] == ("转-202603-0009 ×2", "+3")
    assert [one.is_wrong for one in row.classes] == [True, False, True]
    assert row.papers.share == 33
    _, gaps, with_papers, closed, _ = totals("u", 2026, [facts], {"2026-03": State("closed")})
    assert (gaps.text, gaps.is_wrong, with_papers.is_wrong, closed.text) == (
        "11", True, True, "1 / 1",
    )  # fmt: skip


def test_outside_of_our_desk_nothing_opens() -> None:
    facts = MonthFacts(Month(2026, 3), (ClassCount("收", 1, 1, (), ()),), 1, 1, 0, 0)
    [row] = rows_of_months("", [facts], {})
    assert (row.href, row.papers.href, row.days.href, row.seal_href) == ("", "", "", "")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State(), "open"), (State("reopened"), "opened again"), (State("closed"), "closed"),
        (State("sealed", "ab", 1), "sealed"), (State("sealed", "ab", 2), "sealed, version 2"),
        (State("covered"), "sealed with a later month"),
    ],
)  # fmt: skip
def test_states_are_said_in_words(state: State, said: str) -> None:
    assert state_words(state).en == said


# ---- findings and samples ----------------------------------------------------------------------


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Desk]:
    """A voucher that is wrong and its reversal, findings of it and of a year before, a sample."""
    found = small_desk(tmp_path)
    house = found.house
    wrong = house.post(house.draft("900.00"))
    row = opened(house, f"{UNIT}/{wrong.number}", severity="high")
    answered(house, row.code, house.reverse(wrong).number)
    opened(house, "", period="2025", severity="low")
    yield found
    house.registry.close()


def drawn(house: House) -> str:
    """The code of the working paper of a sample, of which one item was looked at."""
    sample = draw_sample(house.registry, Terms(UNIT, 7, 2, "mus", None))
    row = working_papers.keep_sample(house.registry, sample, house.reader, house.now)
    working_papers.note(
        house.registry, UNIT, row.code, 1, "seen", "", house.reader, house.now
    )  # fmt: skip
    return row.code


def test_findings_of_the_year_lead_to_their_page_voucher_and_correction(audited: Desk) -> None:
    text = page(audited)
    assert re.search(
        rf'href="/audit/{UNIT}/findings/SJ2026-0001-[^"]+".*?重大.*?{quote("收-202603-0001")}.*?'
        rf'已答复.*?{quote("收-202603-0002")}', text, re.DOTALL,
    ), text  # fmt: skip
    assert "SJ2026-0002" not in text
    assert re.search(rf'各年未办结 <a href="/audit/{UNIT}"[^>]*>2</a> 项', text)
    assert TEXT not in text and "欧阳" not in text
    assert "SJ2026-0002" in page(audited, f"{PAGE}?time=2025")
    for address in set(re.findall(r'href="(/[^"]+)" data-remote', text)):
        answer = audited.client("shen").get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address


def test_samples_are_shown_to_auditors_alone(audited: Desk) -> None:
    code = drawn(audited.house)
    text = page(audited)
    assert f'href="/audit/{UNIT}/papers/{code}"' in text
    assert re.search(r"货币单元抽样.*?>7<.*?1 / 2", text, re.DOTALL)
    other = audited.client("zhou").get(PAGE).get_data(as_text=True)
    assert "审计发现" in other and f"/audit/{UNIT}/exports" in other
    for secret in (code, "货币单元抽样", f"/audit/{UNIT}/papers"):
        assert secret not in other, secret


def test_no_header_makes_an_auditor(audited: Desk) -> None:
    code = drawn(audited.house)
    for name in ("mingbai.rights", "Mingbai-Rights", "X-mingbai.rights"):
        answer = audited.client("zhou").get(f"{PAGE}?mingbai.rights=audit", headers={name: "audit"})
        assert code not in answer.get_data(as_text=True)


def test_open_findings_stand_first_and_days_end_with_them(audited: Desk) -> None:
    house = audited.house
    code = standings(house.registry, [UNIT])[0].row.code
    closed(house, code)
    rows = rows_of_findings(UNIT, standings(house.registry, [UNIT]), date(2026, 12, 31))
    assert [(row.is_open, row.state.en, row.severity.en) for row in rows] == [
        (True, "to be answered", "low"), (False, "closed", "high"),
    ]  # fmt: skip
    assert [row.days for row in rows] == [(date(2026, 12, 31) - house.now.date()).days, 0]
    assert rows[1].correction.text == "收-202603-0002"
    assert rows[0].voucher.text == "" and rows[0].what.en


def test_outside_of_our_desk_no_finding_opens(audited: Desk) -> None:
    rows = rows_of_findings("", standings(audited.house.registry, [UNIT]), date(2026, 12, 31))
    assert {(row.href, row.voucher.href, row.correction.href) for row in rows} == {("", "", "")}


def test_runs_and_samples_say_how_much_of_them_was_looked_at() -> None:
    def row(kind: str, terms: str) -> PaperRow:
        return PaperRow("u", "DG2026-0001", kind, "1", terms, 3, "ab" * 32, "u-1", "2026-03-01")

    sample, run = rows_of_samples(
        "u",
        [
            (row("sample", '{"method": "random", "seed": 7}'), 30, 10),
            (row("run", '{"tests": {"gaps": "x"}}'), 0, 0),
        ],
    )
    assert (sample.method.en, sample.seed, sample.share) == ("at random", "7", 33)
    assert (run.method.zh, run.seed, run.share, run.chain) == ("审计程序", "", 0, "ab" * 8)


def test_a_fava_that_somebody_runs_alone_shows_what_the_text_says(audited: Desk) -> None:
    """No registry, so no findings, no samples, no links into a desk."""
    book = audited.house.registry.folder / "units" / UNIT / "book.bean"
    client = create_fava([book]).test_client()
    home = client.get("/").headers["Location"].strip("/").split("/")[0]
    text = client.get(f"/{home}/extension/Audit/", headers={"mingbai.rights": "audit"}).text
    assert "2026-03" in text and "断号" in text
    for absent in ("审计发现", "底稿", 'href="/audit/', 'href="/desk/'):
        assert absent not in text, absent
