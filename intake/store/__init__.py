"""The store: every query of this side is in this package, and works on SQLite and PostgreSQL alike."""

from intake.store.backup import Backup
from intake.store.bundles import Bundles
from intake.store.retention import Retention
from intake.store.threads import Threads


class Store(Threads, Bundles, Retention, Backup):
    """Everything that is kept behind one engine; each parent is one concern. Methods raise StoreError when the database fails."""
