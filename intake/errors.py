"""The one error tree of `intake`.

Messages are for the operator: one sentence that says what is wrong and what to do. None ever carries what a survivor
typed, return words, a key or an address.
"""


class IntakeError(Exception):
    """Root of everything that `intake` raises on purpose."""


class SettingsError(IntakeError):
    """A setting is unknown, of the wrong type, or has a value that cannot be used."""


class FolderError(IntakeError):
    """The data folder, or a file in it, is missing, in the way, or cannot be written."""


class PanelCardError(IntakeError):
    """The panel card is missing, damaged, holds a secret, or does not follow the one before it."""


class StoreError(IntakeError):
    """The store cannot do what was asked."""


class StoreUnavailableError(StoreError):
    """A letter was not stored: nothing was acknowledged, and the same letter may be sent again.

    `word` is what `GET /healthz` answers meanwhile: "database", "disk", "migrate", "busy", "replay" (after a
    restore) or "closings" (their log is missing or damaged).
    """

    def __init__(self, word: str = "database") -> None:
        super().__init__("The letter could not be stored now; it may be sent again.")
        self.word = word


class SchemaBehindError(StoreError):
    """The database has not been migrated to what this program expects."""


class ClosingsError(StoreError):
    """The log of closings is missing, damaged, or not the one that belongs to this database."""


class WorkerError(IntakeError):
    """A worker of the phone line cannot be added, or there is none with that name."""


class TransferError(IntakeError):
    """A bundle cannot be written, or one that came back cannot be accepted. Nothing was changed."""


class BackupError(IntakeError):
    """A backup cannot be written, or is damaged, or there is something in the way of restoring it."""


class AssetError(IntakeError):
    """A style sheet or script of this installation is missing or was altered."""


class FormError(IntakeError):
    """What was posted cannot be read as the form; the message is for the person who sent it."""


class AnswerTooLongError(FormError):
    """An answer is longer than its question takes: the question's id, and how many characters too many there are."""

    def __init__(self, question: str, over: int) -> None:
        super().__init__(f"An answer is {over} characters too long.")
        self.question = question
        self.over = over
