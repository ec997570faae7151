"""What Alembic runs: the revisions, on the connection that `reviewer.migration` opened.

Alembic loads this file by its path and finds the connection in the configuration's attributes.
"""

from alembic import context

from reviewer.cases.rows import CASES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=CASES.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
