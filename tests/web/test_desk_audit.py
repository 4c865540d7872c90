"""The auditor's bench at the desk: findings, their answers and corrections, evaluations."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from ledger import workflow
from ledger.audit.standing import standings
from reports.web.work.audit_bench import BENCH
from tests.audit.bench import another
from tests.house import UNIT, House
from tests.web.desk import Browser, at_desk, house, waiting

__all__ = ["at_desk", "house"]

BENCH_HOME = f"/audit/{UNIT}"
NEW = f"{BENCH_HOME}/findings/new"
EVALUATIONS = f"{BENCH_HOME}/evaluations"


def raised(browser: Browser, ref: str, **fields: object) -> str:
    """The code of a finding that was opened."""
    said = {"ref": ref, "period": "", "severity": "high", "text": "<b>发票</b>与摘要不符"} | fields
    done = browser.send(NEW, **said)
    assert done.status_code == 303, done.get_data(as_text=True)
    found = re.search(r"SJ2026-[0-9]{4}-[0-9X]", done.headers["Location"])
    assert found
    return found[0]


@pytest.fixture
def number(house: House) -> str:
    return house.post(house.draft()).number


@pytest.fixture
def code(at_desk: dict[str, Browser], number: str) -> str:
    return raised(at_desk["shen"], f"{UNIT}/{number}")


def test_a_finding_goes_from_the_voucher_to_its_correction(
    house: House, at_desk: dict[str, Browser], number: str
) -> None:
    shen, zhou, lin = at_desk["shen"], at_desk["zhou"], at_desk["lin"]
    page = shen.get(f"/vouchers/{UNIT}/{quote(number)}")
    link = re.search(r'href="(/audit/[^"]*findings/new\?ref=[^"]*)"', page)
    assert link
    assert f'value="{UNIT}/{number}"' in shen.get(link[1])
    assert "findings/new" not in zhou.get(f"/vouchers/{UNIT}/{quote(number)}")
    code = raised(shen, f"{UNIT}/{number}")
    place = f"{BENCH_HOME}/findings/{code}"
    for who in (zhou, lin, shen):
        assert code in who.get(f"/vouchers/{UNIT}/{quote(number)}")
        assert "&lt;b&gt;发票&lt;/b&gt;与摘要不符" in who.get(place)
    for page in (f"/desk/{UNIT}/queue", f"/desk/{UNIT}/"):
        assert code in zhou.get(page)
    assert "账上还没有更正" in zhou.get(place)
    reverse = f"/desk/{UNIT}/vouchers/{quote(number)}/reverse"
    assert reverse in zhou.get(place)
    assert zhou.send(reverse, reason="误记", day="2026-03-05").status_code == 303
    refused = zhou.send(place, f"{place}/answer", text="已冲销", voucher="收-202603-0009")
    assert refused.status_code == 422
    assert "没有这张凭证" in refused.get_data(as_text=True)
    (draft,) = waiting(house)
    posted = workflow.approve(house.registry, draft.id, house.checker, house.now)
    assert not isinstance(posted, workflow.Waiting)
    shown = zhou.get(place)
    assert posted.number in shown and "冲销了它" in shown
    done = zhou.send(place, f"{place}/answer", text="已冲销", voucher=posted.number)
    assert done.status_code == 303
    assert code not in zhou.get(f"/desk/{UNIT}/queue")
    assert "单位答复中指明" in shen.get(place)
    assert shen.send(place, f"{place}/return", text="请说明").status_code == 303
    assert zhou.send(place, f"{place}/answer", text="重复录入").status_code == 303
    done = shen.send(place, f"{place}/close", outcome="corrected", text="已核对")
    assert done.status_code == 303
    shown = shen.get(place)
    assert "已办结" in shown and "已更正" in shown and "已核对" in shown
    assert "<h2>办理" not in shown and f"{place}/close" not in shown
    assert code not in shen.get(f"/vouchers/{UNIT}/{quote(number)}")
    late = zhou.send(place, f"{place}/answer", text="再答")
    assert (late.status_code, "已办结，不能再办" in late.get_data(as_text=True)) == (422, True)


def test_a_voucher_typed_for_a_finding_links_it(
    house: House, at_desk: dict[str, Browser], code: str
) -> None:
    zhou, place = at_desk["zhou"], f"{BENCH_HOME}/findings/{code}"
    form = f"/desk/{UNIT}/drafts/new?finding={code}"
    assert f'href="{form}"' in zhou.get(place)
    assert f'value="{code}"' in zhou.get(form)
    said = {
        "day": "2026-03-05", "narration": "补记", "account0": "10201", "fund0": "F01",
        "debit0": "3.00", "credit0": "", "account1": "401", "fund1": "F01", "debit1": "",
        "credit1": "3.00", "act": "draft",
    }  # fmt: skip
    wrong = zhou.send(form, f"/desk/{UNIT}/drafts/new", **said, finding="SJ2026-0099-1")
    assert wrong.status_code == 422
    assert zhou.send(form, f"/desk/{UNIT}/drafts/new", **said, finding=code).status_code == 303
    (draft,) = waiting(house)
    assert draft.draft.links == (code,)
    workflow.approve(house.registry, draft.id, house.checker, house.now)
    assert "之后记账，并注明它" in at_desk["shen"].get(place)


def test_each_step_is_offered_and_let_in_to_who_may_alone(
    at_desk: dict[str, Browser], code: str
) -> None:
    place = f"{BENCH_HOME}/findings/{code}"
    offered = {
        login: set(re.findall(rf'action="{place}/(\w+)"', at_desk[login].get(place)))
        for login in ("zhou", "lin", "shen")
    }
    assert offered == {"zhou": {"answer"}, "lin": set(), "shen": {"withdraw"}}
    for login, act in (
        ("zhou", "close"), ("zhou", "return"), ("zhou", "withdraw"), ("lin", "answer"),
        ("lin", "close"), ("shen", "answer"),
    ):  # fmt: skip
        assert at_desk[login].send(place, f"{place}/{act}", text="x").status_code == 403
    for login in ("zhou", "lin"):
        assert at_desk[login].send(BENCH_HOME, NEW, ref="", text="x").status_code == 403
        at_desk[login].get(NEW, 403)
        assert at_desk[login].send(BENCH_HOME, EVALUATIONS, words="x").status_code == 403
    at_desk["shen"].get(f"{BENCH_HOME}/findings/SJ2026-0099-1", 404)
    early = at_desk["shen"].send(place, f"{place}/close", outcome="explained", text="x")
    assert early.status_code == 422
    assert at_desk["shen"].send(place, f"{place}/withdraw", text="提错").status_code == 303


def test_what_was_typed_stays_where_it_is_refused(at_desk: dict[str, Browser]) -> None:
    shen = at_desk["shen"]
    wrong = shen.send(NEW, ref=f"{UNIT}/付-202603-0099", severity="low", text="<i>看</i>")
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "没有这个凭证" in text and "&lt;i&gt;看&lt;/i&gt;" in text
    wrong = shen.send(NEW, ref=f"{UNIT}/funds/2026-03/F99/in", severity="low", text="x")
    assert wrong.status_code == 422
    digest = "a" * 64
    code = raised(shen, "", period="2026-Q1", origin="test", origin_name="gaps", digest=digest)
    assert f"sha256:{digest}" in shen.get(f"{BENCH_HOME}/findings/{code}")


def test_the_bench_says_what_waits_for_whom_and_gives_it_as_files(
    house: House, at_desk: dict[str, Browser], code: str, number: str
) -> None:
    shen, zhou = at_desk["shen"], at_desk["zhou"]
    other = raised(shen, f"{UNIT}/funds/2026-03/F01/in", severity="low")
    place = f"{BENCH_HOME}/findings/{code}"
    zhou.send(place, f"{place}/answer", text="无误")
    page = shen.get(BENCH_HOME)
    assert "等单位答复 1 项，等审计核对 1 项" in page
    assert 'aria-label="已答复 answered 1"' in page
    assert f'href="/figures/{UNIT}/funds/2026-03/F01/in"' in page
    for query, seen, hidden in (
        ("state=answered", code, other), ("severity=low", other, code), ("waits=unit", other, code),
        ("kind=figure", other, code), (f"q={quote(number)}", code, other),
    ):  # fmt: skip
        page = shen.get(f"{BENCH_HOME}?{query}")
        assert f">{seen}</a>" in page and f">{hidden}</a>" not in page, query
    assert "没有这样的审计发现" in shen.get(f"{BENCH_HOME}?state=closed")
    table = shen.fetch(f"{BENCH_HOME}?state=answered&format=csv").decode("utf-8-sig")
    assert code in table and other not in table and "发票" not in table
    assert shen.fetch(f"{BENCH_HOME}?format=xlsx").startswith(b"PK")
    assert shen.fetch(f"{BENCH_HOME}?format=pdf").startswith(b"%PDF")
    assert len(standings(house.registry, [UNIT])) == 2


def test_the_pages_of_the_bench_stand_in_one_list(at_desk: dict[str, Browser]) -> None:
    for _, path, words in BENCH:
        page = at_desk["shen"].get(f"{BENCH_HOME}{path}")
        assert all(f'href="/audit/{UNIT}{other}"' in page for _, other, _ in BENCH)
        assert words.zh in page
        assert 'role="status"' not in page  # nothing was done yet


def test_an_evaluation_is_published_by_another_auditor(
    house: House, at_desk: dict[str, Browser], code: str
) -> None:
    from reports.web.app import create_app

    shen = at_desk["shen"]
    another(house, "gu")
    gu = Browser(create_app(house.registry.folder, clock=lambda: house.now).test_client(), "gu")
    said = {
        "of": "period:", "period": "2026-03", "result": "remarks", "words": "<b>账目</b>可信",
        "which": "all",
    }  # fmt: skip
    assert shen.send(EVALUATIONS, **said).status_code == 303
    page = shen.get(EVALUATIONS)
    evaluation = re.findall(r"PJ2026-[0-9]{4}-[0-9X]", page)[0]
    assert "&lt;b&gt;账目&lt;/b&gt;可信" in page and "重大" in page
    place = f"{EVALUATIONS}/{evaluation}"
    assert f"{place}/confirm" not in page
    mine = shen.send(EVALUATIONS, f"{place}/confirm")
    assert (mine.status_code, "由另一位审计人员确认" in mine.get_data(as_text=True)) == (422, True)
    assert at_desk["zhou"].send(EVALUATIONS, f"{place}/confirm").status_code == 403
    assert f"{place}/confirm" in gu.get(EVALUATIONS)
    assert gu.send(EVALUATIONS, f"{place}/confirm").status_code == 303
    assert "已公开" in at_desk["lin"].get(EVALUATIONS)
    objections = f"/desk/{UNIT}/objections"
    asked = {"kind": "question", "channel": "letter", "day": "2026-04-02", "text": "依据何在？"}
    for ref, status in ((evaluation, 303), ("PJ2026-0099-1", 422)):
        asked["reference"] = f"{UNIT}/{ref}"
        assert at_desk["zhou"].send(objections, **asked).status_code == status
    again = {"corrects": evaluation, "note": "复核", "result": "adverse", "words": "改"}
    assert gu.send(EVALUATIONS, **again).status_code == 303
    assert gu.send(EVALUATIONS, f"{place}/back").status_code == 303
    project = {"of": "fund:F03", "period": "2026", "result": "none", "words": "尚无支出",
               "which": "chosen", "finding": code}  # fmt: skip
    assert shen.send(EVALUATIONS, **project).status_code == 303
    wrong = shen.send(EVALUATIONS, **project | {"words": "电话 13812345678"})
    assert (wrong.status_code, "13812345678" in wrong.get_data(as_text=True)) == (422, True)
    table = shen.fetch(f"{EVALUATIONS}?format=csv").decode("utf-8-sig")
    assert f"{evaluation}/2" in table and "F03" in table
    assert shen.send(EVALUATIONS, f"{EVALUATIONS}/PJ2026-0099-1/confirm").status_code == 404
