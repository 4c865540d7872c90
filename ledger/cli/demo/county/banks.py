"""Statements of corporate accounts in the layouts of five banks, as text and as OFX.

Column words and heads are those of the banks' own downloads; accounts, names and movements are
ours.
Chinese text is GB18030 where the bank writes it so, UTF-16 with tabs where it does that.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from ledger.cli.demo.files import Balanced, icbc
from ledger.money import total


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of an account in a period, oldest first, each with the balance after it."""

    number: str
    holder: str
    first: date
    last: date
    rows: Sequence[Balanced]

    def sums(self, *, came: bool) -> tuple[str, int]:
        """What came, or what went, and in how many movements."""
        sizes = [abs(row.amount) for row, _ in self.rows if (row.amount.fen > 0) == came]
        return (total(sizes).text if sizes else "0.00"), len(sizes)


Columns = dict[str, Callable[[Balanced], str]]


def _icbc(one: Statement) -> bytes:
    return icbc(one.rows, one.number)


def _abc(one: Statement) -> bytes:
    """Agricultural Bank: two columns of amounts, a fee column, the memo under 交易附言; GB18030."""
    columns: Columns = {
        "交易日期": lambda b: f"{b[0].at:%Y%m%d}",
        "交易时间戳": lambda b: f"{b[0].at:%Y-%m-%d-%H.%M.%S}.123456",
        "收入金额": lambda b: _size(b, came=True), "支出金额": lambda b: _size(b, came=False),
        "本次余额": lambda b: b[1].text, "手续费总额": lambda _: "0.00",
        "交易方式": lambda _: "网银", "对方账号": lambda _: "",
        "对方户名": lambda b: b[0].counterparty, "交易用途": lambda _: "",
        "交易摘要": lambda b: b[0].kind, "交易附言": lambda b: b[0].memo,
        "交易日志号": lambda b: b[0].order,
    }  # fmt: skip
    head = [["账户明细"], [f"账号 {one.number}"], [f"户名：{one.holder}"]]
    return _text([*head, *_table(one, columns)], "gb18030")


def _boc(one: Statement) -> bytes:
    """Bank of China: who paid whom under bilingual words, sums above; UTF-16 with tabs."""
    came, came_count = one.sums(came=True)
    went, went_count = one.sums(came=False)
    head = [
        ["查询时间[Inquiry time]:", f"{one.last:%Y%m%d}"],
        ["查询账号[Inquirer account number]", one.number], ["币种[Currency]", "CNY"],
        ["查询时间范围[Time Range]", f"{one.first:%Y%m%d}-{one.last:%Y%m%d}"],
        ["贷方发生总额[Total Credit Amount]", came,
         "贷方发生总笔数[Total Number of Credited Payments]", f"{came_count}"],
        ["借方发生总额[Total Debit Amount]", went,
         "借方发生总笔数[Total Number of Debited Payments]", f"{went_count}"],
        ["总笔数[Total]", f"{len(one.rows)}"], [],
    ]  # fmt: skip

    def of(b: Balanced, *, payer: bool, own: str, other: str) -> str:
        return own if (b[0].amount.fen < 0) == payer else other

    columns: Columns = {
        "交易类型[ Transaction Type ]": lambda b: "来账" if b[0].amount.fen > 0 else "往账",
        "业务类型[ Business type ]": lambda b: b[0].kind,
        "付款人开户行名[ Payer account bank ]": lambda _: "示例银行",
        "付款人账号[ Debit Account No. ]":
            lambda b: of(b, payer=True, own=one.number, other=""),
        "付款人名称[ Payer's Name ]":
            lambda b: of(b, payer=True, own=one.holder, other=b[0].counterparty),
        "收款人开户行名[ Beneficiary account bank ]": lambda _: "示例银行",
        "收款人账号[ Payee's Account Number ]":
            lambda b: of(b, payer=False, own=one.number, other=""),
        "收款人名称[ Payee's Name ]":
            lambda b: of(b, payer=False, own=one.holder, other=b[0].counterparty),
        "交易日期[ Transaction Date ]": lambda b: f"{b[0].at:%Y%m%d}",
        "交易时间[ Transaction time ]": lambda b: f"{b[0].at:%H:%M:%S}",
        "交易货币[ Trade Currency ]": lambda _: "CNY",
        "交易金额[ Trade Amount ]": lambda b: abs(b[0].amount).text,
        "交易后余额[ After-transaction balance ]": lambda b: b[1].text,
        "起息日期[ Value Date ]": lambda b: f"{b[0].at:%Y%m%d}",
        "汇率[ Exchange rate ]": lambda _: "1.0",
        "交易流水号[ Transaction reference number ]": lambda b: b[0].order,
        "客户业务编号[ Customer Transaction Reference ]": lambda _: "",
        "凭证类型[ Voucher type ]": lambda _: "", "记录标识号[ Record ID ]": lambda _: "",
        "摘要[ Reference ]": lambda b: b[0].memo, "用途[ Purpose ]": lambda _: "",
        "备注[ Remarks ]": lambda _: "",
    }  # fmt: skip
    return _text([*head, *_table(one, columns)], "utf-16", "\t")


