"""Packs: the sums over persons that they told of."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from ledger.registry.schema.base import metadata

# What each version told of for the first time, in the order of publication. Which vouchers stand in
# a sum of five is written nowhere else, and never published.
pack_groups = Table(
    "pack_groups",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("period", String(10), nullable=False),
    Column("audience", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("groups", Text, nullable=False),
)
