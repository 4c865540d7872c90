"""What Alembic runs: our steps, on the connection and in the transaction it was handed."""

from alembic import context

from ledger.registry.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction holds every step
)
context.run_migrations()
