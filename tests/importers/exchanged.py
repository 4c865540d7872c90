"""Statements in the formats that banks exchange among themselves: OFX, MT940 and camt.053."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from ledger.money import Money
from tests.importers.printed import Moved

ACCOUNT = "6222000000000018"


def ofx(rows: Sequence[Moved], *, zone: str = "[+8:CST]", comma: bool = False) -> bytes:
    """OFX 1.02 in GBK, as a bank says it in ``CHARSET:936``; newest first."""
    entries = "".join(
        f"<STMTTRN><TRNTYPE>{'CREDIT' if row.fen > 0 else 'DEBIT'}"
        f"<DTPOSTED>{row.day:%Y%m%d}000000{zone}"
        f"<TRNAMT>{_comma(row.fen) if comma else Money(row.fen).text}"
        f"<FITID>2026{place:06d}<NAME>{escape(row.name)}<MEMO>{escape(row.memo)}</STMTTRN>\n"
        for place, row in reversed(list(enumerate(rows)))
    )
    held = rows[-1].held if rows else 0
    text = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n"
        "CHARSET:936\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
        "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        "<DTSERVER>20260401000000<LANGUAGE>CHI</SONRS></SIGNONMSGSRSV1>"
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<STMTRS><CURDEF>CNY<BANKACCTFROM><BANKID>102<ACCTID>{ACCOUNT}<ACCTTYPE>CHECKING"
        "</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n"
        f"{entries}</BANKTRANLIST><LEDGERBAL><BALAMT>{Money(held).text}<DTASOF>20260331"
        "</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
    return text.encode("gb18030")


def mt940(rows: Sequence[Moved], *, reversals: bool = False) -> bytes:
    """One MT940 message; with ``reversals`` money in is a debit taken back, and the reverse."""
    opening = rows[0].held - rows[0].fen if rows else 0
    closing = rows[-1].held if rows else 0
    marks = {True: "RD", False: "RC"} if reversals else {True: "C", False: "D"}
    entries = "".join(
        f":61:{row.day:%y%m%d}{row.day:%m%d}{marks[row.fen > 0]}{_comma(abs(row.fen))}"
        f"NTRFREF{place:06d}//B{place:08d}\n:86:{row.memo} {row.name}\n"
        for place, row in enumerate(rows)
    )
    text = (
        f":20:STATEMENT\n:25:102100000000/{ACCOUNT}\n:28C:3/1\n:60F:{_balance(opening, '260228')}\n"
        f"{entries}:62F:{_balance(closing, '260331')}\n-\n"
    )
    return text.encode()


def camt(rows: Sequence[Moved], *, batch_in_dollars: bool = False) -> bytes:
    """A camt.053.001.08 document; details may be in another currency than their entry."""
    opening = rows[0].held - rows[0].fen if rows else 0
    closing = rows[-1].held if rows else 0
    entries = "".join(_entry(place, row, batch_in_dollars) for place, row in enumerate(rows))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr>'
        "<MsgId>1</MsgId><CreDtTm>2026-04-01T00:00:00</CreDtTm></GrpHdr><Stmt><Id>3</Id>"
        f"<Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id></Acct>"
        f"{_bal('OPBD', opening)}{_bal('CLBD', closing)}"
        f"<TxsSummry><TtlNtries><NbOfNtries>{len(rows)}</NbOfNtries></TtlNtries></TxsSummry>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>\n"
    )
    return text.encode()


def _entry(place: int, row: Moved, dollars: bool) -> str:
    side = "CRDT" if row.fen > 0 else "DBIT"
    party = "Dbtr" if row.fen > 0 else "Cdtr"
    detail = (
        f"<TxDtls><Amt Ccy='USD'>1.00</Amt><RltdPties><{party}><Nm>{escape(row.name)}</Nm>"
        f"</{party}></RltdPties><RmtInf><Ustrd>{escape(row.memo)}</Ustrd></RmtInf></TxDtls>"
    )
    return (
        f"<Ntry><Amt Ccy='CNY'>{Money(abs(row.fen)).text}</Amt><CdtDbtInd>{side}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{row.day}</Dt></BookgDt>"
        f"<AcctSvcrRef>B{place:08d}</AcctSvcrRef><NtryDtls>{detail * (2 if dollars else 1)}"
        "</NtryDtls></Ntry>"
    )


def _bal(code: str, fen: int) -> str:
    side = "CRDT" if fen >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>"
        f"{Money(abs(fen)).text}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>"
    )


def _balance(fen: int, day: str) -> str:
    return f"{'C' if fen >= 0 else 'D'}{day}CNY{_comma(abs(fen))}"


def _comma(fen: int) -> str:
    return Money(fen).text.replace(".", ",")
