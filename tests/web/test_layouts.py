"""The wizard's pages without a script: who may call them, what they keep, and what they refuse."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from importers.profile import saved_profiles
from importers.wizard_golden import check_saved
from ledger.registry import oplog, statement_files
from reports.web.app import create_app
from tests.house import BANK, UNIT, House
from tests.importers import files
from tests.importers.layouts import Columns, balance, came, day, memo, name, ref, table, went
from tests.importers.truth import movements
from tests.web.desk import NOW, Browser, house

__all__ = ["house"]

COLUMNS: Columns = {
    "哪日": day, "进了": came, "花了": went, "还剩": balance, "谁": name, "说啥": memo, "编码": ref,
}  # fmt: skip
PLAIN: Columns = {key: cell for key, cell in COLUMNS.items() if key != "还剩"}
PLACE = f"/desk/{UNIT}/layouts"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at_desk(house: House, clock: Clock) -> Iterator[dict[str, Browser]]:
    app = create_app(house.registry.folder, clock=clock)
    yield {login: Browser(app.test_client(), login) for login in ("zhou", "lin", "gao", "shen")}


def statement(columns: Columns = COLUMNS, count: int = 20) -> bytes:
    return files.text([["账号：6222000000000018"], *table(movements(count), columns)])


def bring(browser: Browser, data: bytes, file: str = "town.csv") -> str:
    """Send a file to the wizard; the address of its page."""
    answer = browser.send(PLACE, PLACE, file=(io.BytesIO(data), file))
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    return answer.headers["Location"]


def chosen(page: str) -> dict[str, str]:
    """What the form's select boxes say."""
    found = {}
    for box in re.finditer(r'<select id="(role[0-9]+|came|went)".*?</select>', page, re.DOTALL):
        option = re.search(r'value="([^"]*)" selected', box[0])
        found[box[1]] = option[1] if option else ""
    return found


def test_a_refused_statement_waits_for_its_layout_and_is_imported_from_there(
    house: House, at_desk: dict[str, Browser], profiles_folder: Path
) -> None:
    zhou = at_desk["zhou"]
    sent = {"files": (io.BytesIO(statement()), "town.csv")}
    page = zhou.send(f"/desk/{UNIT}/", f"/desk/{UNIT}/statements", **sent).get_data(as_text=True)
    found = re.search(rf'href="({PLACE}/[\w-]+)"', page)
    assert found and "识别版式" in page and "mingbai profile" not in page
    shown = zhou.get(found[1])
    assert "20 行，余额逐行相接，0 处断开" in shown
    assert not list(house.registry.folder.rglob("*.csv")) and not profiles_folder.exists()
    kept = zhou.send(found[1], found[1], act="keep", title="Town", **chosen(shown))
    assert kept.headers["Location"] == f"/desk/{UNIT}/?done=layout+1"
    assert [one.id for one in saved_profiles()] == ["town"]
    assert [one.findings for one in check_saved()] == [()]
    with house.registry.read() as conn:
        (file,) = statement_files.files(conn, UNIT)
        acts = [one for one in oplog.entries(conn, UNIT) if one.action == "layout.keep"]
    assert (file.profile, file.account, file.rows) == ("town", BANK, 20)
    assert [(one.object, "P4 pass" in one.detail) for one in acts] == [("town", True)]
    assert "不在" in zhou.get(found[1], 422)


def test_a_role_chosen_again_is_read_again_and_money_told_wrongly_is_caught(
    at_desk: dict[str, Browser],
) -> None:
    zhou = at_desk["zhou"]
    place = bring(zhou, statement())
    roles = chosen(zhou.get(place))
    assert roles["role4"] == "counterparty"
    other = roles | {"role4": "memo"}
    page = zhou.send(place, place, act="look", **other).get_data(as_text=True)
    assert "0 处断开" in page and chosen(page)["role4"] == "memo"
    turned = roles | {"role1": "out", "role2": "in"}
    page = zhou.send(place, place, act="look", **turned).get_data(as_text=True)
    assert "不足以确认" in page and "保存版式并导入" not in page
    answer = zhou.send(place, place, act="keep", **turned)
    assert answer.status_code == 422 and saved_profiles() == ()
    missing = roles | {"role1": "", "role2": ""}
    page = zhou.send(place, place, act="look", **missing).get_data(as_text=True)
    assert "还缺" in page and chosen(page)["role0"] == "date"


