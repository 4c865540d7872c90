"""The auditor's bench in a real browser: without a mouse, on a phone, every field with its name."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys

from ledger.audit import working_papers
from ledger.audit.drawing import Terms, draw_sample
from tests.audit.bench import another, answered, confirmed, evaluated, opened
from tests.house import UNIT
from tests.web.test_browser import browser
from tests.web.test_desk_browser import Person, person
from tests.web.test_desk_dues_browser import NAMELESS

__all__ = ["browser", "person"]
pytestmark = pytest.mark.browser

BENCH = f"/audit/{UNIT}"
#: Tables that have to be moved sideways.
_WIDER = """return [...document.querySelectorAll('.scroll')]
  .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.scrollWidth)"""


@pytest.fixture
def at_bench(person: Person) -> Iterator[Person]:
    """Findings in several states, and an evaluation."""
    house = person.house
    wrong, other = house.post(house.draft()), house.post(house.draft("30.00", narration="另"))
    row = opened(house, f"{UNIT}/{wrong.number}", severity="high")
    opened(house, f"{UNIT}/{other.number}", severity="low")
    opened(house, f"{UNIT}/funds/2026-03/F01/in")
    answered(house, row.code, house.reverse(wrong).number)
    one = evaluated(house)
    confirmed(house, one.code, another(house, "gu"))
    yield person
    person.browser.set_window_size(1280, 1000)


def kept(person: Person) -> str:
    """The code of the working paper of a sample."""
    registry = person.house.registry
    drawn = draw_sample(registry, Terms(UNIT, 7, 2, "mus", None))
    row = working_papers.keep_sample(registry, drawn, person.house.reader, person.house.now)
    return row.code


def test_a_finding_is_closed_without_a_mouse(at_bench: Person) -> None:
    at_bench.sign_in("shen")
    at_bench.open(f"{BENCH}?state=answered")
    at_bench.find("table[data-rows] a.code").send_keys(Keys.ENTER)
    assert "冲销了它" in at_bench.at("/findings/SJ2026-0001")
    at_bench.find("#coutcome").send_keys("已更正")
    at_bench.find("#closetext").click()
    at_bench.keys("已核对更正凭证。", Keys.TAB, Keys.ENTER)
    told = at_bench.at("done=finding-closed")
    assert "已办结" in told and "已核对更正凭证。" in told


def test_every_page_of_the_bench_names_its_fields_and_fits_a_phone(at_bench: Person) -> None:
    number = quote("收-202603-0002")
    auditors_own = (
        f"{BENCH}/findings/new", f"{BENCH}/papers", f"{BENCH}/papers/{kept(at_bench)}",
    )  # fmt: skip
    pages = (
        BENCH, f"{BENCH}/findings/SJ2026-0001-4", f"{BENCH}/evaluations",
        f"/vouchers/{UNIT}/{number}", f"{BENCH}/tests", f"{BENCH}/query", f"{BENCH}/exports",
        *auditors_own,
    )  # fmt: skip
    for login in ("shen", "zhou"):
        at_bench.sign_in(login)
        for page in pages:
            if login == "zhou" and page in auditors_own:
                continue
            for width in (1280, 390):
                at_bench.browser.set_window_size(width, 900)
                at_bench.open(page)
                at_bench.find("h1")
                wide = "return document.documentElement.scrollWidth - window.innerWidth"
                assert at_bench.browser.execute_script(wide) <= 0, page
                if page.startswith(BENCH):
                    assert at_bench.browser.execute_script(_WIDER) == [], page
            assert at_bench.browser.execute_script(NAMELESS) == [], page
