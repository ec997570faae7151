"""Style sheets and scripts: served under names that hold their hash, from memory, only if they are what was released."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from intake.codings import BROTLI, GZIP, compress, is_compressed_from
from intake.errors import AssetError

SHIPPED: Final = Path(__file__).parent / "static"
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_HASH_IN_NAME: Final = 16


@dataclass(frozen=True, repr=False)
class Asset:
    """One file: the name it is served under, its content (bytes, and as brotli), media type and integrity attribute."""

    served_name: str
    content: bytes
    brotli: bytes
    media_type: str
    integrity: str

    def encoded(self, coding: str) -> bytes:
        """Return the content in a coding: "br", "gzip" or "identity"."""
        if coding == BROTLI:
            return self.brotli
        return self._gzipped if coding == GZIP else self.content

    @cached_property
    def _gzipped(self) -> bytes:
        # Made when first asked for: nearly every browser takes brotli.
        return compress(self.content, GZIP)


class Assets:
    """The files that a manifest lists. Raises AssetError when one is missing or is not what the manifest says."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self._by_name = {name: _load(folder, name, entry) for name, entry in _manifest(folder).items()}
        self._by_served_name = {asset.served_name: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """Return the address of the file that the manifest calls `name`. Raises AssetError for another name."""
        return f"/static/{self._get(name).served_name}"

    def integrity(self, name: str) -> str:
        """Return the integrity attribute of a file. Raises AssetError for an unknown name."""
        return self._get(name).integrity

    def served(self, served_name: str) -> Asset | None:
        """Return the file that is served under that name, or None."""
        return self._by_served_name.get(served_name)

    def _get(self, name: str) -> Asset:
        try:
            return self._by_name[name]
        except KeyError:
            raise AssetError(f"There is no file {name} in intake/static; build the browser's side again.") from None


def _manifest(folder: Path) -> Mapping[str, Mapping[str, str]]:
    try:
        manifest: Mapping[str, Mapping[str, str]] = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        raise AssetError("intake/static/manifest.json is missing or damaged; install this program again.") from None
    return manifest


def _load(folder: Path, name: str, entry: Mapping[str, str]) -> Asset:
    path = folder / name
    content, packed = _read(path), _read(folder / f"{name}.br")
    digest = hashlib.sha256(content)
    integrity = "sha256-" + base64.b64encode(digest.digest()).decode("ascii")
    if digest.hexdigest() != entry.get("sha256") or integrity != entry.get("integrity") or path.suffix not in _TYPES:
        raise AssetError(f"intake/static/{name} is not the file that was released; install this program again.")
    if not is_compressed_from(packed, content):
        raise AssetError(f"intake/static/{name}.br does not hold {name}; install this program again.")
    served_name = f"{path.stem}.{digest.hexdigest()[:_HASH_IN_NAME]}{path.suffix}"
    return Asset(served_name, content, packed, _TYPES[path.suffix], integrity)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise AssetError(f"intake/static/{path.name} is missing; install this program again.") from None
