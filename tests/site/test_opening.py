"""Every figure of a page opens, down to vouchers or to the words that say what it is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from ledger.errors import Words
from reports.site import model, opening, writing
from tests.site.pages import Page, read, target
from tests.site.whole import CAMPAIGN, DUES_TOKEN, TOKEN, UNIT, whole

#: A figure of each kind, by its page and row; each was a link that somebody took away.
FIGURES = {
    "index.html": ("合计", "12,000.00"),
    f"u/{UNIT}/index.html": ("合计", "1,200.09"),
    f"u/{UNIT}/funds/F01.html": ("2026-01", "400.00"),
    f"u/{UNIT}/statements/dues-roll-2026-03.html": ("union-member.low", "210.00"),
    f"u/{UNIT}/completeness.html": ("缺附件的凭证", "36"),
    f"u/{UNIT}/assets.html": ("计算机", "9,000.00"),
    f"u/{UNIT}/campaigns/{CAMPAIGN}.html": ("JZ2026-0001-7", "500.00"),
    "completeness.html": ("青石县总工会", "28"),
    "disclosures.html": ("青石县总工会", "5"),
    "objections.html": ("青石县总工会", "1"),
    "evaluations.html": ("青石县总工会", "4"),
    f"u/{UNIT}/evaluations.html": ("PJ2026-0001-1", "3"),
    "data.html": ("青石县总工会", "30"),
    f"my/{TOKEN}.html": ("收到", "500.00"),
    f"my/{DUES_TOKEN}.html": ("2026-01", "22.05"),
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(writing.render_site(whole()))


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return read(files)


def test_every_figure_of_every_page_opens(files: dict[str, bytes]) -> None:
    assert list(opening.shut(files.items())) == []
    assert writing.unopened(whole()) == []


@pytest.mark.parametrize("path", FIGURES)
def test_a_link_that_is_taken_away_is_found(files: dict[str, bytes], path: str) -> None:
    figure = re.escape(FIGURES[path][1])
    text = files[path].decode()
    without = re.sub(rf'<a href="[^"]*">{figure}</a>', FIGURES[path][1], text, count=1)
    assert without != text
    (told,) = opening.shut({**files, path: without.encode()}.items())
    assert told.startswith(f"{path}: ")
    assert FIGURES[path][1] in told


def test_nothing_has_nothing_behind_it_and_a_voucher_ends_the_way() -> None:
    table = '<table><tr><th scope="row">{}</th><td class="num">{}</td></tr></table>'
    page = {"index.html": (table.format("a", "0.00") + table.format("b", "未检查")).encode()}
    assert list(opening.shut(page.items())) == []
    voucher = {f"u/{UNIT}/journal/2026-03.html": table.format("a", "5.00").encode()}
    assert list(opening.shut(voucher.items())) == []
    (found,) = opening.shut({"index.html": table.format("a", "-5.00 USD").encode()}.items())
    assert found == "index.html: a: -5.00 USD"


def links_of(page: Page, text: str) -> list[tuple[str, str]]:
    return [target(page.path, link) for link in page.links if text in link]


def test_the_totals_of_the_federation_lead_to_the_units_and_these_to_their_funds(
    files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    text = files["index.html"].decode()
    (total,) = re.findall(r'<tr class="total">.*?</tr>', text)
    assert re.findall(r'href="([^"]*)"', total) == ["index.html#units"] * 6
    funds = links_of(pages["index.html"], "#funds")
    assert (f"u/{UNIT}/index.html", "funds") in funds
    assert "funds" in pages[f"u/{UNIT}/index.html"].ids


def test_a_figure_of_the_dues_roll_leads_to_the_rule_and_the_rows_it_is_made_of(
    files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    path = f"u/{UNIT}/statements/dues-roll-2026-03.html"
    assert links_of(pages[path], "#made") == [(path, "made")] * 6
    assert "made" in pages[path].ids
    text = files[path].decode()
    (cells,) = re.findall(r'<h2 id="cells">.*?</section>', text, re.DOTALL)
    assert cells.count("union-member") == 3
    assert "<code>low</code>、<code>middle</code>" in cells
    assert "全部档次" in cells
    assert 'href="dues-roll-2026-03.html">2026-03' in cells


def test_a_statement_whose_figures_all_have_lines_says_nothing_of_what_they_are_made_of() -> None:
    site = whole()
    unit = site.units[0]
    found = replace(
        unit.statements[0], lines=unit.statements[0].lines[:1], annex=unit.statements[0].annex
    )
    site = replace(site, units=(replace(unit, statements=(found,)), site.units[1]))
    pages = read(dict(writing.render_site(site)))
    assert "made" not in pages[f"u/{UNIT}/statements/funds-2026-Q1.html"].ids


def test_what_a_class_of_things_does_not_tell_stands_in_no_total(files: dict[str, bytes]) -> None:
    site = whole()
    unit = site.units[0]
    blank = replace(unit.classes[0], code="chair", worn=None, net=None)
    site = replace(site, units=(replace(unit, classes=(*unit.classes, blank)), site.units[1]))
    text = dict(writing.render_site(site))[f"u/{UNIT}/assets.html"].decode()
    (total,) = re.findall(r'<tr class="total">.*?</tr>', text)
    assert "18,000.00" in total
    assert re.findall(r'<td class="num"></td>', total) == ['<td class="num"></td>'] * 2
    assert "18,000.00" not in files[f"u/{UNIT}/assets.html"].decode()


def test_completeness_says_how_things_stand_and_until_when(files: dict[str, bytes]) -> None:
    text = files[f"u/{UNIT}/completeness.html"].decode()
    (parts,) = re.findall(r'<h2 id="no-papers-parts">.*?</section>', text, re.DOTALL)
    assert re.search(r"已暂缓</th><td class=\"day\">2026-05-31</td><td[^>]*><a[^>]*>2</a>", parts)
    assert "《会计基础工作规范》第五十一条" in parts
    # Days are counted, ranges of days are rows.
    (days,) = re.findall(r'<h2 id="unreconciled">.*?</section>', text, re.DOTALL)
    assert ">28</a>" in days


def test_more_cannot_be_named_than_is_missing() -> None:
    lack = model.Lack(Words("银行存款", "bank"), date(2026, 2, 1), count=28)
    with pytest.raises(ValueError, match="not what completeness looks for"):
        model.Looked(model.UNRECONCILED, 90, 27, (lack,))


def test_a_rule_is_called_by_its_english_name_and_its_document_stays_chinese(
    files: dict[str, bytes],
) -> None:
    text = files[f"en/u/{UNIT}/disclosures.html"].decode()
    assert "Running campaigns<br>" in text
    assert (
        '<span class="small"><span lang="zh-CN">慈善组织信息公开办法 第八条</span></span>' in text
    )
    assert "公开募捐情况<br>" in files[f"u/{UNIT}/disclosures.html"].decode()
