"""Story 5: the county accountant opens an exception, sees both sides, and resolves it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import workflow
from reports.web.app import create_app
from tests.transfers.county import NOW, Story
from tests.web.browser import signed_in, token

pytestmark = pytest.mark.usefixtures("on_the_last_of_june")


@pytest.fixture
def app(story: Story) -> Flask:
    return create_app(story.county.registry.folder, clock=lambda: NOW)


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def send(client: FlaskClient, page: str, path: str, **told: str) -> int:
    return client.post(path, data={"csrf": token(get(client, page)), **told}).status_code


def test_she_opens_the_double_sees_both_sides_and_reverses_one(story: Story, app: Flask) -> None:
    client, county = signed_in(app, "maker"), story.county
    page = get(client, "/desk/xian/transfers")
    double = story.references["double"]
    assert f'href="/desk/xian/transfers/{double}"' in page and "<svg" in page
    shown = get(client, f"/desk/xian/transfers/{double}")
    assert shown.count('"/vouchers/xian/%E4') == 2 and shown.count('"/vouchers/xue/%E6') == 1
    for href in re.findall(r'href="(/vouchers/x[^"]+)"', shown):
        if "-2026" in href:
            assert double in get(client, href)
    path = f"/desk/xian/transfers/{double}"
    done = send(client, path, f"{path}/reverse", of="xian", voucher=story.double, reason="重复")
    assert done == 303
    (waits,) = workflow.waiting(county.registry, "xian")
    county.approve(waits.id)
    assert double not in get(client, "/desk/xian/transfers")


def test_she_says_where_the_voucher_without_a_reference_belongs(story: Story, app: Flask) -> None:
    client = signed_in(app, "checker")
    page = "/desk/xian/transfers"
    reference = story.references["unreferenced"]
    assert f'value="{reference}"' in get(client, page)  # the one suggestion
    told = {"of": "xue", "voucher": story.loose, "reference": reference}
    assert send(client, page, page, **told) == 303
    after = get(client, page)
    assert reference not in after and story.loose not in after


def test_she_closes_a_refusal_once_the_payment_is_back(story: Story, app: Flask) -> None:
    client, county = signed_in(app, "checker"), story.county
    reference = story.references["refused"]
    path = f"/desk/xian/transfers/{reference}"
    assert "账户已注销" in get(client, path) and "/close" not in get(client, path)
    assert send(client, path, f"{path}/close", reason="已退回") == 422
    number = re.findall(r'href="/vouchers/xian/[^"]+">([^<]+)<', get(client, path))[0]
    county.reverse("xian", number, NOW.date())
    assert send(client, path, f"{path}/close", reason="已退回") == 303
    assert reference not in get(client, "/desk/xian/transfers")


def test_a_units_own_people_see_amounts_of_both_and_vouchers_of_their_own(
    story: Story, app: Flask
) -> None:
    client = signed_in(app, "xueren")
    page = get(client, "/desk/xue/transfers")
    assert story.references["double"] in page and story.references["short"] not in page
    shown = get(client, f"/desk/xue/transfers/{story.references['double']}")
    assert "400.00" in shown and "/vouchers/xian/" not in shown and "/vouchers/xue/" in shown


def test_a_sibling_is_shown_nothing_and_does_nothing(story: Story, app: Flask) -> None:
    client = signed_in(app, "yuanren")
    double = story.references["double"]
    for path in (f"/desk/yuan/transfers/{double}", "/desk/yuan/transfers/ZZ2026-9999-9"):
        assert client.get(path).status_code == 404
    for path in ("/desk/xue/transfers", f"/desk/xian/transfers/{double}"):
        assert client.get(path).status_code == 403
    page = "/desk/yuan/transfers"
    assert double not in get(client, page) and "示例单位 xue" not in get(client, page)
    told = {"of": "xue", "voucher": story.loose, "reference": double}
    assert send(client, page, page, **told) == 403
    for deed in ("refuse", "close", "reverse"):
        assert send(client, page, f"{page}/{double}/{deed}", reason="x") == 404


def test_a_reader_looks_and_changes_nothing(story: Story, app: Flask) -> None:
    client = signed_in(app, "reader")
    double = story.references["double"]
    path = f"/desk/xian/transfers/{double}"
    assert "<button" not in get(client, path).split("<main")[1]
    page = "/desk/xian/transfers"
    assert send(client, page, f"{path}/reverse", of="xian", voucher=story.double, reason="x") == 422
    assert send(client, page, f"{path}/refuse", reason="x") == 422
    told = {"of": "xue", "voucher": story.loose, "reference": story.references["unreferenced"]}
    assert send(client, page, page, **told) == 422


def test_periods_of_the_address_are_periods(story: Story, app: Flask) -> None:
    client = signed_in(app, "reader")
    assert story.references["transit"] in get(client, "/desk/xian/transfers?period=2025")
    assert client.get("/desk/xian/transfers?period=nonsense").status_code == 404


def test_the_federation_page_of_the_book_tells_the_same_and_leads_to_the_desk(
    story: Story, app: Flask
) -> None:
    client = signed_in(app, "xueren")
    page = get(client, "/books/xue/extension/Federation/")
    double = story.references["double"]
    assert f'href="/desk/xue/transfers/{double}" data-remote' in page and "<svg" in page
    assert "/vouchers/xian/" not in page and story.references["short"] not in page
    quarter = get(client, "/books/xue/extension/Federation/?time=2026-q2")
    assert "2026-Q2" in quarter


def test_a_figure_of_the_matrix_opens_to_vouchers_of_both_books(story: Story, app: Flask) -> None:
    client = signed_in(app, "reader")
    assert "matrix" in get(client, "/statements/xian/?period=2026")
    page = get(client, "/statements/xian/matrix/2026")
    link = re.search(r'href="(/figures/xian/matrix/2026/xian.xue)"', page)
    assert link is not None
    behind = get(client, link[1])
    for href in re.findall(r'href="(/vouchers/xue/%[^"]+)"', behind):
        assert "示例" in get(client, href)
    assert 'href="/vouchers/xue/' in behind
    assert get(client, "/desk/xian/transfers?period=2026-Q2").count("format=xlsx") == 0
    assert signed_in(app, "yuanren").get("/statements/xian/matrix/2026").status_code == 403


def test_nothing_of_a_transfer_is_shown_while_one_of_its_books_was_altered(
    story: Story, app: Flask
) -> None:
    client = signed_in(app, "checker")
    path = f"/desk/xian/transfers/{story.references['double']}"
    get(client, path)
    file = story.county.registry.folder / "units" / "xue" / "2026" / "05.bean"
    file.write_text(
        file.read_text(encoding="utf-8").replace("示例补助", "示例补贴"), encoding="utf-8"
    )
    assert client.get(path).status_code == 503
