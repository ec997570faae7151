"""The store: every query of this side is in this package, and works on SQLite and PostgreSQL alike."""

from intake.store.backup import Backup
from intake.store.dangers import Dangers
from intake.store.generations import Generations
from intake.store.holding import Holds
from intake.store.retention import Retention
from intake.store.survey import Surveys
from intake.store.threads import Threads


class Store(Threads, Generations, Holds, Dangers, Retention, Surveys, Backup):
    """Everything that is kept behind one engine; each parent is one concern. Methods raise StoreError when the database fails."""
