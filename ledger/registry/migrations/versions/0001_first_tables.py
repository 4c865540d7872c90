"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "book_file",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "file", name=op.f("pk_book_file")),
    )
    op.create_table(
        "fund_day",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("fund", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "fund", "currency", "day", name=op.f("pk_fund_day")),
    )
    op.create_table(
        "fund_month",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("fund", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=24), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "fund", "currency", "month", name=op.f("pk_fund_month")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    op.create_index(op.f("ix_operation_unit_at"), "operation", ["unit", "at"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("upper", sa.String(length=40), nullable=True),
        sa.Column("chart", sa.String(length=40), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("limit_fen >= 0", name=op.f("ck_unit_limit")),
        sa.ForeignKeyConstraint(["upper"], ["unit.id"], name=op.f("fk_unit_upper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_table(
        "voucher_count",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "kind", "month", name=op.f("pk_voucher_count")),
    )
    op.create_table(
        "account",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=24), nullable=False),
        sa.Column("capital", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_account_unit")),
        sa.PrimaryKeyConstraint("unit", "name", name=op.f("pk_account")),
    )
    op.create_table(
        "bank_account",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("number_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fund", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_bank_account_unit")),
        sa.PrimaryKeyConstraint("unit", "account", name=op.f("pk_bank_account")),
    )
    op.create_table(
        "book_head",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_book_head_unit")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_book_head")),
    )
    op.create_table(
        "claim",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=16), nullable=True),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("fund", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("list_code", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_claim_unit")),
        sa.PrimaryKeyConstraint("unit", "code", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_unit_list_code"), "claim", ["unit", "list_code"], unique=False)
    op.create_index(op.f("ix_claim_unit_state"), "claim", ["unit", "state"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("maker", sa.String(length=16), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_draft_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_unit_number"), "draft", ["unit", "number"], unique=False)
    op.create_index(op.f("ix_draft_unit_source"), "draft", ["unit", "source"], unique=False)
    op.create_index(op.f("ix_draft_unit_state"), "draft", ["unit", "state"], unique=False)
    op.create_table(
        "entry",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posted", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("reverses", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_entry_unit")),
        sa.PrimaryKeyConstraint("unit", "seq", name=op.f("pk_entry")),
        sa.UniqueConstraint("unit", "key", name=op.f("uq_entry_unit_key")),
        sa.UniqueConstraint("unit", "number", name=op.f("uq_entry_unit_number")),
        sa.UniqueConstraint("unit", "reverses", name=op.f("uq_entry_unit_reverses")),
    )
    op.create_index(
        op.f("ix_entry_unit_file_offset"), "entry", ["unit", "file", "offset"], unique=False
    )
    op.create_index(op.f("ix_entry_unit_source"), "entry", ["unit", "source"], unique=False)
    op.create_table(
        "fund",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("restriction", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_fund_unit")),
        sa.PrimaryKeyConstraint("unit", "code", name=op.f("pk_fund")),
    )
    op.create_table(
        "import_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_import_rule_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rule")),
    )
    op.create_index(
        op.f("ix_import_rule_unit_position"), "import_rule", ["unit", "position"], unique=False
    )
    op.create_table(
        "member",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("joined", sa.Date(), nullable=False),
        sa.Column("left", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_member_person")),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_member_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("unit", "number", name=op.f("uq_member_unit_number")),
    )
    op.create_index(op.f("ix_member_person"), "member", ["person"], unique=False)
    op.create_table(
        "month_state",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_month_state_unit")),
        sa.PrimaryKeyConstraint("unit", "month", name=op.f("pk_month_state")),
    )
    op.create_table(
        "paper",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=10), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_paper_unit")),
        sa.PrimaryKeyConstraint("unit", "digest", name=op.f("pk_paper")),
    )
    op.create_table(
        "person_digest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_person_digest_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_digest")),
        sa.UniqueConstraint(
            "person", "kind", "digest", name=op.f("uq_person_digest_person_kind_digest")
        ),
    )
    op.create_index(
        op.f("ix_person_digest_kind_digest"), "person_digest", ["kind", "digest"], unique=False
    )
    op.create_table(
        "person_key",
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_person_key_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_person_key")),
    )
    op.create_table(
        "statement_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("opening_fen", sa.BigInteger(), nullable=True),
        sa.Column("closing_fen", sa.BigInteger(), nullable=True),
        sa.Column("proofs", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_statement_file_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_file")),
        sa.UniqueConstraint(
            "unit", "account", "digest", name=op.f("uq_statement_file_unit_account_digest")
        ),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.String(length=32), nullable=True),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_user_account_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_approval_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_draft"), "approval", ["draft"], unique=False)
    op.create_table(
        "raw_row",
        sa.Column("file", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parked", sa.String(length=300), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["statement_file.id"], name=op.f("fk_raw_row_file")),
        sa.PrimaryKeyConstraint("file", "row", name=op.f("pk_raw_row")),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("expires", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["user_account.id"], name=op.f("fk_session_user")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_user"), "session", ["user"], unique=False)
    op.create_table(
        "statement_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("import_id", sa.String(length=64), nullable=False),
        sa.Column("file", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=24), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=True),
        sa.Column("bank_ref", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["file"], ["statement_file.id"], name=op.f("fk_statement_row_file")
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_statement_row_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_row")),
        sa.UniqueConstraint(
            "unit", "account", "import_id", name=op.f("uq_statement_row_unit_account_import_id")
        ),
    )
    op.create_index(
        op.f("ix_statement_row_unit_account_day"),
        "statement_row",
        ["unit", "account", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_statement_row_unit_state"), "statement_row", ["unit", "state"], unique=False
    )
    op.create_table(
        "user_role",
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["user_account.id"], name=op.f("fk_user_role_user")),
        sa.PrimaryKeyConstraint("user", "unit", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("draft", sa.String(length=16), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_decision_draft")),
        sa.ForeignKeyConstraint(["row"], ["statement_row.id"], name=op.f("fk_decision_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_row"), "decision", ["row"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("draft", sa.String(length=16), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_proposal_draft")),
        sa.ForeignKeyConstraint(["row"], ["statement_row.id"], name=op.f("fk_proposal_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_draft"), "proposal", ["draft"], unique=False)
    op.create_index(op.f("ix_proposal_row"), "proposal", ["row"], unique=False)
