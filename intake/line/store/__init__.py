"""The line's store: every query of the phone line is in this package, and works on SQLite and PostgreSQL alike."""

from intake.line.store.audit import Audit
from intake.line.store.factors import Factors
from intake.line.store.keeping import Keeping
from intake.line.store.lanes import Lanes
from intake.line.store.sessions import Sessions
from intake.line.store.workers import Workers


class LineStore(Workers, Factors, Sessions, Lanes, Keeping, Audit):
    """Everything that the phone line keeps; each parent is one concern. Methods raise StoreError when the database fails."""
