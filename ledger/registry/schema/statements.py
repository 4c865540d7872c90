"""Statements of banks and platforms, and what was decided of their lines."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, Serial, metadata

bank_account = Table(
    "bank_account",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("account", String(120), primary_key=True),  # the ledger's account
    Column("kind", String(16), nullable=False),  # bank, wechat, alipay, …
    Column("label", String(100), nullable=False),
    Column("number_digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("fund", String(40), nullable=False),
)

# Parts of a money account that the bank numbers (虚拟子账户): whoever pays in there is told by it.
# Exactly one of member, code (of a claim or a list) and fund says whose it is.
sub_account = Table(
    "sub_account",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("account", String(120), primary_key=True),  # the ledger's account
    Column("digest", String(64), primary_key=True),  # of the number
    Column("sealed", LargeBinary, nullable=False),
    Column("member", String(16)),
    Column("code", String(24)),
    Column("fund", String(40)),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "account"], ["bank_account.unit", "bank_account.account"]),
)

statement_file = Table(
    "statement_file",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("account", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("profile", String(60), nullable=False),
    Column("start", Date),
    Column("end", Date),
    Column("opening_fen", BigInteger),
    Column("closing_fen", BigInteger),
    Column("proofs", Text, nullable=False),
    Column("grade", String(1), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # file name and preamble
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("undone", BigInteger, nullable=False, server_default="0"),  # its own number once undone
    UniqueConstraint("unit", "account", "digest", "undone"),
)

# Rows of a file that are no lines, each with why, until a person says what became of it.
raw_row = Table(
    "raw_row",
    metadata,
    Column("file", Serial, ForeignKey("statement_file.id"), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("parked", String(300)),  # why the row is no line
    Column("sealed", LargeBinary, nullable=False),
)

# The rows that became lines, as they stood in the file, some hundreds sealed together: they are
# kept as evidence and hardly ever read.
raw_block = Table(
    "raw_block",
    metadata,
    Column("file", Serial, ForeignKey("statement_file.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# A person looked at a parked row and says what became of it; the row itself stays.
row_decision = Table(
    "row_decision",
    metadata,
    Column("file", Serial, primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("user", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["file", "row"], ["raw_row.file", "raw_row.row"]),
)

statement_row = Table(
    "statement_row",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("account", String(120), nullable=False),
    Column("import_id", String(64), nullable=False),
    Column("file", Serial, ForeignKey("statement_file.id"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("place", Integer, nullable=False),  # the order of lines in the file, oldest first
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("currency", String(24), nullable=False),
    Column("balance_fen", BigInteger),
    Column("bank_ref", String(80), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # counterparty, account, memo
    Column("state", String(12), nullable=False),  # question, drafted, posted, set-aside, undone
    Column("undone", BigInteger, nullable=False, server_default="0"),  # as its file's
    UniqueConstraint("unit", "account", "import_id", "undone"),
    Index(None, "unit", "state"),
    Index(None, "unit", "account", "day"),
)

# An import that is taken back: open while its vouchers wait to be reversed.
undoing = Table(
    "undoing",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("file", Serial, ForeignKey("statement_file.id"), nullable=False),
    Column("state", String(10), nullable=False),  # open, done, given-up
    Column("left", Integer, nullable=False),  # how many of its lines are in the book still
    Column("user", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "file"),
)

# Numbers that lines are found by, beside the bank's serial: orders, and the serials of payments
# that a refund names.
line_key = Table(
    "line_key",
    metadata,
    Column("row", Serial, ForeignKey("statement_row.id"), primary_key=True, autoincrement=False),
    Column("key", String(80), primary_key=True),
    Column("unit", String(40), nullable=False),
    Index(None, "unit", "key"),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("row", Serial, ForeignKey("statement_row.id"), nullable=False),
    Column("tier", String(1), nullable=False),
    Column("score", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("draft", String(16), ForeignKey("draft.id")),
    # A suggestion: the codes it would settle, the next best of another member, and its score.
    Column("claims", String(300)),
    Column("runner_up", String(300)),
    Column("runner_score", Integer),
    Column("at", Moment, nullable=False),
    Index(None, "row"),
    Index(None, "draft"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("row", Serial, ForeignKey("statement_row.id"), nullable=False),
    Column("user", String(16), nullable=False),
    Column("kind", String(16), nullable=False),  # draft, set-aside, reopen
    Column("note", String(300), nullable=False),
    Column("draft", String(16), ForeignKey("draft.id")),
    Column("at", Moment, nullable=False),
    Index(None, "row"),
    Index(None, "draft"),
)

# What a draft that answers a line taught: forgotten when the draft is taken back.
learnt = Table(
    "learnt",
    metadata,
    Column("draft", String(16), ForeignKey("draft.id"), primary_key=True),
    Column("person", String(16), ForeignKey("person.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Index(None, "person"),
)

import_rule = Table(
    "import_rule",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", String(100), nullable=False),
    # JSON: what must hold (account, direction, counterparty, memo, amount, smallest, largest) and
    # what follows (account, fund, kind, payee, narration, meta). Counterparties may be persons.
    Column("sealed", LargeBinary, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("user", String(16), nullable=False),
    Index(None, "unit", "position"),
)
