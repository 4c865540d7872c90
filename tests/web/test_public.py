"""``mingbai serve-public``: what was published, from a process that has nothing else."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.errors import CannotRun
from reports.web import gate
from reports.web.handing import Shelf
from reports.web.public import create_public_app
from reports.web.published import Publication
from reports.web.published_books import fava_of, find_book, published_books

ROOT = Path(__file__).parent.parent.parent
SECRET = "nobody may read this"
PACK = "chunfeng.2026-Q1.public.v2"


def book_in(place: Path) -> None:
    """The book of ``books/tiny`` as a published one is: no plugin, nothing of ours in Fava."""
    shutil.copytree(
        ROOT / "books" / "tiny", place, ignore=shutil.ignore_patterns("*.csv", "*.toml")
    )
    policy = (place / "book.bean").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in policy if not line.startswith(("plugin", "1970"))]
    (place / "book.bean").write_text("".join(kept), encoding="utf-8")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication with pages, data, two versions of a pack, and what does not belong to it."""
    beside = tmp_path_factory.mktemp("public")
    out = beside / "out"
    (beside / "secret.txt").write_text(SECRET, encoding="utf-8")
    (beside / "secret").mkdir()
    (beside / "secret" / "page.html").write_text(SECRET, encoding="utf-8")
    for name, text in {
        "index.html": "<!doctype html><title>公开</title>", "u/chunfeng/index.html": "春风",
        "u/chunfeng/journal/2026-03.html": "序时账", "data/gifts.json": "{}",
        "verify.py": "print()",
        "assets/site.css": "a{}", "SHA256SUMS": "0", "data/odd.exe": "MZ", "data/付款.csv": "1,2",
        ".git/config": SECRET, "data/.hidden.json": SECRET, "u/.draft/index.html": SECRET,
    }.items():  # fmt: skip
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for version in ("v1", "v2"):
        place = out / "packs" / "chunfeng" / "2026-Q1" / "public" / version
        book_in(place / "book")
        (place / "pack.json").write_text(json.dumps({"version": version}), encoding="utf-8")
    (out / "link.txt").symlink_to(beside / "secret.txt")
    (out / "linked").symlink_to(beside / "secret")
    (out / "folder.json").mkdir()
    return out


@pytest.fixture(scope="module")
def app(out: Path) -> Flask:
    return create_public_app(out)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


