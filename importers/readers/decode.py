"""Bytes to text by trial: strict UTF-8, UTF-16, strict GB18030, or refused."""

from __future__ import annotations

from ledger.errors import Refused, finding


def decode(data: bytes, name: str) -> str:
    """The text of a file; Refused if it is in none of these encodings."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[:4096].count(b"\0") * 10 > min(len(data), 4096):
        # UTF-16 without its mark: no other text has so many NUL bytes.
        encodings = ["utf-16-le" if b"\n\0" in data else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused(
        finding(
            "encoding",
            "文件编码无法识别（不是 UTF-8、UTF-16 或 GB18030 文本）",
            "the file's encoding is not known (not UTF-8, UTF-16 or GB18030 text)",
            "从银行重新导出为 CSV 或 XLSX；PDF 与图片请先向银行索取电子表格",
            "export it again as CSV or XLSX; ask the bank for a table instead of a PDF or picture",
            file=name,
        )
    )
