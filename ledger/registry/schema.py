"""The tables. Money is whole fen in 64-bit integers; moments are ISO text in UTC+8; what belongs to
a person is sealed under that person's key and found by keyed digests.

A change here comes with an Alembic migration; a test holds the two equal.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows only in INTEGER PRIMARY KEY columns.
Serial = BigInteger().with_variant(Integer, "sqlite")
Moment = String(32)

# One row: whose registry this is, and a digest by which another master key is told at once.
federation = Table(
    "federation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("key_digest", String(64), nullable=False),
)

unit = Table(
    "unit",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_en", String(200), nullable=False, default=""),
    Column("upper", String(40), ForeignKey("unit.id")),
    Column("chart", String(40), nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
    # Above this a voucher needs two checkers.
    Column("limit_fen", BigInteger, nullable=False),
    # What rules ask of a unit: where it is, and which kinds of unit it is, blanks between them.
    Column("province", String(40), nullable=False, server_default=""),
    Column("kinds", String(200), nullable=False, server_default=""),
    CheckConstraint("limit_fen >= 0", name="limit"),
)

# ---- persons, members, users -------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", Moment, nullable=False),
)

# Erasing this row makes the person's data unreadable for good; the books stay valid.
person_key = Table(
    "person_key",
    metadata,
    Column("person", String(16), ForeignKey("person.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

# What was known of a person before it changed, under the same key: nothing is written over.
person_past = Table(
    "person_past",
    metadata,
    Column("person", String(16), ForeignKey("person.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("user", String(16), nullable=False),  # who changed it
    Column("at", Moment, nullable=False),
)

person_digest = Table(
    "person_digest",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person", String(16), ForeignKey("person.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # name, account, phone, identity, payer
    Column("digest", String(64), nullable=False),
    UniqueConstraint("person", "kind", "digest"),
    Index(None, "kind", "digest"),
)

member = Table(
    "member",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("person", String(16), ForeignKey("person.id"), nullable=False),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("number", String(20), nullable=False),  # the member's number within the unit
    Column("state", String(20), nullable=False),  # active, left, transferred, merged
    Column("joined", Date, nullable=False),
    Column("left", Date),
    UniqueConstraint("unit", "number"),
    Index(None, "person"),
)

# A member goes from one unit to another: asked for by the one, accepted by the other.
member_transfer = Table(
    "member_transfer",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("member", String(16), ForeignKey("member.id"), nullable=False),
    Column("from_unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("to_unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("day", Date, nullable=False),  # the first day in the new unit
    Column("paid_through", String(7), nullable=False),  # the last month that the old unit collects
    Column("sealed", LargeBinary, nullable=False),  # the letter
    Column("state", String(10), nullable=False),  # asked, accepted, refused, withdrawn
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("answer", LargeBinary),  # why it was refused or withdrawn
    Column("answered_by", String(16)),
    Column("answered_at", Moment),
    Column("new_member", String(16)),  # who the member is in the new unit
    Index(None, "member"),
    Index(None, "from_unit", "state"),
    Index(None, "to_unit", "state"),
)

# Two members of one unit are the same person: ``member`` is shown with ``into`` from then on. Both
# ids stay valid, because books hold them. ``was_…`` is how the member stood before.
member_merge = Table(
    "member_merge",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("member", String(16), ForeignKey("member.id"), nullable=False),
    Column("into", String(16), ForeignKey("member.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # why
    Column("was_state", String(20), nullable=False),
    Column("was_left", Date),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("undone", LargeBinary),  # why it was undone
    Column("undone_by", String(16)),
    Column("undone_at", Moment),
    Index(None, "member"),
    Index(None, "into"),
)

user = Table(
    "user_account",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("login", String(40), nullable=False, unique=True),
    Column("person", String(16), ForeignKey("person.id")),
    Column("password", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # active, locked, left
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("created", Moment, nullable=False),
)

user_role = Table(
    "user_role",
    metadata,
    Column("user", String(16), ForeignKey("user_account.id"), primary_key=True),
    Column("unit", String(40), primary_key=True),  # "*" for the whole federation
    Column("role", String(20), primary_key=True),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user", String(16), ForeignKey("user_account.id"), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("purpose", String(16), nullable=False),  # web, cli
    Index(None, "user"),
)

operation = Table(
    "operation",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user", String(16), nullable=False),
    Column("unit", String(40), nullable=False),  # "" for acts on the federation
    Column("action", String(40), nullable=False),
    Column("object", String(120), nullable=False),
    Column("detail", Text, nullable=False),
    Column("chain", String(64), nullable=False),
    Index(None, "unit", "at"),
)

# ---- the journal -------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("name_en", String(200), nullable=False),
    Column("currency", String(24), nullable=False),
    Column("capital", Boolean, nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
)

fund = Table(
    "fund",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("restriction", String(16), nullable=False),
    Column("source", String(300), nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
)

# How a restricted fund's spendable resources changed, so that "never below zero on any day" is
# decided from days and months, not from the whole history.
fund_day = Table(
    "fund_day",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("fund", String(40), primary_key=True),
    Column("currency", String(24), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

fund_month = Table(
    "fund_month",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("fund", String(40), primary_key=True),
    Column("currency", String(24), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("file", String(20), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("posted", Moment, nullable=False),
    Column("key", String(120), nullable=False),  # idempotency: one key, one entry
    # Of vouchers only:
    Column("number", String(24)),
    Column("id", String(16)),
    Column("source", String(300)),
    Column("reverses", String(24)),
    UniqueConstraint("unit", "key"),
    UniqueConstraint("unit", "number"),
    UniqueConstraint("unit", "reverses"),  # a voucher is reversed once
    Index(None, "unit", "file", "offset"),
    Index(None, "unit", "source"),
)

voucher_count = Table(
    "voucher_count",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("kind", String(4), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("last", Integer, nullable=False),
)

# The head of a unit's chain, and how long each of its files is by the journal.
book_head = Table(
    "book_head",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False),
)

book_file = Table(
    "book_file",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("file", String(20), primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
)

month_state = Table(
    "month_state",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("state", String(10), nullable=False),  # closed, reopened
    Column("digest", String(64), nullable=False),
    Column("by", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# ---- drafts ------------------------------------------------------------------------------------

draft = Table(
    "draft",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("state", String(12), nullable=False),  # waiting, returned, withdrawn, posted
    Column("payload", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("source", String(300), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("created", Moment, nullable=False),
    Column("number", String(24)),
    Index(None, "unit", "state"),
    Index(None, "unit", "source"),
    Index(None, "unit", "number"),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("draft", String(16), ForeignKey("draft.id"), nullable=False),
    Column("digest", String(64), nullable=False),  # of the payload that was seen
    Column("user", String(16), nullable=False),
    Column("decision", String(10), nullable=False),  # approve, return
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "draft"),
)

recurring = Table(
    "recurring",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("title", String(100), nullable=False),
    Column("payload", Text, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit"),
)

paper = Table(
    "paper",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("suffix", String(10), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the name that the file came with
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# ---- statements --------------------------------------------------------------------------------

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

claim = Table(
    "claim",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),  # HY2026-0371-7, with its check digit
    Column("kind", String(16), nullable=False),  # dues, fee, allotment, gift, gift-fee
    Column("member", String(16)),
    Column("account", String(120), nullable=False),  # what is credited when it is paid
    Column("fund", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("currency", String(24), nullable=False),
    # open, drafted, paid, off, void; of a credit: drafted, credit, refunding, used, void
    Column("state", String(10), nullable=False),
    Column("list_code", String(24)),  # the list that this claim stands in, if any
    Column("rule", String(24), nullable=False, server_default=""),  # party, union-member, …
    Column("due", Date),  # the last day on which it is paid in time
    Column("settled_on", Date),  # the day on which it was paid, written off or made void
    Column("parent", String(24)),  # the claim that this one is a part of, or replaces
    # The credit that settled it, or the write-off; of a credit, the claim or voucher that used it.
    Column("settled_by", String(24)),
    Index(None, "unit", "state"),
    Index(None, "unit", "list_code"),
    Index(None, "unit", "member"),
    Index(None, "unit", "parent"),
    Index(None, "unit", "settled_on"),
    Index(None, "unit", "settled_by"),
    Index("ix_claim_sums", "unit", "month", "rule", "kind", "state", "member", "fen"),
)

# A claim that was settled from a day on, until a reversal or a reopening took that back.
claim_past = Table(
    "claim_past",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("claim", String(24), nullable=False),
    Column("state", String(10), nullable=False),  # what it was: paid, off, used
    Column("settled_on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("settled_by", String(24)),
    Index(None, "unit", "until"),
)

# ---- dues --------------------------------------------------------------------------------------

# How a unit collects one kind of dues: by which rule, and where what is paid is entered.
dues_scheme = Table(
    "dues_scheme",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("prefix", String(2), nullable=False),  # of the codes by which it is paid
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# What is known of a member for one kind of dues, whole, under the person's key. A change is a new
# version; none is ever written over.
member_facts = Table(
    "member_facts",
    metadata,
    Column("member", String(16), ForeignKey("member.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# What a member owes for a month. Number 0 is the first assessment; each later one is a difference,
# made when a fact changed. ``fen`` is the difference, ``total_fen`` what is owed in all by then.
assessment = Table(
    "assessment",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("member", String(16), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fen", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("due", Date, nullable=False),
    Column("table_key", String(80), nullable=False),  # the rule's table and version
    Column("table_digest", String(64), nullable=False),
    Column("row", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # all it was made of, under the person's key
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "member", "month"),
)

# Dues that are given up: proposed, signed by two, and perhaps taken back.
write_off = Table(
    "write_off",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),  # WO2026-0001-…
    Column("claim", String(24), nullable=False),
    Column("state", String(10), nullable=False),  # proposed, off, refused, reopened
    Column("reason", String(300), nullable=False),
    Column("decision", String(100), nullable=False),
    Column("off_on", Date),
    Index(None, "unit", "claim"),
)

# Who did what with a write-off, in order.
write_off_act = Table(
    "write_off_act",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), nullable=False),
    Column("code", String(24), nullable=False),
    Column("deed", String(10), nullable=False),  # propose, approve, refuse, reopen
    Column("user", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["write_off.unit", "write_off.code"]),
    Index(None, "unit", "code"),
)

# Numbered receipts for cash: no number is left out, and none is taken away.
receipt = Table(
    "receipt",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("draft", String(16), ForeignKey("draft.id"), nullable=False),
    Column("member", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("lines", Text, nullable=False),  # JSON: what it was for, by month, without names
    Column("state", String(10), nullable=False),  # valid, void
    Column("reason", String(300), nullable=False),  # why it is void
    Column("printed", Integer, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "draft"),
    Index(None, "unit", "member"),
)

# Who was reminded of what, when and how. It is the program's log; nothing was sent by it.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("member", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("how", String(10), nullable=False),  # letter, sms
    Column("fen", BigInteger, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit", "member"),
)

# A list that one deposit pays: from which paper it came, and who is to pay it.
claim_list = Table(
    "claim_list",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("template", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # who pays it
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# The order numbers by which claims are paid through a collection page; a code is a claim's or a
# payroll list's.
claim_order = Table(
    "claim_order",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("number", String(64), primary_key=True),
    Column("code", String(24), nullable=False),
    Index(None, "unit", "code"),
)

# ---- the levy of employers ---------------------------------------------------------------------

# Who owes a levy. ``union_since`` is the first day of its own union; until then what it pays is
# preparation money, held for the union to come.
employer = Table(
    "employer",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("name_digest", String(64), nullable=False),
    Column("code_digest", String(64), nullable=False),  # of its credit code; empty if unknown
    Column("sealed", LargeBinary, nullable=False),  # name and credit code: some are persons
    Column("union_since", Date),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("unit", "name_digest"),
)

# Where each part of a levy goes when it comes: the unit's own to income, the others to liabilities.
levy_share = Table(
    "levy_share",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("part", String(24), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# The payroll that an employer declared for a month. Number 0 is the first; each later one is a
# correction: ``fen`` is the difference in what is owed, ``total_fen`` what is owed in all by then.
levy_due = Table(
    "levy_due",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("employer", String(16), ForeignKey("employer.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("payroll_fen", BigInteger, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("table_key", String(80), nullable=False),  # the rule's table and version
    Column("table_digest", String(64), nullable=False),
    Column("source", String(300), nullable=False),  # the document, and what the figure came from
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit", "month"),
)

# Which claim is of whose levy, and the way by which its money comes.
levy_claim = Table(
    "levy_claim",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("employer", String(16), ForeignKey("employer.id"), nullable=False),
    Column("part", String(24), nullable=False),
    Column("channel", String(10), nullable=False),  # direct, tax, fiscal
    Column("split_key", String(80), nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["claim.unit", "claim.code"]),
    Index(None, "unit", "employer"),
)

# Where what goes up by a row of a rule is entered: what is debited, and the account that pays it.
remittance_path = Table(
    "remittance_path",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("row", String(64), primary_key=True),  # rule and row, such as party/province
    Column("held", Boolean, nullable=False),  # the debited account holds it whole until it goes
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("money", String(120), nullable=False),
    Column("counter", String(40), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)
