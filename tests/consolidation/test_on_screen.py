"""The consolidation in the browser: shown to who may browse every unit of the subtree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from reports.sources import OF_SUPPORT, OF_TREE
from reports.web.app import create_app
from tests.consolidation.tree import NOW, Tree, copy_tree
from tests.web.browser import signed_in


@pytest.fixture(scope="module")
def tree(planted_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    copied = copy_tree(planted_tree, tmp_path_factory.mktemp("tree") / "federation")
    yield copied
    copied.registry.close()


@pytest.fixture(scope="module")
def app(tree: Tree) -> Flask:
    return create_app(tree.folder, clock=lambda: NOW)


def test_a_reader_of_all_opens_a_figure_down_to_a_units_vouchers(app: Flask) -> None:
    client = signed_in(app, "reader")
    assert "consolidated" in client.get("/statements/xian/?period=2026").get_data(as_text=True)
    page = client.get("/statements/xian/consolidated/2026").get_data(as_text=True)
    assert "管理信息" in page
    link = re.search(r'href="(/figures/xian/consolidated/2026/I10[^"]*)"', page)
    assert link is not None
    behind = client.get(link[1]).get_data(as_text=True)
    assert 'href="/figures/xue/trial-balance/2026/401"' in behind
    assert client.get("/figures/xue/trial-balance/2026/401").status_code == 200


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "json"])
def test_it_is_taken_home_in_every_form(app: Flask, form: str) -> None:
    client = signed_in(app, "reader")
    for name in OF_TREE:
        answer = client.get(f"/statements/xian/{name}/2026?format={form}")
        assert answer.status_code == 200
        assert len(answer.data) > 250


def test_who_sees_one_unit_is_offered_nothing_of_the_others(app: Flask) -> None:
    client = signed_in(app, "xue")
    offered = client.get("/statements/xue/?period=2026").get_data(as_text=True)
    assert "consolidated" not in offered
    for path in (
        "/statements/xian/consolidated/2026", "/figures/xian/consolidated/2026/I10",
        "/statements/xian/comparison/2026-03", "/statements/xian/consolidated/2026?format=json",
        *(f"/statements/xian/{name}/2026" for name in OF_SUPPORT),
        *(f"/figures/xian/{name}/2026/all" for name in OF_SUPPORT),
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (403, 404), path
        assert "xian" not in answer.get_data(as_text=True).replace(path, "")


def test_support_opens_to_the_payers_voucher_and_has_a_picture(app: Flask) -> None:
    client = signed_in(app, "reader")
    page = client.get("/statements/xian/support/2026").get_data(as_text=True)
    assert "补助下级情况表" in page
    link = re.search(r'href="(/figures/xian/support/2026/xue/paid)"', page)
    assert link is not None
    behind = client.get(link[1]).get_data(as_text=True)
    voucher = re.search(r'href="(/vouchers/xian/[^"]+)"', behind)
    assert voucher is not None
    assert client.get(voucher[1]).status_code == 200
    page = client.get("/statements/xian/grass-roots-share/2026").get_data(as_text=True)
    assert page.count("<svg role=") == 1
    assert "<svg role=" not in client.get("/statements/xian/support/2026").get_data(as_text=True)


def test_what_a_unit_received_opens_in_its_own_book(app: Flask) -> None:
    client = signed_in(app, "reader")
    behind = client.get("/figures/xian/support-per-head/2026/xue").get_data(as_text=True)
    link = re.search(r'href="(/figures/xue/trial-balance/2026/[^"]+)"', behind)
    assert link is not None
    assert client.get(link[1]).status_code == 200
