import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.minisigning import SigningKey
from reviewer.errors import (
    AlteredBundleError,
    BundleRefusedError,
    DivergedBundleError,
    EndedGenerationError,
    ExtendedBundleError,
    ForeignBundleError,
    MissingBundleError,
    MissingSignatureError,
    ReplayedBundleError,
    StationError,
    TruncatedBundleError,
)
from reviewer.importing import entry_of
from reviewer.station import Station
from reviewer.trust import require_trusted_key
from reviewer.verifying import check_generation, check_order, copy_in, verify_copy
from tests.reviewer.panel import Intake, Panel, new_station, reviewer, signature_of

Fault = Callable[[Path], object]


def verified(station: Station, bundle: Path) -> None:
    verify_copy(copy_in(bundle, station.incoming), require_trusted_key(station), station.all_cards())


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


def swap_records(path: Path, size: int) -> None:
    """Exchange the two letters of a bundle, prefixes and all."""
    content = path.read_bytes()
    end = len(content) - 13 - 40
    first, second = content[end - 2 * size : end - size], content[end - size : end]
    path.write_bytes(content[: end - 2 * size] + second + first + content[end:])


RECORD_BYTES = 13 + 21 + 65_536


def swap_digit(path: Path, at: int) -> None:
    """Put another base64 digit where there is one, so that only the signature is wrong and not its spelling."""
    content = bytearray(path.read_bytes())
    content[at] = ord("A") if content[at] != ord("A") else ord("B")
    path.write_bytes(content)