def _ccb(one: Statement) -> bytes:
    """Construction Bank: balances, sums and counts above, 借方 and 贷方 apart; GB18030."""
    opening = one.rows[0][1] - one.rows[0][0].amount
    came, came_count = one.sums(came=True)
    went, went_count = one.sums(came=False)
    head = [
        ["中国建设银行账户明细"], [f"账号：{one.number}"], [f"账户名称：{one.holder}"],
        ["币种：人民币元"],
        [f"起始日期：{one.first:%Y%m%d}", f"截止日期：{one.last:%Y%m%d}"],
        [f"期初余额：{opening.text}", f"当前余额：{one.rows[-1][1].text}"],
        [f"借方发生额：{went}", f"借方笔数：{went_count}"],
        [f"贷方发生额：{came}", f"贷方笔数：{came_count}"], [],
    ]  # fmt: skip
    columns: Columns = {
        "交易时间": lambda b: f"{b[0].at:%Y%m%d %H:%M:%S}",
        "借方发生额/元(支取)": lambda b: _size(b, came=False),
        "贷方发生额/元(收入)": lambda b: _size(b, came=True),
        "余额": lambda b: b[1].text, "币种": lambda _: "人民币元",
        "对方户名": lambda b: b[0].counterparty, "对方账号": lambda _: "",
        "记账日期": lambda b: f"{b[0].at:%Y%m%d}", "摘要": lambda b: b[0].memo,
        "备注": lambda _: "", "账户明细编号-交易流水号": lambda b: b[0].order,
    }  # fmt: skip
    return _text([*head, *_table(one, columns)], "gb18030")


def _cmb(one: Statement) -> bytes:
    """Merchants Bank, in the format that banks exchange: OFX 1.02, GB18030, newest first."""
    entries = "".join(
        f"<STMTTRN><TRNTYPE>{'CREDIT' if row.amount.fen > 0 else 'DEBIT'}"
        f"<DTPOSTED>{row.at:%Y%m%d}000000[+8:CST]<TRNAMT>{row.amount.text}"
        f"<FITID>{row.order}<NAME>{escape(row.counterparty or row.kind)}"
        f"<MEMO>{escape(row.memo)}</STMTTRN>\n"
        for row, _ in reversed(one.rows)
    )
    text = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n"
        "CHARSET:936\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
        "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<DTSERVER>{one.last:%Y%m%d}235959<LANGUAGE>CHI</SONRS></SIGNONMSGSRSV1>"
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<STMTRS><CURDEF>CNY<BANKACCTFROM><BANKID>308<ACCTID>{one.number}<ACCTTYPE>CHECKING"
        f"</BANKACCTFROM><BANKTRANLIST><DTSTART>{one.first:%Y%m%d}<DTEND>{one.last:%Y%m%d}\n"
        f"{entries}</BANKTRANLIST><LEDGERBAL><BALAMT>{one.rows[-1][1].text}"
        f"<DTASOF>{one.last:%Y%m%d}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
    return text.encode("gb18030")


#: By bank: how it writes a statement, and how the file's name ends.
BANKS: Final[dict[str, tuple[Callable[[Statement], bytes], str]]] = {
    "icbc": (_icbc, "csv"),
    "abc": (_abc, "csv"),
    "boc": (_boc, "txt"),
    "ccb": (_ccb, "csv"),
    "cmb": (_cmb, "ofx"),
}


def _table(one: Statement, columns: Columns) -> list[list[str]]:
    return [list(columns), *([cell(row) for cell in columns.values()] for row in one.rows)]


def _size(row: Balanced, *, came: bool) -> str:
    return abs(row[0].amount).text if (row[0].amount.fen > 0) == came else "0.00"


def _text(rows: Sequence[Sequence[str]], encoding: str, sep: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=sep, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)