def test_what_no_balance_proves_is_kept_only_when_a_person_says_it_was_compared(
    at_desk: dict[str, Browser],
) -> None:
    zhou = at_desk["zhou"]
    place = bring(zhou, statement(PLAIN))
    roles = chosen(zhou.get(place)) | {
        "role0": "date", "role1": "in", "role2": "out", "role4": "memo",
    }  # fmt: skip
    assert "没有余额可以证明" in zhou.send(place, place, act="look", **roles).get_data(as_text=True)
    assert zhou.send(place, place, act="keep", **roles).status_code == 422
    assert saved_profiles() == ()
    assert zhou.send(place, place, act="keep", sure="yes", **roles).status_code == 303
    assert len(saved_profiles()) == 1


def test_a_file_is_its_owners_alone_for_an_hour_and_may_be_discarded(
    at_desk: dict[str, Browser], clock: Clock
) -> None:
    zhou = at_desk["zhou"]
    place = bring(zhou, statement())
    for login in ("lin", "gao", "shen"):
        page = at_desk[login]._client.get(place)
        assert page.status_code in (403, 422) and "进了" not in page.get_data(as_text=True)
    assert zhou.get(place.replace(UNIT, "other"), 403)
    clock.now += timedelta(minutes=59)
    zhou.get(place)
    clock.now += timedelta(minutes=2)
    assert "只保留一小时" in zhou.get(place, 422)
    place = bring(zhou, statement())
    assert zhou.send(place, place, act="drop").status_code == 303
    zhou.get(place, 422)


def test_only_so_many_files_wait_and_none_is_larger_than_a_form(
    at_desk: dict[str, Browser],
) -> None:
    zhou = at_desk["zhou"]
    places = [bring(zhou, statement(count=7 + n)) for n in range(6)]
    zhou.get(places[0], 422)
    zhou.get(places[-1])
    large = {"file": (io.BytesIO(b"x" * (25 * 1024 * 1024)), "large.csv")}
    assert zhou.send(PLACE, PLACE, **large).status_code == 413


def test_a_password_is_asked_at_each_step_and_kept_nowhere(
    at_desk: dict[str, Browser], house: House, profiles_folder: Path
) -> None:
    zhou = at_desk["zhou"]
    data = files.locked_xlsx(files.xlsx(table(movements(20), COLUMNS)), "geheim-321")
    place = bring(zhou, data, "locked.xlsx")
    asked = zhou.get(place)
    assert 'type="password"' in asked and "进了" not in asked
    wrong = zhou.send(place, place, act="look", password="no")
    assert wrong.status_code == 422
    page = zhou.send(place, place, act="look", password="geheim-321").get_data(as_text=True)
    assert "进了" in page and "geheim-321" not in page
    assert "进了" not in zhou.get(place)
    roles = chosen(page) | {"account": BANK}
    assert zhou.send(place, place, act="keep", **roles).status_code == 422
    kept = zhou.send(place, place, act="keep", password="geheim-321", **roles)
    assert kept.status_code == 303
    on_disk = [*house.registry.folder.rglob("*"), *profiles_folder.rglob("*")]
    assert not any(b"geheim-321" in path.read_bytes() for path in on_disk if path.is_file())


def test_a_layout_that_was_kept_stays_when_the_import_needs_an_account_first(
    at_desk: dict[str, Browser],
) -> None:
    """A statement that names no account of the unit: the layout is known, the account is asked."""
    zhou = at_desk["zhou"]
    place = bring(zhou, files.text([["账号：6222999999999999"], *table(movements(20), COLUMNS)]))
    answer = zhou.send(place, place, act="keep", **chosen(zhou.get(place)))
    assert answer.status_code == 422 and len(saved_profiles()) == 1
    assert "这个版式已经认识" in zhou.get(place)