DAMAGE: dict[str, tuple[Fault, type[StationError], str]] = {
    "altered": (lambda p: flip(p, 90_000), AlteredBundleError, "altered"),
    "altered header": (lambda p: flip(p, 40), AlteredBundleError, "altered"),
    "reordered inside": (lambda p: swap_records(p, RECORD_BYTES), AlteredBundleError, "altered"),
    "truncated": (lambda p: p.write_bytes(p.read_bytes()[:-1]), TruncatedBundleError, "cut short"),
    "truncated to a record": (lambda p: p.write_bytes(p.read_bytes()[: -13 - 40]), TruncatedBundleError, "cut short"),
    "emptied": (lambda p: p.write_bytes(b""), TruncatedBundleError, "cut short"),
    "extended": (lambda p: p.write_bytes(p.read_bytes() + b"\0\0"), ExtendedBundleError, r"\(2 bytes\)"),
    "signature altered": (lambda p: swap_digit(signature_of(p), 120), AlteredBundleError, "altered"),
    "comment altered": (
        lambda p: signature_of(p).write_bytes(signature_of(p).read_bytes().replace(b"count 2", b"count 3")),
        AlteredBundleError,
        "altered",
    ),
    "signature emptied": (lambda p: signature_of(p).write_bytes(b""), AlteredBundleError, "signature file is damaged"),
    "signature of nonsense": (lambda p: signature_of(p).write_bytes(b"\xff\n\xff\n"), AlteredBundleError, "damaged"),
    "signature missing": (lambda p: signature_of(p).unlink(), MissingSignatureError, "copy both"),
    "bundle missing": (lambda p: p.unlink(), MissingSignatureError, "copy both"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_each_damage_has_its_own_sentence(name: str, station: Station, panel: Panel, intake: Intake) -> None:
    damage, error, sentence = DAMAGE[name]
    bundle = intake.export([panel.record(panel.write()), panel.record(panel.write())])
    verified(station, bundle)
    damage(bundle)
    with pytest.raises(error, match=sentence) as caught:
        verified(station, bundle)
    assert "Nothing was imported" in str(caught.value)


def test_other_origins_are_named(station: Station, panel: Panel, intake: Intake, tmp_path: Path) -> None:
    stranger = Intake(panel.card, tmp_path / "stranger")
    stranger.medium.mkdir()
    with pytest.raises(ForeignBundleError, match="another key"):
        verified(station, stranger.export([]))
    for changes, sentence in (
        ({"inquiry": "another-inquiry"}, "another-inquiry"),
        ({"epoch": 7}, "epoch 7"),
        ({"direction": "station to intake"}, "other way"),
    ):
        with pytest.raises(ForeignBundleError, match=sentence):
            verified(station, intake.export_bodies([], replace(intake.header(), **changes)))


def test_other_generations_are_named(station: Station, intake: Intake) -> None:
    summary = verify_copy(
        copy_in(intake.export([], generation=2), station.incoming), require_trusted_key(station), station.all_cards()
    )
    check_generation(summary, 2)
    with pytest.raises(EndedGenerationError, match="generation 2, which has ended; generation 3"):
        check_generation(summary, 3)
    with pytest.raises(DivergedBundleError, match="resync --generation 3"):
        check_generation(summary, 1)


def test_a_signature_of_another_bundle(station: Station, intake: Intake) -> None:
    first, second = intake.export([]), intake.export([])
    signature_of(second).write_bytes(signature_of(first).read_bytes())
    with pytest.raises(AlteredBundleError):
        verified(station, second)


def test_signed_nonsense_is_no_bundle(station: Station, intake: Intake) -> None:
    bundle = intake.medium / "intake-0001-000001.heard"
    bundle.write_bytes(b"not a bundle at all")
    signature_of(bundle).write_bytes(intake.key.sign(io.BytesIO(b"not a bundle at all"), "heard bundle"))
    with pytest.raises(AlteredBundleError, match="no bundle"):
        verified(station, bundle)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_no_change_gets_through(data: st.DataObject, station: Station, intake: Intake) -> None:
    intake.sequence = 0
    bundle = intake.export([])
    target = bundle if data.draw(st.booleans()) else signature_of(bundle)
    content = bytearray(target.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    harmless = bytes(content) == target.read_bytes()
    target.write_bytes(bytes(content))
    # minisign does not sign the first line of a signature, which is for people, nor the end of the file.
    first_line = signature_of(bundle).read_bytes().partition(b"\n")[0]
    in_comment = target != bundle and (at <= len(first_line) or at >= len(content) - 4)
    try:
        verified(station, bundle)
    except BundleRefusedError:
        return
    assert harmless or in_comment


def test_the_chain_of_bundles(station: Station, panel: Panel, intake: Intake) -> None:
    key, cards = require_trusted_key(station), station.all_cards()

    def summary(bundle: Path):  # type: ignore[no-untyped-def]  # a shorthand of this test
        return verify_copy(copy_in(bundle, station.incoming), key, cards)

    first = summary(intake.export([]))
    assert check_order(first, None, None) is False
    begun = entry_of(first)
    assert check_order(first, begun, begun) is True  # an interrupted import goes on
    done = entry_of(first)
    done.finished = True
    with pytest.raises(ReplayedBundleError, match="Bundle 1 was imported before"):
        check_order(first, done, done)
    second = summary(intake.export([]))
    with pytest.raises(MissingBundleError, match="interrupted"):
        check_order(second, None, begun)
    assert check_order(second, None, done) is False
    third = summary(intake.export([]))
    with pytest.raises(MissingBundleError, match="Import bundle 2 first"):
        check_order(third, None, done)
    with pytest.raises(MissingBundleError, match="Import bundle 1 first"):
        check_order(second, None, None)
    forked = Intake(panel.card, intake.medium, intake.key, sequence=1, previous="ab" * 32)
    with pytest.raises(DivergedBundleError, match="does not follow"):
        check_order(summary(forked.export([])), None, done)
    forgetful = Intake(panel.card, intake.medium, intake.key)
    with pytest.raises(DivergedBundleError, match="forgotten"):
        check_order(summary(forgetful.export([panel.record(panel.write())])), done, done)


def test_a_refused_bundle_leaves_nothing(panel: Panel, intake: Intake, tmp_path: Path) -> None:
    station = new_station(tmp_path / "fresh", panel, intake)
    bundle = intake.export([panel.record(panel.write())])
    flip(bundle, 40_000)
    said = reviewer("import", str(bundle), *panel.shares(1, 2), station=station.root, code=1)
    assert said.stderr.startswith("reviewer: This bundle or its signature was altered")
    assert said.stdout == ""
    assert list(station.letters.iterdir()) == []
    assert list(station.incoming.iterdir()) == []


def test_an_untrusted_intake_is_refused(panel: Panel, intake: Intake, tmp_path: Path) -> None:
    station = Station(tmp_path / "fresh")
    station.create()
    station.install_card(panel.card)
    said = reviewer("import", str(intake.export([])), *panel.shares(1, 2), station=station.root, code=1)
    assert "trusts no intake side yet" in said.stderr
    assert SigningKey.generate().public != intake.key.public
