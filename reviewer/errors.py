"""The one error tree of `reviewer`.

Every message is one or two sentences for the person at the station: what is wrong, and the next step. None ever holds
plaintext, a passphrase, share words or a key.
"""


class StationError(Exception):
    """Root of everything that `reviewer` raises on purpose."""


class SettingsError(StationError):
    """A setting or an option cannot be used."""


class FolderError(StationError):
    """The station folder, or a file outside it, is missing, in the way, open to others, or cannot be written."""


class BusyError(StationError):
    """Another command is changing this station."""


class PromptError(StationError):
    """A question cannot be asked (there is no terminal) or was not answered."""


class PassphraseError(StationError):
    """A passphrase is too weak, was typed differently twice, or is another custodian's."""


class CeremonyError(StationError):
    """A ceremony cannot be held, or what it wrote could not be read back."""


class CardMissingError(StationError):
    """The station holds no card for an epoch."""


class CardConflictError(StationError):
    """A card cannot be installed beside what is there."""


class PurposeError(StationError):
    """A command is for the panel's station, and this one is the safeguarding lead's, or the other way round."""


class CustodyError(StationError):
    """The panel's key could not be put together. Nothing was unlocked."""


class ShareFormatError(CustodyError):
    """A share file is damaged, or no share file at all."""


class ShareProfileError(CustodyError):
    """A share file was made with parameters that protect nothing (they are for tests)."""


class WrongPassphraseError(CustodyError):
    """A passphrase does not open its share."""


class ForeignShareError(CustodyError):
    """A share belongs to another panel than the station's card."""


class MixedSharesError(CustodyError):
    """Shares of different panels were given together."""


class DuplicateShareError(CustodyError):
    """The same share was given twice."""


class WordsError(CustodyError):
    """Words that somebody typed are not those of a share."""


class TooFewSharesError(CustodyError):
    """Fewer shares were given than the panel's threshold."""


class AgentError(StationError):
    """The agent that holds the keys could not be started, or does not do what it was asked."""


class AlreadyUnlockedError(AgentError):
    """The station is unlocked."""


class LockedError(AgentError):
    """The keys are gone: the station was locked."""


class MachineError(StationError):
    """The machine is not what a station needs."""


class RehearsalError(CustodyError):
    """Shares that should open a panel do not."""


class RenewalError(CustodyError):
    """Shares cannot be renewed, or too few of the old ones are gone."""


class CustodyRecordError(StationError):
    """The custody record was altered, or cannot be read."""


class EpochError(StationError):
    """An epoch cannot be ended yet."""


class TrustError(StationError):
    """The intake side's key is missing, was not confirmed, or would replace another."""


class LedgerError(StationError):
    """The ledger cannot be read or written."""


class CaseStoreError(StationError):
    """The case store is missing, damaged, sealed to other shares, or cannot be written."""


class ReaderError(StationError):
    """A reader is unknown, has no right to what was asked, or a second person is needed."""


class PaceError(StationError):
    """A reader has read as many full accounts as a day should hold."""


class BackupError(StationError):
    """A backup cannot be written or restored."""


class VaultError(StationError):
    """A sealed letter cannot be kept, or is missing or damaged on this disk."""


class BundleRefusedError(StationError):
    """A bundle was refused and nothing of it was imported."""


class MissingSignatureError(BundleRefusedError):
    """One of the bundle's two files is missing."""


class ForeignBundleError(BundleRefusedError):
    """The bundle is signed by another key, or is for another inquiry, epoch or direction."""


class AlteredBundleError(BundleRefusedError):
    """The bundle or its signature was altered."""


class TruncatedBundleError(BundleRefusedError):
    """The bundle ends too early."""


class ExtendedBundleError(BundleRefusedError):
    """Something follows the bundle's end."""


class ReplayedBundleError(BundleRefusedError):
    """The bundle was imported before."""


class MissingBundleError(BundleRefusedError):
    """A bundle before this one has not been imported: it is missing, or they come in the wrong order."""


class DivergedBundleError(BundleRefusedError):
    """The bundle does not continue what was imported before: the other side tells another story."""


class EndedGenerationError(BundleRefusedError):
    """The bundle is of a generation that a new one has replaced."""


class ReadingError(StationError):
    """A letter cannot be shown."""


class AnswerError(StationError):
    """An answer cannot be given, or would reach nobody."""


class TemplateError(StationError):
    """A file of reply templates cannot be used, or there is no template of that name."""


class ReferralError(StationError):
    """A referral lacks something, or there is none of that number. `field` names what is to be changed in it, or is ""."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class HoldError(StationError):
    """A legal hold is in the way, or one cannot be published or ended."""


class DestructionError(StationError):
    """Too few people are here to destroy anything."""


class ExportError(StationError):
    """A return bundle cannot be written."""


class ResyncError(StationError):
    """A new generation cannot be begun."""


class RoomError(StationError):
    """The reading room cannot be opened, or does not hold what was asked for."""
