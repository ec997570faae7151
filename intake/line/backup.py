"""A backup of the phone line: workers, what they sign in with, and the audit. Never a session, a browser, or line.key."""

from pathlib import Path
from typing import Final

from intake.archive import ArchiveWriter, KeptRow, kind_of, read_archive, verify_archive
from intake.errors import BackupError, StoreError
from intake.folder import new_file
from intake.line.schema import audit, passkeys, recovery_codes, totals, workers
from intake.line.store import LineStore

KEPT: Final = (workers, passkeys, recovery_codes, totals, audit)
_KIND: Final = kind_of(b"heard line v1..\n", "Heard's phone line", *KEPT)


def write_line_backup(store: LineStore, target: Path) -> int:
    """Write the file whole, or leave what was there before; return how many records it holds. Raises IntakeError."""
    if not target.absolute().parent.is_dir():
        raise BackupError(f"There is no folder {target.absolute().parent} to write the backup to.")
    with new_file(target.absolute()) as file:
        writer = ArchiveWriter(file, _KIND)
        for table, row in store.dump(KEPT):
            writer.add_row(KeptRow(table, row))
        return writer.finish()


def read_line_backup(store: LineStore, path: Path) -> int:
    """Take a backup into an empty line, all or nothing, and return how many workers it brought.

    Raises BackupError where somebody works here already, or where the audit is not whole under this line.key.
    """
    try:
        with path.open("rb") as source:
            verify_archive(source, _KIND)
            rows = [record for record in read_archive(source, _KIND) if isinstance(record, KeptRow)]
    except OSError as error:
        raise BackupError(f"{path.name} cannot be read ({error.strerror}).") from None
    tables = {table.name: table for table in KEPT}
    if store.workers() or store.entries(newest=1):
        raise BackupError("There are workers here already; restore only into a line that has none.")
    try:
        store.load([(tables[row.table], row.columns) for row in rows])
    except StoreError:
        raise BackupError("The backup does not fit the tables here; run `intake migrate`, then try again.") from None
    return sum(row.table == workers.name for row in rows)
