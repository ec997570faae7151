"""Backups, copies, and what follows when one of them is all that is left of a side."""

import copy
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from crypto.bundle import Direction
from intake.errors import StoreUnavailableError
from tests.machines.crashes import Crash
from tests.machines.sides import bundles_in
from tests.machines.world import OUTWARD, World


@dataclass(frozen=True)
class Kept:
    """A backup of the intake and a copy of the station, made together, with how far everybody was then."""

    backup: Path
    station: Path
    outward: tuple[int, int]
    marks: list[object]
    told: list[int]

    @classmethod
    def of(cls, world: World) -> "Kept":
        """Keep both. Nothing that was taken back is in the backup."""
        medium = world.medium()
        backup, station = medium / "backup", medium / "station"
        world.intake.backup(backup)
        world.must_not_hold(backup.read_bytes(), backup.name)
        world.station.copy(station)
        marks = [copy.deepcopy(person.mark) for person in world.people]
        return cls(backup, station, _stands(world, OUTWARD), marks, [len(person.told) for person in world.people])


def restore_intake(world: World, kept: Kept, crash: int = 0, *, replays: bool) -> None:
    """The intake's disk is lost, the log of closings is not. What nobody carried since the backup is lost with it."""
    world.only_there = set()
    world.intake.restore(kept.backup)
    _check_refusing(world)
    if replays:
        with suppress(Crash), world.intake.ending(crash):
            world.intake.store.replay()
        world.intake.store.replay()
        assert not world.intake.store.is_waiting
    for person, mark in zip_longest(world.people, kept.marks):
        person.forgotten = person.forgotten or person.mark != mark
    _note_lost(world)
    if not replays or kept.outward != _stands(world, OUTWARD):
        resync(world, crash)


def restore_station(world: World, kept: Kept, crash: int = 0) -> None:
    """The station is put back to an older copy. Nothing that people sent is lost: the intake has it still."""
    world.only_there = world.station.held() - world.intake.held()
    world.station.restore(kept.station)
    world.is_station_restored = True
    for at, person in enumerate(world.people):
        for told in person.told[kept.told[at] if at < len(kept.told) else 0 :]:
            told.signed = False
    _note_lost(world)
    resync(world, crash)


def resync(world: World, crash: int = 0) -> None:
    """A new generation: the station says what it has, the intake gives back what it has not."""
    generation = max(world.station.generation(), world.intake.store.generation()) + 1
    medium = world.medium()
    with suppress(Crash), world.station.ending(crash):
        world.station.resync(medium, generation)
    if not bundles_in(medium):
        world.station.resync(medium, generation)
    (bundle,) = bundles_in(medium)
    world.must_not_hold(bundle.read_bytes(), bundle.name)
    with suppress(Crash), world.intake.ending(crash):
        world.intake.take_in(bundle, new_generation=True)
    if world.intake.store.generation() != generation:
        world.intake.take_in(bundle, new_generation=True)
    assert not world.intake.store.is_waiting


def _check_refusing(world: World) -> None:
    assert world.intake.store.is_waiting
    for person in world.people:
        try:
            world.place(person)
        except StoreUnavailableError:
            continue
        raise AssertionError("a service that does not know what was taken back answers")


def _note_lost(world: World) -> None:
    held = world.intake.held() | world.station.held()
    for person in world.people:
        missing = {sent.digest for sent in person.acknowledged if sent.digest not in held}
        only_there = missing <= world.only_there
        assert only_there or person.forgotten or person.may_be_withdrawn, "a restore of the station loses letters"
        person.lost |= missing
        world.is_missing = world.is_missing or bool(missing)


def _stands(world: World, direction: Direction) -> tuple[int, int]:
    """The generation, and the last bundle of it that either side knows."""
    return world.station.generation(), max(world.station.last(direction), world.intake.last(direction))
