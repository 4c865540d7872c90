"""The registry: persons, members, users, statements, drafts, the journal's rows, all in SQL."""

from ledger.registry.database import Registry
from ledger.registry.users import User
from ledger.registry.vault import Vault

__all__ = ["Registry", "User", "Vault"]
