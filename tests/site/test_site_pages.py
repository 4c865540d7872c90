"""Every page of a publication: what leads where, what is said, and what stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import reports.site
from ledger.errors import Refused, Words
from reports.site import model, writing
from reports.site.words import catalogue
from tests.site.pages import Page, read, target
from tests.site.whole import DUES_TOKEN, TOKEN, UNIT, receipt_text, whole

FOLDER = Path(reports.site.__file__).parent
ROOT = FOLDER.parent.parent
HOSTILE = (
    "<script>alert(1)</script>'\" onmouseover=alert(1) x='{{ 7*7 }}{% raw %}]]>--></title>"
    "&lt;b&gt;&#60;\u202e倒\u200fjavascript:alert(1)\x00\x1b[31m\na\tb"
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(writing.render_site(whole()))


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return read(files)


def assert_leads(site: model.Site, files: dict[str, bytes], pages: dict[str, Page]) -> None:
    """Every link and anchor resolves, to a page or to a file that the site names for download."""
    beside = {one.path for one in (*site.downloads, *(d for u in site.units for d in u.downloads))}
    beside |= {site.sums, site.schema, site.script}
    lost = []
    for page in pages.values():
        for link in page.links:
            there, anchor = target(page.path, link)
            if (there not in files and there not in beside) or (
                anchor and anchor not in pages[there].ids
            ):
                lost.append(f"{page.path} → {link}")
    assert lost == []


def test_every_link_and_every_anchor_leads_somewhere(
    files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    assert_leads(whole(), files, pages)


def test_every_element_closes_and_every_id_is_there_once(pages: dict[str, Page]) -> None:
    assert {page.path: page.faults for page in pages.values() if page.faults} == {}


def test_each_page_has_one_first_heading_and_skips_none(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.headings[0] == 1, page.path
        assert page.headings.count(1) == 1, page.path
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), page.path


def test_every_table_has_a_caption_and_heads_with_their_scope(pages: dict[str, Page]) -> None:
    for page in pages.values():
        tags = [tag for tag, _ in page.tags]
        assert tags.count("caption") == tags.count("table"), page.path
        assert all(given.get("scope") for tag, given in page.tags if tag == "th"), page.path


def test_no_two_tables_of_a_page_are_called_the_same() -> None:
    """Their captions name the regions that a reader jumps between."""
    site = replace(whole(), on=whole().last)
    for path, data in writing.render_site(site):
        captions = re.findall(r"<caption[^>]*>(.*?)</caption>", data.decode())
        assert len(set(captions)) == len(captions), path


def test_both_languages_say_which_they_are_and_lead_to_each_other(pages: dict[str, Page]) -> None:
    chinese = {path for path in pages if not path.startswith("en/")}
    assert {f"en/{path}" for path in chinese - {"404.html"}} == pages.keys() - chinese
    for path, page in pages.items():
        if path == "404.html":
            continue
        is_english = path.startswith("en/")
        assert ("html", {"lang": "en" if is_english else "zh-CN"}) in page.tags
        across = [given for tag, given in page.tags if tag == "a" and "hreflang" in given]
        assert len(across) == 1, path
        there, _ = target(path, across[0]["href"])
        assert there == (path.removeprefix("en/") if is_english else f"en/{path}")


def test_chinese_on_an_english_page_is_marked_as_such(files: dict[str, bytes]) -> None:
    text = files[f"en/u/{UNIT}/objections.html"].decode()
    assert '<span lang="zh-CN">这笔活动支出是什么？</span>' in text


def test_nothing_is_fetched_from_elsewhere_and_no_page_runs_what_stands_in_it(
    files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    for page in pages.values():
        policy = [g["content"] for t, g in page.tags if g.get("http-equiv")]
        assert len(policy) == 1
        assert policy[0].startswith("default-src 'none';")
        assert "unsafe" not in policy[0]
        runs = page.path.endswith(("follow.html", "my-dues.html"))
        assert ("script-src" in policy[0]) == runs
        assert [t for t, _ in page.tags].count("script") == runs
        written = [name for _, given in page.tags for name in given]
        assert not any(name.startswith("on") or name == "style" for name in written), page.path
    for name in ("site.css", "lookup.js"):
        assert not re.search(rb"https?:|url\(|@import|innerHTML|eval", files[name])


def test_no_page_is_heavy_however_many_vouchers_and_gifts_there_are() -> None:
    site = whole(vouchers=140, gifts=250)
    files = dict(writing.render_site(site))
    sizes = {path: len(data) for path, data in files.items() if path.endswith(".html")}
    assert max(sizes.values()) <= 200_000
    assert f"u/{UNIT}/journal/2026-03-p2.html" in files
    assert f"u/{UNIT}/campaigns/HD2026-0001-0-p2.html" in files
    pages = read(files)
    assert_leads(site, files, pages)
    assert {page.path: page.faults for page in pages.values() if page.faults} == {}
    # Nothing is lost between pages, and nothing is there twice.
    numbers = [
        id
        for path, page in pages.items()
        if path.startswith(f"u/{UNIT}/journal/2026-03")
        for id in page.ids
        if id.startswith("付-")
    ]
    assert sorted(numbers) == [f"付-202603-{n:04d}" for n in range(1, 141)]


def test_a_voucher_of_very_many_lines_goes_on_over_pages() -> None:
    site = whole(vouchers=1)
    unit = site.units[0]
    one = replace(unit.vouchers[0], postings=unit.vouchers[0].postings * 600)
    site = replace(site, units=(replace(unit, vouchers=(one,)), site.units[1]))
    files = dict(writing.render_site(site))
    parts = [files[path] for path in files if path.startswith(f"u/{UNIT}/journal/2026-01")]
    assert sum(part.count(b"123.45</td>") for part in parts) == 1200
    assert all(len(part) <= 200_000 for part in parts)
    assert sum(part.count(f'id="{one.number}"'.encode()) for part in parts) == 1
    assert_leads(site, files, read(files))


def test_a_text_too_long_for_any_page_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    site = replace(whole(), objecting=Words("长" * 80_000, ""))
    with pytest.raises(Refused, match="page-too-heavy"):
        writing.write_site(site, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_the_same_site_gives_the_same_bytes_at_another_place(tmp_path: Path) -> None:
    written = [writing.write_site(whole(), tmp_path / name) for name in ("a", "another place")]
    assert written[0] == written[1]
    for file in written[0]:
        data = (tmp_path / "a" / file.path).read_bytes()
        assert data == (tmp_path / "another place" / file.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)
        assert b"\r" not in data
        assert data.endswith(b"\n")


# ---- what stays text ---------------------------------------------------------------------------


def test_whatever_somebody_writes_stays_text(pages: dict[str, Page]) -> None:
    site = whole(lambda text: f"{text}{HOSTILE}")
    files = dict(writing.render_site(site))
    found = read(files)
    assert found.keys() == pages.keys()
    for path, page in found.items():
        # The same elements with the same attributes; only marks of language may be more.
        assert page.faults == [], path
        assert _elements(page) == _elements(pages[path]), path
        assert page.links == pages[path].links, path
    assert "{{ 7*7 }}{% raw %}" in "".join(found["index.html"].text)
    assert_leads(site, files, found)
    told = "".join(data.decode() for data in files.values())
    assert not re.search("[\u202e\u200f\x00\x1b]", told)


def _elements(page: Page) -> list[tuple[str, list[str]]]:
    return [
        (tag, sorted(given)) for tag, given in page.tags if tag != "span" or "lang" not in given
    ]


@pytest.mark.parametrize(
    "code", ["../etc", "a/b", "", "a b", "<b>", "index.html", "付", "a" * 90, "-x", "a\n"]
)
def test_a_code_that_would_be_no_name_of_a_file_cannot_be_built(code: str) -> None:
    unit = whole().units[0]
    with pytest.raises(ValueError, match="not the code"):
        replace(unit, code=code)
    with pytest.raises(ValueError, match="not the code"):
        replace(unit.funds[0], code=code)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "a/../b", "a//b", "a\\b", ".git", "", "x?y"]
)
def test_a_download_lies_below_the_site(path: str) -> None:
    with pytest.raises(ValueError, match="not the path"):
        model.Download(path, Words("", ""), 1, "0" * 64)


def test_no_narration_of_an_annex_is_told(files: dict[str, bytes]) -> None:
    assert not any("王小明".encode() in data for data in files.values())


def test_a_statement_leads_to_the_files_that_hold_it(pages: dict[str, Page]) -> None:
    page = pages[f"u/{UNIT}/statements/funds-2026-Q1.html"]
    there = {target(page.path, link)[0] for link in page.links}
    assert f"packs/{UNIT}/2026-Q1/public/v1/funds.csv" in there
    other = pages[f"u/{UNIT}/statements/journal-2026-Q1.html"]
    assert not any("packs/" in link for link in other.links)


# ---- pages of one's own ------------------------------------------------------------------------


def test_pages_of_ones_own_are_in_no_list_and_no_page_leads_to_them(
    files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    for token in (TOKEN, DUES_TOKEN):
        own = {f"my/{token}.html", f"en/my/{token}.html"}
        assert own <= files.keys()
        elsewhere = [
            path for path, data in files.items() if token.encode() in data and path not in own
        ]
        assert elsewhere == []
        for path in own:
            assert ("meta", {"name": "robots", "content": "noindex, nofollow, noarchive"}) in (
                pages[path].tags
            )
            assert ("meta", {"name": "referrer", "content": "no-referrer"}) in pages[path].tags


def test_the_list_of_pages_holds_every_other_page(files: dict[str, bytes]) -> None:
    told = json.loads(files["index.json"])
    listed = {page["path"] for page in told["pages"]}
    hidden = {path for path in files if path.endswith("404.html") or "my/" in path}
    assert listed == {path for path in files if path.endswith(".html")} - hidden


def test_what_a_member_owes_is_in_no_site_for_the_public() -> None:
    with pytest.raises(ValueError, match="no site for the public"):
        replace(whole(), audience=model.PUBLIC)
    text = dict(writing.render_site(whole(audience=model.PUBLIC)))["my-dues.html"].decode()
    assert "<form" not in text


def test_my_gift_says_what_it_bought_what_is_left_and_its_proof(files: dict[str, bytes]) -> None:
    text = files[f"my/{TOKEN}.html"].decode()
    for said in (
        "500.00",
        "300.00",
        "200.00",
        "棉被",
        "MB1|",
        'href="../u/xian/journal/2026-02.html#',
    ):
        assert said in text


def test_my_gift_says_why_a_voucher_that_used_it_is_not_shown_singly() -> None:
    """It has no page that the amount could lead to, so that it leads to the reason."""
    site = whole()
    gift = site.gifts[0].gift
    use = replace(gift.uses[0], voucher="付-202602-0099")
    mine = replace(site.gifts[0], gift=replace(gift, uses=(use,)), receipt="", root="")
    site = replace(site, gifts=(mine,))
    for page, why in (("", "没有链接的凭证"), ("en/", "Vouchers without a link")):
        text = dict(writing.render_site(site))[f"{page}my/{TOKEN}.html"].decode()
        assert 'id="shut"' in text and why in text
        assert re.search(r'付-202602-0099</td>\s*<td class="num"><a href="[^"]*#shut">300.00', text)
    assert "没有开收据" in dict(writing.render_site(site))[f"my/{TOKEN}.html"].decode()
    assert writing.unopened(site) == []


def test_the_address_of_a_gift_follows_from_its_opening_as_the_page_explains(
    files: dict[str, bytes],
) -> None:
    text = files["follow.html"].decode()
    code = re.search(r"<code>python3 -c \"(.*?)\" 'MB1", text, re.DOTALL)
    assert code is not None
    done = subprocess.run(
        [sys.executable, "-c", code[1], receipt_text()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"my/{TOKEN}.html\n"


# ---- what is said ------------------------------------------------------------------------------


def test_a_figure_opens_to_its_lines_their_voucher_and_its_papers(pages: dict[str, Page]) -> None:
    fund = pages[f"u/{UNIT}/funds/F01.html"]
    behind = next(link for link in fund.links if "behind" in link)
    there, anchor = target(fund.path, behind)
    assert anchor in pages[there].ids
    voucher = next(link for link in pages[there].links if "journal/2026-03.html" in link)
    journal, number = target(there, voucher)
    assert number == "付-202603-0001"
    assert hashlib.sha256(b"paper").hexdigest() in "".join(pages[journal].text)


def test_the_page_of_no_page_names_no_file_wherever_the_site_lies(
    files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    """It is served for addresses at any depth, of a site below any folder."""
    page = pages["404.html"]
    assert page.links == []
    assert ("html", {"lang": "zh-CN"}) in page.tags
    assert ("div", {"lang": "en"}) in page.tags
    text = files["404.html"].decode()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (digest,) = re.findall(r"style-src 'sha256-([^']+)'", text)
    assert base64.b64decode(digest) == hashlib.sha256(style.encode()).digest()
    assert "没有这个网页" in text
    assert "There is no such page" in text


def test_the_page_of_no_page_leads_to_the_site_where_that_is_known() -> None:
    site = replace(whole(), home="https://example.org/gongkai/")
    page = read(dict(writing.render_site(site)))["404.html"]
    assert page.links == ["https://example.org/gongkai/", "https://example.org/gongkai/en/"]
    for address in ("javascript:alert(1)", "/gongkai/", 'https://a/"><b>', "https://u:p@a.org/"):
        with pytest.raises(ValueError, match="not the address of a site"):
            replace(site, home=address)


def test_a_unit_without_a_level_says_nothing_of_one() -> None:
    site = whole()
    units = tuple(replace(one, level=Words("", "")) for one in site.units)
    files = dict(writing.render_site(replace(site, units=units)))
    for path in ("index.html", f"u/{UNIT}/index.html"):
        text = files[path].decode()
        assert "层级" not in text
        assert "—" not in text


def test_a_document_that_english_words_cite_is_marked_and_the_words_are_not() -> None:
    site = whole()
    why = Words("会费：工发〔1978〕101号（已核对）", "Dues: 工发〔1978〕101号 (read in the text)")
    mine = replace(site.dues[0], months=(replace(site.dues[0].months[0], why=why),))
    text = dict(writing.render_site(replace(site, dues=(mine,))))[f"en/my/{DUES_TOKEN}.html"]
    said = 'Dues: <span lang="zh-CN">工发〔1978〕101号</span> (read in the text)'
    assert said in text.decode()


def test_what_was_not_looked_for_is_not_told_as_none(pages: dict[str, Page]) -> None:
    text = "".join(pages["completeness.html"].text)
    assert "未检查" in text
    assert "缺附件的凭证" in text


def test_a_figure_that_nothing_opens_is_told_to_who_publishes() -> None:
    site = whole()
    assert writing.unopened(site) == []
    unit = replace(site.units[0], statements=())
    there = writing.unopened(replace(site, units=(unit, site.units[1])))
    assert f"{UNIT}/funds/2026-Q1/F01" in there


def test_units_that_stand_above_each_other_are_refused() -> None:
    site = whole()
    round_ = replace(site, units=(replace(site.units[0], upper="zhen"), site.units[1]))
    with pytest.raises(ValueError, match="above each other"):
        writing.render_site(round_)


def test_every_word_of_the_catalogue_is_used_and_said_in_both_languages() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in FOLDER.rglob("*.*")
        if path.suffix in (".py", ".html")
    )
    prefixes = set(re.findall(r'f"([a-z_]+\.)\{', code)) | {"nav.", "data.proves_", "data.not_"}
    suffixes = set(re.findall(r'\{key\}(\.[a-z]+)"', code)) | set(
        re.findall(r'what ~ [\'"](\.[a-z]+)', code)
    )
    for key, words in catalogue().items():
        assert words.zh, key
        assert words.en, key
        used = f'"{key}"' in code or f"'{key}'" in code
        assert used or key.startswith(tuple(prefixes)) or key.endswith(tuple(suffixes)), key


def test_amounts_of_any_currency_and_sign_stand_on_their_side() -> None:
    site = whole(vouchers=1)
    unit = site.units[0]
    odd = (
        model.PublicPosting("Assets:1", "F09", 700, "USD"),
        model.PublicPosting("Assets:2", "F09", -700, "USD"),
    )
    one = model.PublicVoucher("转-202603-0001", date(2026, 3, 1), Words("换汇", ""), odd)
    site = replace(site, units=(replace(unit, vouchers=(one,)), site.units[1]))
    text = dict(writing.render_site(site))[f"u/{UNIT}/journal/2026-03.html"].decode()
    assert '<td class="num">7.00 USD</td><td class="num"></td>' in text
    assert '<td class="num"></td><td class="num">7.00 USD</td>' in text


def test_the_site_is_drawn_without_a_registry_or_a_server() -> None:
    script = (
        "import sys; import reports.site.writing; "
        "print([m for m in ('sqlalchemy', 'flask', 'beancount', 'cryptography', 'ledger.registry', "
        "'reports.web') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
