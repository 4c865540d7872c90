"""The desk in a real browser: a treasurer's month from the statement to the closed book."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from ledger import workflow
from ledger.clock import CHINA
from ledger.registry import imports
from reports.web.app import build_server, create_app
from tests.house import BANK, PASSWORD, UNIT, House, build_house
from tests.web.desk import GIFT_HEAD, PDF, RULES, STATEMENT
from tests.web.test_browser import browser

__all__ = ["browser"]
pytestmark = pytest.mark.browser

NOW = datetime(2026, 4, 2, 9, 0, tzinfo=CHINA)
DESK = f"/desk/{UNIT}/"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Person:
    """Somebody at the browser."""

    def __init__(self, browser: WebDriver, address: str, house: House) -> None:
        self.browser = browser
        self.house = house
        self._address = address

    def sign_in(self, login: str) -> None:
        self.browser.delete_all_cookies()
        self.open("/")
        self.find("#login").send_keys(login)
        self.find("#password").send_keys(PASSWORD)
        self.find(".narrow button[type=submit]").click()
        self.find("main table")

    def open(self, path: str) -> None:
        self.browser.get(f"{self._address}{path}")

    def find(self, css: str) -> WebElement:
        wait = WebDriverWait(self.browser, 20)
        return wait.until(lambda page: page.find_element(By.CSS_SELECTOR, css), f"no {css}")

    def count(self, css: str) -> int:
        return len(self.browser.find_elements(By.CSS_SELECTOR, css))

    def keys(self, *keys: str) -> None:
        """Press keys where the focus is, as without a mouse."""
        ActionChains(self.browser).send_keys(*keys).perform()

    def type(self, **fields: str) -> None:
        for name, text in fields.items():
            field = self.find(f"[name={name}]")
            field.clear()
            field.send_keys(text)

    def set_day(self, day: str) -> None:
        self.browser.execute_script("document.getElementById('day').value = arguments[0]", day)

    def at(self, part: str) -> str:
        """Wait until the address has the part; the page's text."""
        WebDriverWait(self.browser, 20).until(lambda page: part in page.current_url, part)
        return self.find("main").text

    def complaints(self) -> list[str]:
        """What the browser finds severely wrong; that a form was refused (422) is no fault."""
        log = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [
            entry["message"]
            for entry in log
            if entry["level"] == "SEVERE" and "status of 422" not in entry["message"]
        ]

    def waiting(self) -> list[workflow.Waiting]:
        return workflow.waiting(self.house.registry, UNIT)


@pytest.fixture
def person(browser: WebDriver, tmp_path: Path) -> Iterator[Person]:
    house = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    with house.registry.write() as conn:
        imports.add_account(
            conn,
            house.registry.vault,
            imports.MoneyAccount(UNIT, BANK, "bank", "基本户", "6222000000000018", "F01"),
        )
    server = build_server(create_app(house.registry.folder, clock=lambda: NOW), "127.0.0.1", 0)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    found = Person(browser, f"http://127.0.0.1:{server.bind_addr[1]}", house)
    yield found
    assert found.complaints() == []
    server.stop()
    thread.join(timeout=10)
    house.registry.close()


