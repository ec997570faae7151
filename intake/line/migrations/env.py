"""What Alembic runs: the revisions of the line's tables, on the connection that `intake.migration` opened.

Alembic loads this file by its path and finds the connection in the configuration's attributes.
"""

from alembic import context

from intake.line.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite runs schema changes inside a transaction too, as long as it is Alembic's only one.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
