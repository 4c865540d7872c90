"""``/audit/<unit>/exports``: the unit's book in a format of auditors, made and sent at once.

Who may browse the unit may take it away, as on the command line: every paper of an archive opens
on its own page as well. What is made lies in a temporary folder and is gone before it is sent.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from flask import Blueprint, current_app, request, send_file

from ledger.errors import CannotRun, Finding, LedgerError, Refused, Words, finding
from ledger.registry import oplog
from reports.exports import exporting
from reports.exports.place import ARCHIVE, SAFT, demand_place
from reports.packs.zipped import zip_folder
from reports.web.access import current_user, desk, may_browse
from reports.web.work import typed
from reports.web.work.audit_bench import bench_page, last_year
from reports.web.work.turns import Turns, this_session

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.period import Period

exports_page = Blueprint("work-audit-exports", __name__)

_TURNS: Final = "mingbai-exports"
#: What one download may hold, in bytes; what has more is written by ``mingbai export``.
LARGEST: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """What a format is called, what it is for, what is in it and what is not."""

    title: Words
    purpose: Words
    holds: Words
    lacks: Words
    suffix: str = ".zip"


FORMATS: Final = {
    SAFT: Format(
        Words("SAF-T 2.00", "SAF-T 2.00"),
        Words("经合组织的标准审计文件，供审计软件直接读入。",
              "The OECD's standard audit file, which audit programs read as it is."),
        Words("一个 XML 文件：科目及期初期末余额、全部分录及其资金、项目、往来单位；固定资产。",
              "One XML file: accounts with opening and closing balances, every line of every "
              "voucher with its fund, project and other unit; assets."),
        Words("附件；人名（以编号代替）；发票与收付款的明细。",
              "Papers; names of persons, who are ids; documents of sales and payments."),
        ".xml",
    ),
    "gbt24589": Format(
        Words("GB/T 24589.1-2010", "GB/T 24589.1-2010"),
        Words("会计核算软件数据接口国家标准，供国内审计机关采集数据。",
              "The national standard by which audit offices in China collect data."),
        Words("CSV 表的 ZIP：电子账簿、科目、辅助核算、各月余额、记账凭证、报表、固定资产。",
              "A ZIP of CSV tables: the book, accounts, dimensions, balances by month, vouchers, "
              "statements, assets."),
        Words("附件；员工、供应商、客户、往来、工资各表；不声明符合 2024 年版。",
              "Papers; tables of staff, suppliers, customers, receivables and wages; the edition "
              "of 2024 is not claimed."),
    ),
    "iso21378": Format(
        Words("ISO 21378:2019", "ISO 21378:2019"),
        Words("审计数据采集的国际标准，供数据分析工具读入。",
              "The international standard of audit data collection, for tools of analysis."),
        Words("CSV 表的 ZIP：总账、科目、期间余额、凭证明细、基础档案、固定资产。",
              "A ZIP of CSV tables: general ledger, accounts, balances, details, base data, "
              "assets."),
        Words("附件；采购、销售、存货、应收应付、税各模块。",
              "Papers; purchase, sales, inventory, receivables, payables and tax."),
    ),
    "fec": Format(
        Words("FEC", "FEC"),
        Words("法国税务的会计分录文件，十八列的一张平表，表格软件即可打开。",
              "The French file of accounting entries: one flat table that any spreadsheet opens."),
        Words("文本文件的 ZIP：期初余额（AN）与全部分录，按记账先后。",
              "A ZIP with one text file: opening balances (AN), then every line in the order of "
              "posting."),
        Words("附件；报表；固定资产卡片；人名。",
              "Papers; statements; cards of assets; names of persons."),
    ),
    ARCHIVE: Format(
        Words("三十年归档", "Archive for thirty years"),
        Words("不靠本程序也能读、能核对的整套档案，供长期保存。",
              "All of it to keep, read and proven without this program."),
        Words("一个 ZIP：账簿全文、附件原件、封存、公开的各版、报表、操作日志、核对程序、说明。",
              "One ZIP: the book's text, papers in clear, seals, published packs, statements, the "
              "operation log, the script that proves it, and what the format is."),
        Words("加密保存的人名与号码（附件原件上写有的除外）；审计底稿。",
              "Names and numbers that are kept sealed, but for what papers show; auditors' "
              "working papers."),
    ),
}  # fmt: skip

_RUNS: Final = finding(
    "export-runs", "您的上一个导出还在进行", "your export before this one is still being made",
    "等它完成再导出", "wait until it is done",
)  # fmt: skip
_BUSY: Final = finding(
    "export-busy", "现在导出的人多", "many are exporting just now",
    "请稍候再试", "try again in a little while",
)  # fmt: skip


@exports_page.record_once
def _begin(state: Any) -> None:
    state.app.extensions[_TURNS] = Turns(_RUNS, _BUSY)


@exports_page.get("/audit/<unit>/exports", provide_automatic_options=False)
@may_browse
def form(unit: str) -> Response:
    return _page(unit)


def _page(unit: str, faults: tuple[Finding, ...] = (), status: int = 200) -> Response:
    return bench_page(
        "work/audit_exports.html", unit, "exports", findings=faults, status=status,
        formats=FORMATS, chosen=request.form.get("format", SAFT)[:20],
        period=request.form.get("period", last_year(unit))[:10], largest=LARGEST // 1024**2,
    )  # fmt: skip


@exports_page.post("/audit/<unit>/exports")
@may_browse
def take(unit: str) -> Response:
    """Make the export and send it; what speaks against it stands on the page."""
    turns = cast("Turns", current_app.extensions[_TURNS])
    with ExitStack() as stack:
        try:
            name = _format()
            period = typed.period()
            with turns.turn(this_session()):
                file = stack.enter_context(_made(unit, period, name))
                _log(unit, period, name)
        except LedgerError as fault:
            return _page(unit, fault.findings, 429 if fault.findings[0] in (_RUNS, _BUSY) else 422)
        except OSError as fault:
            return _page(unit, (_cannot_write(fault),), 503)
        suffix = FORMATS[name].suffix
        answer = send_file(
            file, mimetype=f"application/{suffix[1:]}", as_attachment=True,
            download_name=f"{unit}-{period}-{name}{suffix}",
        )  # fmt: skip
        answer.call_on_close(stack.pop_all().close)  # it is sent piece by piece
    return answer


def _format() -> str:
    asked = typed.text("format", 20)
    if asked not in FORMATS:
        raise Refused(
            finding(
                "bad-format", "没有这种导出格式", "there is no such format",
                "从列表中选一种", "choose one of the list",
            )
        )  # fmt: skip
    return asked


def _made(unit: str, period: Period, format: str) -> IO[bytes]:
    """The export as an open file without a name: nothing of it is left once it is closed.

    Raises: Refused for a book that does not hold, or an export that is too large; CannotRun where
    temporary files lie in the federation; OSError where none can be written.
    """
    registry = desk().registry
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mingbai-export-")))
        out = folder / f"{unit}-{period}-{format}"
        demand_place(out, desk().folder, format)
        exporting.export(
            registry, unit, period, format, out, desk().clock().date(), lambda *_: None
        )
        parts = [out] if out.is_file() else list(out.iterdir())
        size = sum(part.stat().st_size for part in parts)
        if size > LARGEST:
            raise CannotRun(_too_large(unit, period, format, size))
        if out.is_file():
            return out.open("rb")  # open until it is closed, though its folder goes now
        file = tempfile.TemporaryFile(prefix="mingbai-export-")  # noqa: SIM115  (who sends it closes it)
        try:
            zip_folder(out, file, below=out.name)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file


def _log(unit: str, period: Period, format: str) -> None:
    """The same line as of the command."""
    with desk().registry.write() as conn:
        oplog.record(
            conn, at=desk().clock(), user=current_user().id, unit=unit, action="export",
            object=unit, detail=f"{format} {period}",
        )  # fmt: skip


def _too_large(unit: str, period: Period, format: str, size: int) -> Finding:
    mega = 1024 * 1024
    command = f"mingbai export DIR --unit {unit} --period {period} --format {format} -o OUT"
    return finding(
        "export-large",
        f"这份导出共 {size // mega} MB，超过一次下载的 {LARGEST // mega} MB",
        f"this export has {size // mega} MB, more than the {LARGEST // mega} MB of one download",
        f"由管理员在服务器上写出：{command}", f"have it written on the server: {command}",
    )  # fmt: skip


def _cannot_write(fault: OSError) -> Finding:
    return finding(
        "cannot-write", f"服务器写不了临时文件：{fault.strerror}",
        f"the server cannot write its temporary file: {fault.strerror}",
        "请管理员检查磁盘空间；没有写出任何文件",
        "have an administrator check the disk's space; nothing was written",
    )  # fmt: skip
