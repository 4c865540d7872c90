"""Pages for what went wrong: what happened, what to do, in both languages; nothing internal."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Flask, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from ledger.errors import Finding, LedgerError, NotAllowed, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

log = logging.getLogger("mingbai.web")


class Trouble(NamedTuple):
    title: Words
    remedy: Words


TROUBLES: Final = {
    400: Trouble(
        Words("这个请求无法处理", "This request cannot be handled"),
        Words("请返回上一页，检查填写的内容", "Go back and check what was entered"),
    ),
    401: Trouble(
        Words("请先登录", "Please sign in"),
        Words("您尚未登录，或登录已过期；请重新登录", "You are signed out; sign in again"),
    ),
    403: Trouble(
        Words("这里不对您开放", "This is not open to you"),
        Words(
            "返回首页，选择您可以查阅的单位；需要权限请联系本单位管理员",
            "Return to the first page and choose a unit there; "
            "ask your unit's administrator if you need more",
        ),
    ),
    404: Trouble(
        Words("没有这个页面", "There is no such page"),
        Words("请检查网址，或从首页重新进入", "Check the address or start from the first page"),
    ),
    405: Trouble(
        Words("这里只能查阅", "This can only be read"),
        Words("请从首页重新进入", "Start again from the first page"),
    ),
    410: Trouble(
        Words("文件已损坏，未予提供", "The paper is damaged and was not served"),
        Words(
            "文件内容与凭证上登记的摘要不符；请通知会计核对存档",
            "Its content differs from the digest in the voucher; "
            "tell the accountant to check the archive",
        ),
    ),
    413: Trouble(
        Words("内容太大", "This is too large"),
        Words("请缩小后再试", "Make it smaller and try again"),
    ),
    429: Trouble(
        Words("尝试次数过多", "Too many attempts"),
        Words("请稍等几分钟再试", "Wait a few minutes and try again"),
    ),
    500: Trouble(
        Words("程序出错", "Something went wrong"),
        Words(
            "账目没有改动；请稍后再试，仍然不行请通知管理员查看日志",
            "No book was changed; try again later, then tell the administrator to read the log",
        ),
    ),
    503: Trouble(
        Words("账簿暂时不能查阅", "This book cannot be shown now"),
        Words(
            "账簿未能通过检查；请会计运行 mingbai check 查明原因",
            "The book did not pass its checks; the accountant runs mingbai check to see why",
        ),
    ),
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(LedgerError, _on_ledger_error)
    app.register_error_handler(Exception, _on_anything)


def trouble_page(
    status: int, faults: Sequence[Words] = (), *, findings: Sequence[Finding] = ()
) -> Response:
    """The page for an HTTP status, or its plain form where a script asked."""
    trouble = TROUBLES.get(status, TROUBLES[400 if status < 500 else 500])
    faults = [*faults, *(found.what for found in findings)]
    remedies = [found.remedy for found in findings] or [trouble.remedy]
    if "/api/" in request.path:
        what = faults or [trouble.title]
        text = "；".join(f"{words.zh} {words.en}" for words in what)
        return make_response(jsonify(error=text), status)
    if request.args.get("partial"):
        words = [trouble.title, *faults, *remedies]
        plain = make_response("\n".join(f"{zh} {en}" for zh, en in words), status)
        plain.mimetype = "text/plain"
        return plain
    page = render_template(
        "error.html", status=status, trouble=trouble, faults=faults, remedies=remedies
    )
    return make_response(page, status)


def _on_http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if 300 <= status < 400:
        return error
    page = trouble_page(status)
    if status == 405 and (allowed := getattr(error, "valid_methods", None)):
        page.headers["Allow"] = ", ".join(sorted(allowed))
    return page


def _on_ledger_error(error: LedgerError) -> Response:
    status = 403 if isinstance(error, NotAllowed) else 503
    log.warning("%s: %s", request.endpoint, ", ".join(found.rule for found in error.findings))
    return trouble_page(status)


def _on_anything(error: Exception) -> Response:
    log.error("unexpected error at %s", request.endpoint, exc_info=error)
    return trouble_page(500)
