"""The pages of dues in a real browser: without a mouse, on a phone, every field with its name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from selenium.webdriver.common.keys import Keys

from ledger.period import Month
from ledger.registry import users
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import PASSWORD, UNIT
from tests.web.test_desk_browser import NOW, Person, browser, person

__all__ = ["browser", "person"]
pytestmark = pytest.mark.browser

DESK = f"/desk/{UNIT}"
PAGES = (
    "dues", "cash", "cash?member=002", "receipts", "receipts/2026/1", "credits?member=001",
    "arrears", "write-offs?claim=002", "remit", "levies", "uses",
)  # fmt: skip
#: Fields without a name, and tables whose columns have none.
NAMELESS = """
return [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")]
  .filter(one => !one.labels.length && !one.getAttribute("aria-label"))
  .concat([...document.querySelectorAll("main table")]
    .filter(one => !one.caption || [...one.querySelectorAll("thead th")].some(th => !th.scope)))
  .map(one => one.outerHTML.slice(0, 120))
"""


@pytest.fixture
def at_dues(person: Person) -> Iterator[Person]:
    """Two members with dues of three months; the first has paid more than they owe."""
    roll = Roll(person.house)
    for _ in range(2):
        roll.add(since=date(2026, 1, 1))
    for month in (1, 2, 3):
        roll.assess(Month(2026, month))
    Till(roll).pay(roll.members[0], "100.00")
    with person.house.registry.write() as conn:
        roles = frozenset({(UNIT, "cashier")})
        users.add(conn, login="qian", password=PASSWORD, roles=roles, now=NOW)
    yield person
    person.browser.set_window_size(1280, 1000)


def test_a_cashier_takes_cash_without_a_mouse(at_dues: Person) -> None:
    at_dues.sign_in("qian")
    at_dues.open(f"{DESK}/cash")
    at_dues.keys("002", Keys.ENTER)
    assert "示例会员002" in at_dues.at("member=002")
    at_dues.find("#amount")
    at_dues.keys("31.00", Keys.ENTER)
    told = at_dues.at("/receipts/2026/2")
    assert "收据 2026-000002 已开出" in told and "30.01" in told and "0.99" in told
    assert at_dues.find("form[action$='/print'] button").text


def test_every_page_of_dues_names_its_fields_and_fits_a_phone(at_dues: Person) -> None:
    at_dues.sign_in("zhou")
    for page in PAGES:
        for width in (1280, 390):
            at_dues.browser.set_window_size(width, 900)
            at_dues.open(f"{DESK}/{page}")
            at_dues.find("h1")
            wide = "return document.documentElement.scrollWidth - window.innerWidth"
            assert at_dues.browser.execute_script(wide) <= 0, page
        assert at_dues.browser.execute_script(NAMELESS) == [], page


def test_a_month_is_reckoned_and_entered_by_keys(at_dues: Person) -> None:
    at_dues.sign_in("zhou")
    at_dues.open(f"{DESK}/dues")
    at_dues.type(month="2026-04")
    at_dues.keys(Keys.ENTER)
    assert "尚未登记" in at_dues.find("#looked").text
    at_dues.keys("s")
    assert "2026-04 的会费已登记" in at_dues.at("done=assessed")
