"""The one error tree of `crypto`. No message ever carries plaintext, return words or keys."""


class SealingError(Exception):
    """Root of everything that `crypto` raises on purpose."""


class AlgorithmMissingError(SealingError):
    """The installed `cryptography` was built without ML-KEM or HPKE."""


class AgeError(SealingError):
    """An age file cannot be read. age-encryption.org/v1."""


class HeaderError(AgeError):
    """The header does not parse. age spec, "Header"."""


class HeaderMacError(AgeError):
    """The header was altered after sealing. age spec, "Header MAC"."""


class PayloadError(AgeError):
    """The payload was truncated, extended or altered. age spec, "Payload"."""


class NoMatchError(AgeError):
    """None of the identities opens this file."""


class UnsupportedError(AgeError):
    """The file is armoured or sealed to a passphrase; Heard refuses both on purpose."""


class RecipientError(SealingError):
    """A recipient or identity string is not a valid `mlkem768x25519` one."""


class LetterError(SealingError):
    """The inside of a letter is not what version 1 allows."""


class LetterTooLongError(LetterError):
    """The letter does not fit the largest sealed size.

    `over` is how many bytes too many it has.
    """

    def __init__(self, over: int) -> None:
        super().__init__(f"The letter is {over} bytes too long; send the rest as a further part.")
        self.over = over


class LetterSignatureError(LetterError):
    """A letter or a notice is not signed by the key that it should be signed by."""


class WordsError(SealingError):
    """What was typed is not a set of return words. The message never repeats what was typed."""


class WordCountError(WordsError):
    """There are more or fewer than seven words or numbers."""


class UnknownWordError(WordsError):
    """One word or number is not on the list.

    `position` counts from 0; `suggestions` are up to three words of the list, nearest first.
    """

    def __init__(self, position: int, suggestions: tuple[str, ...]) -> None:
        super().__init__(f"Word {position + 1} is not on the list; check its spelling.")
        self.position = position
        self.suggestions = suggestions


class CheckBitsError(WordsError):
    """Every word is on the list, but together they were never given out: one is another word, or two are swapped."""


class FrameError(SealingError):
    """A submission is not one frame followed by one sealed letter of an allowed size."""


class VisitError(SealingError):
    """A request at /thread is not in its one form."""


class NoThreadError(SealingError):
    """An answer at /thread holds nothing for these words: they are unknown, or were replaced."""


class CardError(SealingError):
    """A panel card does not parse."""


class SecretInCardError(CardError):
    """The file holds something that looks like a secret key."""


class CardSignatureError(CardError):
    """A card's own signature, or the previous epoch's, does not verify."""


class KeyFileError(SealingError):
    """A minisign key file does not parse."""


class BundleError(SealingError):
    """A bundle cannot be accepted."""


class BundleFormatError(BundleError):
    """A bundle is truncated, extended, altered, or not a bundle."""


class BundleSignatureError(BundleError):
    """A bundle's signature is missing, altered, or by another key."""