def kept(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def drop(person: Person, name: str, data: bytes, on: str = "form[data-drop]") -> None:
    """Let go of a file over a form, as a hand does."""
    person.browser.execute_script(
        """
        const bytes = Uint8Array.from(atob(arguments[2]), (letter) => letter.charCodeAt(0));
        const files = new DataTransfer();
        files.items.add(new File([bytes], arguments[1]));
        const how = { dataTransfer: files, bubbles: true, cancelable: true };
        document.querySelector(arguments[0]).dispatchEvent(new DragEvent("drop", how));
        """,
        on, name, base64.b64encode(data).decode(),
    )  # fmt: skip


def test_from_a_statement_to_a_posted_voucher_without_a_mouse(
    person: Person, tmp_path: Path
) -> None:
    person.sign_in("zhou")
    person.open(DESK)
    person.find("#files").send_keys(kept(tmp_path, "march.csv", STATEMENT))
    assert "march.csv" in person.find(".chosen").text
    person.find(".drop button[type=submit]").click()
    assert "刚刚导入" in person.at("/statements")
    person.open(DESK)
    person.keys("j", Keys.ENTER)
    person.at("/lines/1")
    # The field of the account has the focus; initials, Tab, fund, and Ctrl+Enter sends.
    person.keys("xzzc", Keys.TAB, "F01", Keys.CONTROL, Keys.ENTER)
    ActionChains(person.browser).key_up(Keys.CONTROL).perform()
    person.at("/lines/2")
    [draft] = person.waiting()
    assert {p.account.split(":")[1] for p in draft.draft.postings} == {
        "504-行政支出", "102-银行存款",
    }  # fmt: skip
    person.keys(Keys.ESCAPE, "n")
    person.at("/lines/3")
    person.keys(Keys.ESCAPE, "d", "等银行回单", Keys.ENTER)
    assert "已处理" in person.at("done=answered")
    person.sign_in("lin")
    person.open(f"{DESK}queue")
    person.keys("j", Keys.ENTER)
    person.at(f"/drafts/{draft.id}")
    person.keys("a")
    assert "500.00" in person.at("/vouchers/")
    assert person.waiting() == []


def test_a_voucher_is_typed_with_initials_and_a_paper_dropped_on_it(person: Person) -> None:
    person.house.post(person.house.draft("500.00", day=date(2026, 3, 1)))
    person.sign_in("zhou")
    person.open(f"{DESK}drafts/new")
    person.set_day("2026-03-05")
    person.type(
        narration="三月办公用品", account0="xzzc", fund0="F01", debit0="120.00",
        account1="10201", fund1="F01", credit1="1,200",
    )  # fmt: skip
    assert "negative" in (person.find("tfoot").get_attribute("class") or "")
    assert person.find("[data-sum=credit]").text == "1,200.00"
    person.type(credit1="120")
    assert "negative" not in (person.find("tfoot").get_attribute("class") or "")
    drop(person, "发票.pdf", PDF)
    drop(person, "误选.png", PICTURE)
    drop(person, "现场.png", PICTURE)
    assert person.count(".chosen li") == 3
    person.find("[aria-label$='误选.png']").click()
    assert [row.text.split(" ")[0] for row in person.browser.find_elements(
        By.CSS_SELECTOR, ".chosen li")] == ["发票.pdf", "现场.png"]  # fmt: skip
    person.find("button[value=draft]").click()
    assert "草稿已送审核" in person.at("done=proposed")
    [draft] = person.waiting()
    assert len(draft.draft.papers) == 2
    person.sign_in("lin")
    person.open(f"{DESK}drafts/{draft.id}")
    person.find(".paper img")
    assert person.browser.execute_script(
        "const i = document.querySelector('.paper img'); i.loading = 'eager';"
        "return i.decode().then(() => i.naturalWidth)"
    ) == 1  # fmt: skip


def test_a_draft_is_returned_with_a_reason_corrected_and_reversed_later(person: Person) -> None:
    person.house.post(person.house.draft("500.00", day=date(2026, 3, 1)))
    draft = person.house.draft("25.00")
    draft_id = workflow.propose(person.house.registry, draft, person.house.maker, NOW)
    person.sign_in("lin")
    person.open(f"{DESK}drafts/{draft_id}")
    person.keys("r", "摘要不清", Keys.ENTER)
    assert "已退回制单人" in person.at("done=returned")
    person.sign_in("zhou")
    person.open(f"{DESK}drafts/{draft_id}")
    person.keys("e")
    assert "摘要不清" in person.at("/edit")
    person.type(narration="三月会费（补缴）")
    person.find("button[value=draft]").click()
    assert "重新送审核" in person.at("done=amended")
    person.sign_in("lin")
    person.open(f"{DESK}drafts/{draft_id}")
    person.keys("a")
    person.at("/vouchers/")
    number = person.browser.current_url
    person.sign_in("zhou")
    person.browser.get(number)
    person.find("a[href$='/reverse']").click()
    person.at("/reverse")
    person.set_day("2026-03-20")
    person.type(reason="重复入账")
    person.find("form[method=post] button[data-key=s]").click()
    assert "冲销草稿已送审核" in person.at("done=reversed")
    [waits] = person.waiting()
    assert waits.draft.narration.endswith("重复入账")


def test_a_month_is_closed_on_its_page(person: Person) -> None:
    person.house.post(person.house.draft("125.00", day=date(2026, 3, 5)))
    person.sign_in("zhou")
    person.open(f"{DESK}months")
    person.find("main form[method=post] button").click()
    assert "2026-03 已结账" in person.at("done=closed")


def test_rules_and_lists_tell_what_is_wrong_where_it_was_typed(
    person: Person, tmp_path: Path
) -> None:
    person.sign_in("zhou")
    person.open(f"{DESK}rules")
    person.type(text=RULES.replace('"1/2"', '"1/3"'))
    person.find("textarea ~ .actions button").click()
    assert "之和须为一" in person.find("#findings").text
    assert person.browser.switch_to.active_element.get_attribute("id") == "findings"
    person.type(text=RULES)
    person.find("textarea ~ .actions button").click()
    assert "摘要含「办公用品」" in person.at("done=rules")
    person.open(f"{DESK}lists")
    person.find("#file").send_keys(kept(tmp_path, "list.csv", b"name\nexample\n"))
    person.find(".drop button[type=submit]").click()
    assert person.find("#findings").text


def test_a_filled_sheet_is_checked_corrected_and_entered(person: Person, tmp_path: Path) -> None:
    """A platform's list with a wrong sum and a wrong day, and then without."""
    person.sign_in("zhou")
    person.open(f"{DESK}lists")
    lines = ["A-1,2026-03-18,,匿名,100.00,0.60,99.40", "A-2,2026-03-19,,匿名,50.00,0.30,{0}"]
    sheet = GIFT_HEAD + "\n".join(lines)
    person.find("#kind [value=donation-export]").click()
    person.find("#file").send_keys(kept(tmp_path, "bad.csv", sheet.format("49.00").encode()))
    person.find("button[value=check]").click()
    assert "1 处不符" in person.find("#findings").text
    assert "捐赠金额不等于平台费用＋到账金额" in person.find("#report").text
    person.find("#file").send_keys(kept(tmp_path, "good.csv", sheet.format("49.70").encode()))
    person.type(account="401", fund="F03", account2="504", fund2="F03")
    person.find("button[value=enter]").click()
    assert "已登记 PT2026-0001-9" in person.find(".done").text
    assert "149.10" in person.find("main").text


def test_the_language_is_switched_and_the_other_one_hidden(person: Person) -> None:
    person.sign_in("shen")
    person.open(f"{DESK}queue")
    person.find("a[href^='/language/en']").click()
    person.find("html.only-en")
    assert (
        "Waiting to be checked" in person.find("h1").text and "等待" not in person.find("h1").text
    )
    person.find("a[href^='/language/zh']").click()
    person.find("html.only-zh")
    assert person.find("h1").text.startswith("等待审核") and "Waiting" not in person.find("h1").text


def test_help_opens_by_its_key_and_pages_by_their_number(person: Person) -> None:
    person.sign_in("zhou")
    person.open(DESK)
    person.keys("?")
    assert person.find("#help").get_attribute("open")
    person.keys("?")
    assert not person.find("#help").get_attribute("open")
    person.keys("2")
    person.at("/drafts/new")


def test_every_page_of_the_desk_fits_a_telephone_with_its_fields_in_sight(
    person: Person, tmp_path: Path
) -> None:
    screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    person.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    person.house.post(person.house.draft("500.00", day=date(2026, 3, 1)))
    draft = workflow.propose(
        person.house.registry, person.house.draft("25.00"), person.house.maker, NOW
    )
    person.sign_in("zhou")
    person.open(DESK)
    person.find("#files").send_keys(kept(tmp_path, "march.csv", STATEMENT))
    person.find(".drop button[type=submit]").click()
    person.at("/statements")
    for path, field in (
        ("", "#q"), ("lines/1", "#narration"), ("drafts/new", "#narration"), ("queue", "table"),
        (f"drafts/{draft}", "table"), (f"drafts/{draft}/edit", "#papers"),
        ("reconcile", "#account"), ("lists", "#file"), ("rules", "textarea"), ("months", "table"),
    ):  # fmt: skip
        person.open(f"{DESK}{path}")
        assert person.find(field).is_displayed(), path
        width = person.browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390, path
