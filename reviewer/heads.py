"""The heads of the log that the station's own return bundles carried: what the log is held against."""

from crypto.bundle import BundleReader, RecordKind, verify_bundle
from crypto.errors import BundleError
from crypto.minisigning import VerifyKey
from crypto.records import LogHead
from reviewer.errors import CaseStoreError
from reviewer.station import Station
from reviewer.verifying import BUNDLE_SUFFIX


def sent_heads(station: Station) -> list[LogHead]:
    """Return every head in `outgoing/`, each from a bundle whose signature holds. Raises CaseStoreError, CardError, FolderError."""
    keys = {card.epoch: VerifyKey.parse(card.minisign_key) for card in station.all_cards()}
    heads = []
    for path in sorted(station.outgoing.glob(f"*{BUNDLE_SUFFIX}")):
        try:
            with path.open("rb") as bundle:
                key = keys[BundleReader(bundle).header.epoch]
                verify_bundle(bundle, path.with_name(f"{path.name}.minisig").read_bytes(), key)
                heads += [LogHead.parse(one.body) for one in BundleReader(bundle) if one.kind == RecordKind.LOG]
        except (BundleError, KeyError, FileNotFoundError):
            raise CaseStoreError(
                f"The return bundle {path.name} in outgoing/ was altered, so the log cannot be held against it; restore it from the "
                "medium that the operator has."
            ) from None
    return heads
