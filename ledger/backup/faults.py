"""What is wrong with a backup, or with where it should go, in words."""

from __future__ import annotations

from ledger.errors import Finding, finding
from ledger.registry.vault import KEY_VARIABLE

_OTHER = (
    "换用另一份备份；来源不明的不要用", "take another backup; use none whose origin is unknown",
)  # fmt: skip


def not_a_backup(file: str, zh: str, en: str) -> Finding:
    return finding(
        "not-a-backup", f"这不是可用的备份：{zh}", f"this is no backup that can be used: {en}",
        "核对路径；传输中断的重新取得，否则换用另一份备份",
        "check the path; get it again if copying was cut off, else take another backup",
        file=file,
    )  # fmt: skip


def hostile(file: str, what: str, zh: str, en: str) -> Finding:
    return finding(
        "hostile-backup", f"拒绝这份备份：{zh}：{what}", f"this backup is refused: {en}: {what}",
        *_OTHER, file=file,
    )  # fmt: skip


def damaged(name: str, zh: str, en: str) -> Finding:
    return finding(
        "backup-damaged", f"备份中此文件{zh}", f"this file of the backup {en}",
        "换用另一份备份；只损坏登记册或只损坏账簿时，可由另一方重建："
        "--from books 或 --from journal",
        "take another backup; where only the registry or only books are damaged, one is made from "
        "the other: --from books or --from journal",
        file=name,
    )  # fmt: skip


def more_damaged(count: int) -> Finding:
    return finding(
        "backup-damaged", f"另有 {count} 个文件损坏", f"{count} more files are damaged",
        "同上", "as above",
    )  # fmt: skip


def both_damaged() -> Finding:
    return finding(
        "both-damaged",
        "备份中登记册与账簿（或附件等）都有损坏，任何一方都不能由另一方重建",
        "in this backup the registry is damaged, and books or papers are too: neither can be made "
        "from the other",
        "换用另一份备份", "take another backup",
    )  # fmt: skip


def other_witness(source: str, zh: str, en: str) -> Finding:
    other = "journal" if source == "books" else "books"
    return finding(
        "other-witness", f"{zh}，不能由 --from {source} 重建",
        f"{en}: --from {source} does not help",
        f"用 --from {other}", f"use --from {other}",
    )  # fmt: skip


def from_journal() -> Finding:
    return finding(
        "books-damaged", "备份中损坏的只是账簿，日志完整",
        "only books are damaged in this backup, and the journal is whole",
        "加 --from journal，由日志重写账簿，逐字节相同",
        "add --from journal: the books are written again from it, the same bytes",
    )  # fmt: skip


def from_books(*, whole: bool) -> Finding:
    if whole:
        return finding(
            "journal-damaged", "备份中损坏的只是日志，账簿完整",
            "only the journal is damaged in this backup, and the books are whole",
            "加 --from books，由账簿重建日志；登记册的其余内容照旧",
            "add --from books: it is made again from them; the registry keeps everything else",
        )  # fmt: skip
    return finding(
        "registry-damaged",
        "备份中登记册损坏，账簿完整：人员、用户、草稿等不在账簿中",
        "the registry in this backup is damaged, and the books are whole: persons, users, drafts "
        "and registers stand in no book",
        "先找另一份备份；都没有时加 --from books，只重建账簿及其日志，其余尽失，逐项列出",
        "look for another backup first; if there is none, add --from books: books and journal are "
        "made again, and everything else is lost, as will be listed",
    )  # fmt: skip


def other_digest(file: str, found: str, given: str) -> Finding:
    return finding(
        "other-backup", f"清单摘要是 {found}，不是所给的 {given[:64]}",
        f"the digest of its manifest is {found}, not {given[:64]} as given",
        "核对是否取错了备份；摘要在备份时打印，并记入操作日志",
        "see whether this is the right backup; the digest was printed when it was made, and stands "
        "in the operation log",
        file=file,
    )  # fmt: skip


def other_key(file: str) -> Finding:
    return finding(
        "other-key", "主密钥不是此备份的那一把", "this is not the master key of this backup",
        f"给出原来的密钥：--key-file FILE，或环境变量 {KEY_VARIABLE}；密钥与备份分开保管",
        f"give the key that belongs to it: --key-file FILE, or {KEY_VARIABLE}; it is kept apart "
        "from backups",
        file=file,
    )  # fmt: skip


def altered(file: str) -> Finding:
    return finding(
        "backup-altered", "备份的清单不是持此主密钥者所写：备份被人改过",
        "the manifest of this backup was not written by who has this master key: it was altered",
        "换用另一份备份，并查明是谁改动的",
        "take another backup, and find out who altered this one",
        file=file,
    )  # fmt: skip


def no_key() -> Finding:
    return finding(
        "no-master-key", "没有给出主密钥，备份中也没有",
        "no master key is given, and a backup holds none",
        f"给出密钥：--key-file FILE，或环境变量 {KEY_VARIABLE}",
        f"give it: --key-file FILE, or {KEY_VARIABLE}",
    )  # fmt: skip


def too_large(file: str, need: int, free: int) -> Finding:
    return finding(
        "no-space", f"需要 {need:,} 字节，磁盘只余 {free:,}",
        f"{need:,} bytes are needed, {free:,} are free", "腾出空间，或换一个磁盘",
        "make room, or choose another disk", file=file,
    )  # fmt: skip


def in_the_way(file: str) -> Finding:
    return finding(
        "file-exists", "已有此文件，备份不覆盖任何文件",
        "there is such a file already; a backup overwrites none",
        "换一个文件名", "choose another name", file=file,
    )  # fmt: skip


def no_place(file: str) -> Finding:
    return finding(
        "no-folder", "要写入的目录不存在", "the folder that it should go into does not exist",
        "先建目录，或换一个位置", "make it first, or choose another place", file=file,
    )  # fmt: skip


def inside(file: str) -> Finding:
    return finding(
        "inside-folder", "备份不能写在联合会目录内：与它一同损毁的不是备份",
        "a backup is not written into the federation's folder: what is lost with it is none",
        "写到另一个磁盘", "write it to another disk", file=file,
    )  # fmt: skip


def book_differs(unit: str, file: str) -> Finding:
    return finding(
        "witnesses-differ", f"单位 {unit} 的账簿与日志不同，不作备份",
        f"the book and the journal of unit {unit} differ: no backup is made of that",
        "mingbai check 查看差异；由可信的一方重建（mingbai rebuild）后再备份",
        "see mingbai check; make one from the one you trust (mingbai rebuild), then back up",
        file=f"units/{unit}/{file}",
    )  # fmt: skip


def left_out(file: str, zh: str, en: str) -> Finding:
    return finding(
        "left-out", f"未备份：{zh}", f"not in the backup: {en}",
        "需要时另行保管", "keep it apart if it is needed", file=file, severity="warning",
    )  # fmt: skip