# ---- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/u/chunfeng/", "text/html; charset=utf-8"),
        ("/u/chunfeng/journal/2026-03.html", "text/html; charset=utf-8"),
        ("/data/gifts.json", "application/json; charset=utf-8"),
        (f"/data/{quote('付款')}.csv", "text/csv; charset=utf-8"),
        ("/verify.py", "text/plain; charset=utf-8"),
        ("/SHA256SUMS", "text/plain; charset=utf-8"),
        ("/assets/site.css", "text/css; charset=utf-8"),
        ("/assets/mingbai.css", "text/css; charset=utf-8"),
        ("/assets/fava/app.css", "text/css; charset=utf-8"),
        ("/packs/chunfeng/2026-Q1/public/v1/pack.json", "application/json; charset=utf-8"),
        ("/packs/chunfeng/2026-Q1/public/v1/book/book.bean", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_of_the_publication_is_what_its_name_says(
    client: FlaskClient, path: str, kind: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == kind
    assert client.head(path).status_code == 200


def test_a_folder_is_entered_by_its_index(client: FlaskClient) -> None:
    answer = client.get("/u/chunfeng")
    assert answer.status_code == 302 and answer.headers["Location"] == "/u/chunfeng/"
    assert client.get("/data/").status_code == 404


def test_what_nobody_knows_is_saved_and_not_shown(client: FlaskClient) -> None:
    answer = client.get("/data/odd.exe")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/%2e%2e/secret.txt", "/u/../../secret.txt",
        "/u/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/..%5csecret.txt", "/u/..\\..\\secret.txt",
        "/link.txt", "/linked/page.html", "/linked/", "/linked", "/.git/config", "/.git/", "/.git",
        "/data/.hidden.json", "/u/.draft/", "/u/.draft/index.html", "/./index.html",
        "/u//chunfeng/",
        "/folder.json", "/folder.json/", "/index.html/", "/index.html%00.json", "/index.html%0a",
        "/%2f%2fevil.example", "/nothing", "/" + "a/" * 600,
        "/" + "a" * 300, "/assets/desk.js", "/assets/fava/../fava/app.css", "/packs/",
        "/%e4%b8", "/assets/fonts/README.md", "/assets/fava/app.js.map",
    ],
)  # fmt: skip
def test_nothing_else_is_there(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404, (answer.status, answer.headers.get("Location"))
    assert SECRET not in answer.get_data(as_text=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_nothing_is_ever_sent_here(client: FlaskClient, method: str) -> None:
    for path in ("/", "/books/", f"/books/{PACK}/api/source", "/assets/mingbai.css", "/nothing"):
        answer = client.open(path, method=method)
        assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"


def test_a_page_is_sent_once_and_known_by_its_digest(out: Path, client: FlaskClient) -> None:
    first = client.get("/")
    digest = hashlib.sha256((out / "index.html").read_bytes()).hexdigest()
    assert first.headers["ETag"] == f'"{digest}"'
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.get_data() == b""
    pack = client.get("/packs/chunfeng/2026-Q1/public/v1/pack.json")
    assert pack.headers["Cache-Control"] == "public, max-age=86400"


def test_a_file_that_changed_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one", encoding="utf-8")
    client = create_public_app(tmp_path).test_client()
    first = client.get("/")
    (tmp_path / "index.html").write_text("another", encoding="utf-8")
    second = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200 and second.get_data() == b"another"
    assert first.headers["ETag"] != second.headers["ETag"]


def test_headers_are_strict_and_there_is_no_cookie(client: FlaskClient) -> None:
    for path in ("/", "/nothing", "/books/", f"/books/{PACK}/journal/", f"/books/{PACK}/editor/",
                 "/assets/mingbai.css"):  # fmt: skip
        answer = client.get(path, headers={"Cookie": "mingbai=stolen"})
        assert "Set-Cookie" not in answer.headers
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Server"] == "Mingbai"


def test_what_a_request_says_of_its_host_is_repeated_nowhere(client: FlaskClient) -> None:
    for path in ("/u/chunfeng", "/books/chunfeng", f"/books/{PACK}", "/nothing"):
        answer = client.get(
            path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        )
        assert "evil" not in str(answer.headers) + answer.get_data(as_text=True)


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no-publication"):
        create_public_app(tmp_path / "nothing")


# ---- books ---------------------------------------------------------------------------------------


def test_every_version_of_a_book_is_listed_and_a_unit_leads_to_its_newest(
    client: FlaskClient, out: Path
) -> None:
    page = client.get("/books/").get_data(as_text=True)
    assert "春风小学工会委员会（示例）" in page
    assert [one.name for one in published_books(out)] == [PACK, PACK.replace("v2", "v1")]
    assert page.index("v2/income") < page.index("v1/income")
    answer = client.get("/books/chunfeng/journal/")
    assert answer.headers["Location"] == f"/books/{PACK}/journal/"
    assert client.get(f"/books/{PACK}").headers["Location"] == f"/books/{PACK}/income_statement/"


@pytest.mark.parametrize(
    "path",
    [
        "income_statement/", "balance_sheet/", "trial_balance/", "journal/",
        f"account/{quote('Assets:102-银行存款')}/", "api/balance_sheet", "api/income_statement",
        "api/trial_balance", "api/ledger_data", "api/changed", "api/errors",
        "api/journal_page?page=1&order=asc",
    ],
)  # fmt: skip
def test_open_pages_of_a_book_answer(client: FlaskClient, out: Path, path: str) -> None:
    answer = client.get(f"/books/{PACK}/{path}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200, text[:500]
    assert str(out) not in text and "/vouchers/" not in text and "/statements/" not in text
    again = client.get(f"/books/{PACK}/{path}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_journal_shows_the_vouchers_without_a_link_to_the_desk(client: FlaskClient) -> None:
    pages = client.get(f"/books/{PACK}/api/journal_page?page=1&order=desc").get_json()
    assert "会费" in json.dumps(pages, ensure_ascii=False)
    data = client.get(f"/books/{PACK}/api/ledger_data").get_json()["data"]
    assert data["sidebar_links"] == [["首页 Home", "/"], ["公开账簿 Books", "/books/"]]
    assert data["payees"] == [] and data["other_ledgers"] == []


def test_no_endpoint_outside_the_list_answers(client: FlaskClient, out: Path) -> None:
    """Every rule of Fava's map, with every method; of our own pages none is there."""
    one = find_book(out, PACK)
    assert one is not None
    fill = {
        "bfile": PACK, "report_name": "editor", "extension_name": "Funds", "name": "Assets",
        "aggregation_key": "account", "result_format": "csv",
    }  # fmt: skip
    asked = 0
    for rule in fava_of(one).url_map.iter_rules():
        if rule.endpoint in gate.OPEN and rule.endpoint not in ("report", "extension_report"):
            continue
        built = rule.build({name: fill.get(name, "x") for name in rule.arguments})
        assert built is not None
        path = f"/books{built[1].removeprefix('/books')}"
        if path == "/books/":
            continue  # our own list
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = client.open(path, method=method)
            assert answer.status_code in (302, 403, 404, 405), (path, method, answer.status)
            if answer.status_code == 302:
                assert answer.headers["Location"] == f"/books/{PACK}/income_statement/"
            asked += 1
    assert asked > 150


@pytest.mark.parametrize(
    "name",
    [
        *sorted(gate.CLOSED_REPORTS), *(f"extension/{one}" for one in sorted(gate.OPEN_EXTENSIONS)),
        "api/source?filename=book.bean", "api/query?query_string=select", "api/options",
        "download-journal", "statement?entry_hash=0&key=x", "document?filename=x", "jump",
    ],
)  # fmt: skip
def test_closed_pages_of_a_book_stay_closed(client: FlaskClient, name: str) -> None:
    stroke = "" if "?" in name else "/"
    answer = client.get(f"/books/{PACK}/{name}{stroke}")
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("query", ["filter=%28a%2B%2B%29%2B", "account=%28a*%29*", "page=-1"])
def test_costly_filters_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/books/{PACK}/journal/?{query}").status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "chunfeng.2026-Q1.public.v3", "chunfeng.2026-Q1.public.v02", "chunfeng.2026-Q1.nobody.v1",
        "chunfeng.2026.public.v1", "..2026-Q1.public.v1", "other", "chunfeng.2026-Q1.public",
        "chunfeng.2026-q1.public.v1", "CHUNFENG", "%2e%2e",
    ],
)  # fmt: skip
def test_a_book_that_was_not_published_is_not_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/books/{name}/journal/").status_code == 404


def one_book(folder: Path) -> Path:
    place = folder / "packs" / "chunfeng" / "2026-Q1" / "public" / "v1" / "book"
    book_in(place)
    return place


def journal_of(folder: Path) -> TestResponse:
    name = PACK.replace("v2", "v1")
    return create_public_app(folder).test_client().get(f"/books/{name}/journal/")


@pytest.mark.parametrize(
    "line",
    [
        'plugin "beancount.plugins.auto"', 'include "../../../../../../secret.bean"',
        'include "/dev/zero"', 'option "documents" "/etc"', 'option "plugin_processing_mode" "raw"',
        '1970-01-01 custom "fava-extension" "reports.web.extension"',
        '1970-01-01 custom "fava-option" "import-config" "x.py"', "pushtag #x",
    ],
)  # fmt: skip
def test_a_book_whose_policy_says_more_is_not_shown(tmp_path: Path, line: str) -> None:
    place = one_book(tmp_path)
    with (place / "book.bean").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    assert journal_of(tmp_path).status_code == 503


def test_a_book_of_links_or_of_foreign_text_is_not_shown(tmp_path: Path) -> None:
    place = one_book(tmp_path)
    month = place / "2026" / "03.bean"
    whole = month.read_bytes()
    month.write_bytes(whole + b'2026-03-31 * "x"\n  Assets:A  1 CNY\n  Assets:B\n')
    assert journal_of(tmp_path).status_code == 503
    month.unlink()
    (tmp_path / "elsewhere.bean").write_bytes(whole)
    month.symlink_to(tmp_path / "elsewhere.bean")
    assert journal_of(tmp_path).status_code == 503
    month.unlink()
    month.write_bytes(whole)
    assert journal_of(tmp_path).status_code == 200
    (place / "book.bean").unlink()
    (place / "book.bean").symlink_to(ROOT / "books" / "tiny" / "book.bean")
    assert journal_of(tmp_path).status_code == 404


def test_few_books_are_held_open_at_once(out: Path) -> None:
    shelf = Shelf(lambda name: fava_of(one) if (one := find_book(out, name)) else None, most=1)
    first = shelf.book(PACK)
    assert first is shelf.book(PACK)
    assert shelf.book(PACK.replace("v2", "v1")) is not None and shelf.book("nothing") is None
    assert shelf.book(PACK) is not first


def test_a_file_is_found_by_no_other_spelling(out: Path) -> None:
    publication = Publication(out)
    assert publication.find("u/chunfeng/") == (out / "u/chunfeng/index.html").resolve()
    for path in ("/u/chunfeng/", "u/chunfeng", str(out / "index.html"), "u/./chunfeng/", "\ud800"):
        assert publication.find(path) is None, path


# ---- the process ---------------------------------------------------------------------------------


@pytest.fixture
def served(out: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "ledger.cli.main", "serve-public", str(out), "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        assert child.stdout is not None
        said = child.stdout.readline()
        assert "http://127.0.0.1:" in said
        yield child, int(said.strip().rstrip("/").rpartition(":")[2])
    finally:
        child.kill()
        child.communicate()


def test_it_says_its_address_answers_and_stops(served: tuple[subprocess.Popen[str], int]) -> None:
    child, port = served
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for path in ("/", f"/books/{PACK}/journal/"):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    connection.close()
    child.send_signal(signal.SIGTERM)
    _, errors = child.communicate(timeout=30)
    assert child.returncode == 0 and "Traceback" not in errors


def test_its_process_knows_no_registry_and_no_desk(out: Path) -> None:
    """Not after the command was read, nor after a book was shown."""
    script = (
        "import sys; import ledger.cli.main; from pathlib import Path;"
        "from reports.web.public import create_public_app;"
        f"client = create_public_app(Path({str(out)!r})).test_client();"
        f"assert client.get('/books/{PACK}/journal/').status_code == 200;"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in"
        " ('sqlalchemy', 'alembic', 'argon2', 'cryptography', 'importers') or name.startswith("
        "('ledger.registry', 'ledger.journal', 'reports.web.work', 'reports.web.access',"
        " 'reports.web.extension', 'reports.web.login'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "rule"),
    [(("--host", "0.0.0.0"), "not-loopback"), (("--port", "70000"), "usage")],  # noqa: S104
)
def test_it_listens_on_this_machine_only(out: Path, options: tuple[str, ...], rule: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ledger.cli.main", "serve-public", str(out), *options],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 2 and rule in done.stderr and "Traceback" not in done.stderr
