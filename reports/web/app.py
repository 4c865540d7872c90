"""One Flask app: sign in, choose a unit, browse its book, open what stands behind a figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Flask

from ledger.errors import CannotRun, finding
from ledger.registry import Registry
from reports.web import (
    access,
    assets,
    books,
    errors,
    figures,
    headers,
    home,
    language,
    listening,
    login,
    papers,
    search,
    statements,
    vouchers,
    work,
)
from reports.web.work.frame import LARGEST_FORM

if TYPE_CHECKING:
    from cheroot.wsgi import Server

_LARGEST_FORM: Final = 64 * 1024


def create_app(
    folder: Path, *, clock: Callable[[], datetime], public_url: str | None = None
) -> Flask:
    """The web desk of the federation in ``folder``.

    ``public_url`` is the address that people type when a proxy stands in front, such as
    ``https://books.example.org``. Requests for any other host are refused; over https cookies are
    marked secure. What a request says of itself (``X-Forwarded-…``) is never believed.

    Raises CannotRun when the federation cannot be opened, or the address is none.
    """
    secure, hosts = _address(public_url)
    registry = Registry.open(folder)
    app = Flask("reports.web", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=_LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        MAX_FORM_PARTS=50,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[access.EXTENSION] = access.Desk(
        folder, registry, clock, secure=secure, hosts=hosts
    )
    app.extensions["mingbai-door"] = login.Door()
    app.extensions["mingbai-shelf"] = books.shelf_of(registry)
    for part in (login.login, home.home_pages, books.books, papers.papers, vouchers.vouchers):
        app.register_blueprint(part)
    app.register_blueprint(figures.figures)
    app.register_blueprint(search.search)
    app.register_blueprint(statements.statements)
    app.register_blueprint(assets.assets)
    app.register_blueprint(language.language)
    for part in work.PAGES:
        app.register_blueprint(part)
    app.jinja_env.filters.update(work.FILTERS)
    headers.install(app)
    access.install(app)
    errors.install(app)
    language.install(app)
    return app


def _address(public_url: str | None) -> tuple[bool, frozenset[str]]:
    local = frozenset({"127.0.0.1", "localhost", "::1"})
    if public_url is None:
        return False, local
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise CannotRun(
            finding(
                "bad-address",
                f"公开网址写法不对：{public_url[:80]}",
                f"not an address: {public_url[:80]}",
                "写作 https://books.example.org，不带路径",
                "write https://books.example.org, without a path",
            )
        )
    return parts.scheme == "https", frozenset({parts.hostname})


def build_server(app: Flask, host: str, port: int) -> Server:
    """A server for the app, bound to this machine only. Raises CannotRun for another address.

    Forms that carry files say so; Flask holds every other one to the small size.
    """
    return listening.build_server(app, host, port, largest=LARGEST_FORM)


def serve(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 8484,
    *,
    clock: Callable[[], datetime],
    public_url: str | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; ``announce`` is told the address once it answers.

    Raises CannotRun if the address is no loopback one or is taken.
    """
    server = build_server(create_app(folder, clock=clock, public_url=public_url), host, port)
    listening.listen(server, host, port, announce, public_url or "")