def test_a_folder_that_cannot_be_written_to_is_told(
    at_desk: dict[str, Browser], profiles_folder: Path
) -> None:
    zhou = at_desk["zhou"]
    place = bring(zhou, statement())
    roles = chosen(zhou.get(place))
    profiles_folder.parent.mkdir(parents=True)
    profiles_folder.write_text("a file where the folder should be", encoding="utf-8")
    answer = zhou.send(place, place, act="keep", **roles)
    assert answer.status_code == 422 and "不能写入" in answer.get_data(as_text=True)


def test_a_wallets_bill_that_drifted_keeps_what_the_house_says_of_its_statuses(
    at_desk: dict[str, Browser], house: House
) -> None:
    """No balance proves it: the words of its flag are offered, and a person looks at each line."""
    head = ["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "支付方式", "当前状态",
            "账单编号", "商户单号", "备注"]  # fmt: skip
    body = [
        [f"2026-03-{n + 1:02d} 10:00:00", "转账", "示例", f"会费{n}", "支出" if n % 3 else "收入",
         f"¥{n + 1}.00", "零钱", "提现失败" if n == 5 else "支付成功", f"10000000000{n}", "/", "/"]
        for n in range(8)
    ]  # fmt: skip
    zhou = at_desk["zhou"]
    data = files.text([head, *body])
    sent = {"files": (io.BytesIO(data), "w.csv")}
    page = zhou.send(f"/desk/{UNIT}/", f"/desk/{UNIT}/statements", **sent).get_data(as_text=True)
    found = re.search(rf'href="({PLACE}/[\w-]+)"', page)
    assert found
    shown = zhou.get(found[1])
    assert "wechat-personal" in shown and "<del>交易单号</del>" in shown
    roles = chosen(shown) | {"role8": "bank_ref", "account": BANK}
    assert (roles["came"], roles["went"]) == ("收入", "支出")
    told = zhou.send(found[1], found[1], act="look", **roles).get_data(as_text=True)
    assert "7 行，没有余额可以证明" in told and "将搁置的行" in told
    kept = zhou.send(found[1], found[1], act="keep", sure="yes", **roles)
    assert kept.status_code == 303
    (saved,) = saved_profiles()
    assert saved.id == "wechat-personal-2" and "支付成功" in saved.good and not saved.totals
    with house.registry.read() as conn:
        (file,) = statement_files.files(conn, UNIT)
    assert file.profile == "wechat-personal-2"


def test_a_file_without_a_table_and_no_file_at_all_are_told(at_desk: dict[str, Browser]) -> None:
    zhou = at_desk["zhou"]
    assert "找不到表头" in zhou.get(bring(zhou, b"no table\n"), 422)
    assert "文件为空" in zhou.get(bring(zhou, b""), 422)
    assert zhou.send(PLACE, PLACE).status_code == 422
    hostile = '<script>alert(1)</script>"\u202egpj.csv'
    page = zhou.get(bring(zhou, statement({"<b>哪": day, **COLUMNS}), hostile))
    assert "<script>alert" not in page and "<b>哪" not in page and "\u202e" not in page


def test_only_who_records_may_bring_keep_or_import(at_desk: dict[str, Browser]) -> None:
    place = bring(at_desk["zhou"], statement())
    for login in ("lin", "shen"):
        who = at_desk[login]
        assert who.send(f"/desk/{UNIT}/", PLACE, file=(io.BytesIO(b"x"), "a")).status_code == 403
        assert who.send(f"/desk/{UNIT}/", place, act="keep").status_code == 403
        assert "识别新版式" not in who.get(PLACE)
    assert at_desk["zhou"].send(place, place, act="keep", csrf="wrong").status_code == 403
