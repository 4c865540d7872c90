"""A written site is looked at as a whole, and each kind of fault in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.site import writing
from tests.site.look import kind_of, look
from tests.site.whole import whole

pytestmark = pytest.mark.browser


def test_pages_of_one_kind_are_known_as_such() -> None:
    for one, other in (
        ("u/xian/journal/2026-03.html", "u/hekou/journal/2026-11-p2.html"),
        ("u/xian/campaigns/HD2026-0001-0.html", "u/xian/campaigns/HD2026-0003-X.html"),
        ("en/u/xian/funds/F01.html", "en/u/xian/funds/F12.html"),
        ("u/xian/statements/funds-2026-Q1.html", "u/a/statements/funds-2026.html"),
    ):
        assert kind_of(one) == kind_of(other)
    assert kind_of("u/xian/index.html") not in (kind_of("en/u/xian/index.html"), "index.html")


def test_what_is_wrong_with_a_site_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.site.look._OF_A_KIND", 1)
    writing.write_site(whole(vouchers=1, gifts=1), tmp_path)
    for path in sorted(tmp_path.rglob("*.html")):
        name = path.relative_to(tmp_path).as_posix()
        if name not in ("index.html", "en/index.html", "site.css"):
            path.write_text(
                '<!doctype html><html lang="en"><title>a</title><main><h1>a</h1></main>'
            )
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    (tmp_path / "index.html").write_text(text.replace('lang="zh', 'data-lang="zh', 1))
    faults = look(tmp_path)
    assert any(one.startswith("broken: ") for one in faults)
    assert any("html-has-lang" in one for one in faults)
    assert "asked by axe-core twice" in capsys.readouterr().out
