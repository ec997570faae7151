"""What is served is what was released, under a name that holds its hash."""

import base64
import gzip
import hashlib
import json
from pathlib import Path

import brotli
import pytest

from intake.assets import Assets
from intake.errors import AssetError


def build(folder: Path, **files: bytes) -> Path:
    manifest = {}
    for stem, content in files.items():
        name = stem.replace("_", ".")
        (folder / name).write_bytes(content)
        (folder / f"{name}.br").write_bytes(brotli.compress(content))
        digest = hashlib.sha256(content)
        manifest[name] = {
            "sha256": digest.hexdigest(),
            "integrity": "sha256-" + base64.b64encode(digest.digest()).decode(),
        }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_names_hold_the_hash(tmp_path: Path) -> None:
    content = b"body { color: black }" * 100
    assets = Assets(build(tmp_path, form_css=content))
    digest = hashlib.sha256(content)
    assert assets.url("form.css") == f"/static/form.{digest.hexdigest()[:16]}.css"
    assert assets.integrity("form.css") == "sha256-" + base64.b64encode(digest.digest()).decode()
    asset = assets.served(assets.url("form.css").removeprefix("/static/"))
    assert asset is not None
    assert (asset.content, asset.media_type) == (content, "text/css; charset=utf-8")
    assert asset.encoded("identity") == content
    assert gzip.decompress(asset.encoded("gzip")) == content
    assert brotli.decompress(asset.encoded("br")) == content
    assert assets.served("form.css") is None


def test_an_altered_or_missing_file_stops_the_start(tmp_path: Path) -> None:
    build(tmp_path, form_js=b"1")
    (tmp_path / "form.js").write_bytes(b"2")
    with pytest.raises(AssetError, match="not the file that was released"):
        Assets(tmp_path)
    (tmp_path / "form.js").unlink()
    with pytest.raises(AssetError, match="is missing"):
        Assets(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(AssetError, match="manifest"):
        Assets(tmp_path)


@pytest.mark.parametrize("packed", [brotli.compress(b"2"), b"1", b"", brotli.compress(b"1") + b"more"])
def test_a_compressed_copy_that_holds_something_else_stops_the_start(tmp_path: Path, packed: bytes) -> None:
    (build(tmp_path, form_js=b"1") / "form.js.br").write_bytes(packed)
    with pytest.raises(AssetError, match=r"form\.js\.br does not hold form\.js"):
        Assets(tmp_path)
    (tmp_path / "form.js.br").unlink()
    with pytest.raises(AssetError, match=r"form\.js\.br is missing"):
        Assets(tmp_path)


def test_only_scripts_and_style_sheets_are_served(tmp_path: Path) -> None:
    with pytest.raises(AssetError):
        Assets(build(tmp_path, page_html=b"<p>"))


def test_an_unknown_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"no file none\.js"):
        Assets(build(tmp_path)).url("none.js")
