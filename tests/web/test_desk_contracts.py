"""Service contracts and major items at the desk."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from ledger import workflow
from ledger.contracts.standing import stands
from ledger.registry import decisions
from tests.contracts.deal import SERVICES, open_services
from tests.house import ACTIVITY, BANK, UNIT, House
from tests.web.desk import PDF, Browser, at_desk, house, waiting

__all__ = ["at_desk", "house"]

DESK = f"/desk/{UNIT}"
CONTRACTS = f"{DESK}/contracts"
DECISIONS = f"{DESK}/decisions"


def paper(name: str = "合同.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), name


def signed(**changed: object) -> dict[str, object]:
    return {
        "number": "青购2026-7", "role": "supplier", "party": "青禾区民政局（示例）",
        "purpose": "技能培训", "account": SERVICES, "fund": "F01", "amount": "1,000.00",
        "advance": "0", "signed": "2026-03-01", "starts": "2026-03-01", "ends": "2026-12-31",
        "decision": "青工委〔2026〕3号", "due0": "2026-03-20", "part0": "600.00",
        "deliverable0": "培训方案", "due1": "2026-06-30", "part1": "400.00",
        "deliverable1": "结业报告", "papers": paper(),
    } | changed  # fmt: skip


@pytest.fixture
def code(house: House, at_desk: dict[str, Browser]) -> str:
    """A contract that waits for confirmation."""
    open_services(house)
    done = at_desk["zhou"].send(CONTRACTS, **signed())
    found = re.search(r"HT2026-[0-9]{4}-[0-9]", done.headers["Location"])
    assert found
    return found[0]


def test_a_contract_goes_from_signing_to_the_last_payment(
    house: House, at_desk: dict[str, Browser], code: str
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    place = f"{CONTRACTS}/{code}"
    assert "请另一位审核人确认" in zhou.get(place)
    assert "与文本核对无误" in lin.get(place)
    assert lin.send(place, f"{place}/confirm", version="9").status_code == 422
    assert lin.send(place, f"{place}/confirm", version="1").status_code == 303
    said = {"milestone": "1", "day": "2026-04-01"}
    assert zhou.send(place, f"{place}/accept", **said, papers=paper()).status_code == 403
    early = zhou.send(place, f"{place}/move", **said, amount="600.00", money=BANK)
    assert early.status_code == 422
    assert "尚未验收" in early.get_data(as_text=True)
    assert zhou.send(place, f"{place}/deliver", **said, papers=paper()).status_code == 303
    assert lin.send(place, f"{place}/accept", **said, papers=paper("验收.pdf")).status_code == 303
    paid = zhou.send(place, f"{place}/move", **said, amount="600.00", money=BANK, papers=paper())
    assert paid.status_code == 303
    (draft,) = waiting(house)
    workflow.approve(house.registry, draft.id, house.checker, house.now)
    page = zhou.get(place)
    assert "已结清" in page and "收-202604-0001" in page and "迟 12 天" in page
    listed = zhou.get(CONTRACTS)
    assert code in listed and "青禾区民政局" in listed
    csv = zhou.fetch(f"{CONTRACTS}?format=csv").decode("utf-8-sig")
    assert "600.00" in csv and "青禾区民政局" in csv
    assert zhou.fetch(f"{CONTRACTS}?format=xlsx")[:2] == b"PK"
    figure = zhou.get(f"/figures/{UNIT}/contracts/2026-04/{code}/accepted")
    assert figure.count("?show=1") == 2  # what was delivered, and that it was accepted
    over = zhou.send(place, f"{place}/close", day="2026-04-02", note="第二期不做")
    assert over.status_code == 303
    assert "已办结" in zhou.get(place)


def test_an_amendment_and_a_cost_at_the_desk(
    house: House, at_desk: dict[str, Browser], code: str
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    place = f"{CONTRACTS}/{code}"
    lin.send(place, f"{place}/confirm", version="1")
    more = signed(amount="1,200.00", part1="600.00", reason="追加一期")
    assert zhou.send(place, f"{place}/amend", **more).status_code == 303
    assert "待确认的第 2 版" in lin.get(place)
    lin.send(place, f"{place}/confirm", version="2")
    (one,) = stands(house.registry, UNIT, date(2026, 4, 2))
    assert one.version.fen == 120000
    house.post(house.draft("500.00"))
    spent = zhou.send(
        place, f"{place}/cost", account=ACTIVITY, amount="80.00", money=BANK, day="2026-04-01",
        what="讲课费",
    )  # fmt: skip
    assert spent.status_code == 303


def test_a_form_that_is_wrong_says_so_and_keeps_what_was_typed(
    house: House, at_desk: dict[str, Browser]
) -> None:
    open_services(house)
    zhou = at_desk["zhou"]
    for changed, told in (
        ({"amount": "999.00"}, "节点合计"), ({"amount": "x"}, "金额须大于零"),
        ({"part1": ""}, "节点 2"), ({"signed": ""}, "签订日与起止须填写"),
        ({"account": "没有"}, "没有这一科目"), ({"advance": "abc"}, "预付比例"),
        ({"papers": paper("合同.exe")}, "附件须为"), ({"role": "both"}, "角色为"),
    ):  # fmt: skip
        answer = zhou.send(CONTRACTS, **signed(**changed))
        text = answer.get_data(as_text=True)
        assert (answer.status_code, told in text) == (422, True), (changed, text[:2000])
        assert "青禾区民政局（示例）" in text
    assert stands(house.registry, UNIT, date(2026, 4, 2)) == []
    assert at_desk["lin"].send(CONTRACTS, **signed()).status_code == 403
    zhou.get(f"{CONTRACTS}/HT2026-0099-0", 404)


def decision(**changed: object) -> dict[str, object]:
    return {
        "number": "青工委〔2026〕5号", "day": "2026-04-01", "body": "委员会会议",
        "subject": "添置文体器材", "ceiling": "2,000.00", "participants": "9", "for": "7",
        "against": "1", "abstain": "1", "papers": paper("会议记录.pdf"),
        "step-proposed": "2026-03-20",
    } | changed  # fmt: skip


def test_a_decision_is_recorded_reported_and_withdrawn(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    assert "没有装入规则" in zhou.get(DECISIONS)
    assert zhou.send(DECISIONS, **decision()).status_code == 303
    page = zhou.get(DECISIONS)
    assert "添置文体器材" in page and "7/1/1" in page and "2,000.00" in page
    again = zhou.send(DECISIONS, **decision())
    assert (again.status_code, "已登记" in again.get_data(as_text=True)) == (422, True)
    number = {"number": "青工委〔2026〕5号"}
    statement = zhou.get(f"/statements/{UNIT}/major-items/2026-04")
    ceiling = re.search(rf"/figures/{UNIT}/major-items/2026-04/d-[0-9a-f]+/ceiling", statement)
    assert ceiling
    figure = zhou.get(ceiling[0])
    # Its minutes open; a document's number is no voucher that could be looked at.
    assert figure.count("?show=1") == 1 and f"/vouchers/{UNIT}/%E9%9D%92" not in figure
    bad = zhou.send(DECISIONS, f"{DECISIONS}/report", **number, day="2026-04-02", to="")
    assert "没有上级单位" in bad.get_data(as_text=True)
    told = zhou.send(DECISIONS, f"{DECISIONS}/report", **number, day="2026-04-02", to="市总工会")
    assert told.status_code == 303
    step = zhou.send(DECISIONS, f"{DECISIONS}/step", **number, step="published", day="2026-04-02")
    assert step.status_code == 303
    page = zhou.get(DECISIONS)
    assert "2026-04-02" in page and "决议公开" in page
    assert "青工委〔2026〕5号" in zhou.fetch(f"{DECISIONS}?format=csv").decode("utf-8-sig")
    assert zhou.send(DECISIONS, f"{DECISIONS}/withdraw", **number).status_code == 303
    with house.registry.read() as conn:
        assert decisions.of_unit(conn, UNIT) == []
    assert at_desk["lin"].send(DECISIONS, **decision()).status_code == 403
    for field in ("day", "participants", "for"):
        assert zhou.send(DECISIONS, **decision(**{field: "x"})).status_code == 422
