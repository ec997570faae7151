"""The agent as a real process: what it serves, whom, for how long, and what it leaves."""

import io
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from crypto.bundle import BundleReader
from crypto.constants import LABEL_CARD, LABEL_NOTICE
from crypto.ed25519 import is_signed
from crypto.errors import HeaderError, NoMatchError
from crypto.minisigning import VerifyKey, prehash
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal
from reviewer.agent import clocks
from reviewer.agent.client import Agent, AgentKeys, start_agent
from reviewer.agent.handover import Handover
from reviewer.agent.place import agent_places
from reviewer.agent.protocol import LENGTH, MOST_BYTES, Refusal, framed
from reviewer.agent.sockets import connect_to
from reviewer.agent.watch import Watch
from reviewer.errors import AgentError, AlreadyUnlockedError, LockedError
from reviewer.opening import Unlocked
from reviewer.station import Station
from tests.crypto.samples import TEXT
from tests.intake.installed import ROOT
from tests.patience import soon
from tests.reviewer.agents import (
    DESPITE,
    ENDED_WHEN_READY,
    ENDS_SLOWLY,
    WITH_CLOCKS,
    agent_pid,
    locked_at_the_end,
    start,
)
from tests.reviewer.panel import PASSPHRASES, Intake, Panel, reviewer, reviewer_process
from tests.reviewer.test_threads import account
from tests.threads.survivor import Survivor


def test_unlocked_once_every_command_goes_without_custodians(
    station: Station, panel: Panel, intake: Intake, tmp_path: Path
) -> None:
    with locked_at_the_end(station):
        said = reviewer("unlock", *DESPITE, *panel.shares(3, 1), station=station.root).stdout
        assert "Unlocked: epoch 1, by custodian(s) 1, 3." in said
        told = account(Survivor(panel.card), TEXT)
        assert "imported    1" in reviewer("import", str(intake.export([told])), station=station.root).stdout
        name = told.digest.hex()
        assert TEXT in reviewer_process("read", name, station=station.root).stdout
        assert "⟦choices that count now⟧" in reviewer("thread", name, station=station.root).stdout
        reviewer("heard", name, station=station.root)
        reviewer("reply", name, "--text=Thank you.", "--yes", station=station.root)
        reviewer("hold", "--to=2099-01-01", "--text=A court has asked for it.", "--yes", station=station.root)
        reviewer("export", f"--to={tmp_path / 'back'}", station=station.root)
        bundle = tmp_path / "back" / "station-0001-000001.heard"
        key = VerifyKey.parse(panel.card.minisign_key)
        with bundle.open("rb") as source:
            key.verify(source, bundle.with_name(bundle.name + ".minisig").read_bytes())
            source.seek(0)
            assert len(list(BundleReader(source))) == 6  # a confirmation, three notices, a hold, the head of the log
        assert "Unlocked: epoch 1" in reviewer("status", station=station.root).stdout
        assert "gone from this machine's memory" in reviewer("lock", station=station.root).stdout
        assert "locked already" in reviewer("lock", station=station.root).stdout
        assert "no terminal to ask" in reviewer("read", name, station=station.root, code=1).stderr


def test_what_takes_two_people_takes_their_shares_also_when_unlocked(
    station: Station, panel: Panel, tmp_path: Path
) -> None:
    with locked_at_the_end(station):
        reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=station.root)
        for command in (["resync", f"--to={tmp_path / 'new'}"], ["identity", f"--to={tmp_path / 'identity'}"]):
            assert "no terminal to ask" in reviewer(*command, station=station.root, code=1).stderr
        assert "0 letter(s) taken back" in reviewer("destroy", station=station.root).stdout
        assert not list(tmp_path.glob("[ni][ed]*"))


def test_too_few_or_wrong_shares_start_nothing(station: Station, panel: Panel) -> None:
    assert (
        "bring another custodian" in reviewer("unlock", *DESPITE, *panel.shares(1), station=station.root, code=1).stderr
    )
    wrong = [*panel.shares(1, 2)[:2], *panel.shares(2, 1)[2:]]
    assert "does not open share 1" in reviewer("unlock", *DESPITE, *wrong, station=station.root, code=1).stderr
    for minutes in ("0", "481"):
        reviewer("unlock", *DESPITE, f"--minutes={minutes}", *panel.shares(1, 2), station=station.root, code=1)
    assert Agent.find(station) is None


def test_only_one_agent_a_station(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station):
        reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=station.root)
        said = reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=station.root, code=1)
        assert "unlocked already" in said.stderr
        # Two at once that did not see each other: the second finds the first one's lock.
        with pytest.raises(AlreadyUnlockedError):
            start_agent(station, 60, [(1, panel.root.root, (1, 2))])
        started(station).__exit__()


def test_nothing_secret_in_arguments_environment_or_files(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station):
        reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=station.root)
        folder = Path("/proc") / str(agent_pid(station))
        shown = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        assert b"reviewer.agent" in shown
        assert panel.root.root.hex().encode() not in shown
        assert not any(passphrase.encode() in shown for passphrase in PASSPHRASES)
        limits = (folder / "limits").read_text()
        assert limits.split("Max core file size")[1].split()[0] == "0"
        locked = int((folder / "status").read_text().split("VmLck:")[1].split()[0])
        with started(station) as agent:
            assert (locked > 0) == agent.state().memory_locked
        place = agent_places(station)[0]
        assert [stat.S_IMODE(path.lstat().st_mode) for path in (place.folder, place.socket, place.lock)] == [
            0o700,
            0o600,
            0o600,
        ]


def test_it_is_found_in_the_persons_own_folder_in_memory(
    station: Station, panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    place = agent_places(station)[0]
    assert place.folder.parent == runtime / "heard"
    with locked_at_the_end(station):
        reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=station.root)
        assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
        assert place.socket.is_socket()
        assert not (station.root / "agent").exists()
    # Another's folder, one that others can look into, or none: then in the station.
    runtime.chmod(0o755)
    assert [one.folder for one in agent_places(station)] == [station.root / "agent"]
    assert [one.folder for one in agent_places(station, {})] == [station.root / "agent"]


def test_killed_it_is_locked_and_can_be_unlocked_again(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station):
        for _ in range(2):
            reviewer("unlock", *DESPITE, *panel.shares(1, 2), station=station.root)
            with started(station) as agent:
                os.kill(agent_pid(station), signal.SIGKILL)
                assert gone(station)
                with pytest.raises(LockedError, match="locked meanwhile"):
                    agent.state()
            assert agent_places(station)[0].socket.exists()  # what a kill leaves


def test_an_agent_that_does_not_answer_is_locked_all_the_same(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station), start(station, panel.root.root):
        os.kill(agent_pid(station), signal.SIGSTOP)
        assert "keys are gone" in reviewer("lock", station=station.root).stdout
        assert gone(station)


def test_what_says_that_the_keys_are_gone_waits_for_their_end(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station), start(station, panel.root.root, ("-c", ENDS_SLOWLY)):
        assert "keys are gone" in reviewer("lock", station=station.root).stdout
        assert Agent.find(station) is None
        assert "locked already" in reviewer("lock", station=station.root).stdout


def test_it_ends_when_the_system_asks(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station):
        with start(station, panel.root.root):
            pass
        os.kill(agent_pid(station), signal.SIGTERM)
        assert gone(station)
        assert not agent_places(station)[0].socket.exists()


def test_it_ends_when_the_system_asks_at_once(station: Station, panel: Panel) -> None:
    place = agent_places(station)[0]
    place.folder.mkdir(0o700)
    handed = Handover(place, 600, ((1, panel.root.root, (1, 2)),)).encode()
    subprocess.run([sys.executable, "-c", ENDED_WHEN_READY], input=handed, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    soon(lambda: not place.socket.exists())
    assert gone(station)


def gone(station: Station) -> bool:
    """Wait until no agent answers."""
    for _ in range(600):
        with Agent.find(station) or nullcontext() as agent:
            if agent is None:
                return True
        time.sleep(0.1)
    return False


def started(station: Station) -> Agent:
    """Return a connection to the agent that must be there."""
    agent = Agent.find(station)
    assert agent is not None
    return agent


@pytest.mark.parametrize(
    ("slept", "awake", "stays"),
    [(0, 0, True), (0, 500, True), (1, 0, True), (0, 700, False), (5, 0, False), (3_600, 0, False), (-5, 0, False)],
)
def test_time_without_use_and_sleep_end_it(
    slept: int, awake: int, stays: bool, station: Station, panel: Panel, tmp_path: Path
) -> None:
    clock = tmp_path / "ahead"
    clock.write_text("0 0")
    with (
        locked_at_the_end(station),
        start(station, panel.root.root, ("-c", WITH_CLOCKS, str(clock)), seconds=600) as agent,
    ):
        assert agent.state().seconds in range(560, 601)
        (tmp_path / "next").write_text(f"{slept} {awake}")
        (tmp_path / "next").rename(clock)
        if stays:
            assert len(agent.state().epochs) == 1
        else:  # not one answer after that, although nobody waited for the loop to notice
            with pytest.raises(LockedError):
                keys(agent).sign(f"{LABEL_NOTICE}\n".encode())
            assert gone(station)


def test_use_keeps_it_but_not_into_the_night(station: Station, panel: Panel, tmp_path: Path) -> None:
    clock = tmp_path / "ahead"
    clock.write_text("0 0")
    with (
        locked_at_the_end(station),
        start(station, panel.root.root, ("-c", WITH_CLOCKS, str(clock)), seconds=4_000) as agent,
    ):
        for hours in range(1, 10):
            (tmp_path / "next").write_text(f"0 {hours * 3_600}")
            (tmp_path / "next").rename(clock)
            keys(agent).sign(f"{LABEL_NOTICE}\n".encode())
        (tmp_path / "next").write_text(f"0 {10 * 3_600 + 5}")
        (tmp_path / "next").rename(clock)
        with pytest.raises(LockedError):
            keys(agent).sign(f"{LABEL_NOTICE}\n".encode())


class Pausing:
    """Both clocks of a machine that pauses for ten seconds before one of their readings, and may sleep."""

    def __init__(self, pauses_at: int) -> None:
        self.slept = 0.0
        self._awake, self._pauses_at, self._readings = 0.0, pauses_at, 0

    def monotonic(self) -> float:
        self._readings += 1
        self._awake += 10 if self._readings == self._pauses_at else 0.001
        return self._awake

    def boottime(self) -> float:
        return self.monotonic() + self.slept


@pytest.mark.parametrize("pauses_at", range(1, 16))
def test_a_pause_between_two_readings_is_no_sleep(monkeypatch: pytest.MonkeyPatch, pauses_at: int) -> None:
    machine = Pausing(pauses_at)
    monkeypatch.setattr(clocks, "monotonic", machine.monotonic)
    monkeypatch.setattr(clocks, "boottime", machine.boottime)
    watch = Watch(600)
    assert [watch.is_over() for _ in range(4)] == [False] * 4
    machine.slept = 3
    assert watch.is_over()


def keys(agent: Agent, epoch: int = 1) -> AgentKeys:
    return AgentKeys(agent, epoch)


def test_its_keys_are_the_panels(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station), start(station, panel.root.root) as agent:
        held = keys(agent)
        sealed = seal(b"a small key of 32 bytes, invented", panel.recipients)
        unlocked = Unlocked(panel.card, held)
        assert unlocked.unseal(sealed) == b"a small key of 32 bytes, invented"
        with pytest.raises(NoMatchError):
            unlocked.unseal(seal(b"for somebody else", [throwaway_recipient()]))
        with pytest.raises(HeaderError, match="recipient"):
            unlocked.unseal(sealed.replace(b"-> mlkem768x25519 ", b"-> mlkem768x25519 A A", 1))
        message = f"{LABEL_NOTICE}\ninvented".encode()
        assert is_signed(message, held.sign(message).hex(), panel.card.verify_key)
        signature = held.sign_prehashed(prehash(io.BytesIO(b"bundle")), "heard bundle, invented")
        comment = VerifyKey.parse(panel.card.minisign_key).verify(io.BytesIO(b"bundle"), signature)
        assert comment == "heard bundle, invented"


def test_what_it_does_not_do(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station), start(station, panel.root.root) as agent:
        with pytest.raises(AgentError, match=r"\(label\)"):
            keys(agent).sign(f"{LABEL_CARD}\n".encode())
        with pytest.raises(AgentError, match=r"\(label\)"):
            keys(agent).sign_prehashed(bytes(64), "something else")
        with pytest.raises(AgentError, match=r"\(epoch\)"):
            keys(agent, 2).unwrap([])
        with pytest.raises(AgentError, match="too long"):
            keys(agent).sign(bytes(MOST_BYTES))
        assert agent.state().epochs[0].custodians == (1, 2)


NONSENSE = {
    "nothing": b"",
    "a byte": b"\0",
    "half": LENGTH.pack(9) + b"{}",
    "too long": LENGTH.pack(MOST_BYTES + 1),
    "no request": LENGTH.pack(2) + b"{}",
    "an answer": framed(Refusal("label")),
    "http": b"GET / HTTP/1.1\r\n\r\n",
}


def test_whoever_sends_nonsense_keeps_nobody_out(station: Station, panel: Panel) -> None:
    refused = framed(Refusal("request"))
    with locked_at_the_end(station), start(station, panel.root.root) as agent:
        for name, sent in NONSENSE.items():
            with connect_to(agent_places(station)[0].socket) as other:
                other.sendall(sent)
                assert len(agent.state().epochs) == 1
                other.shutdown(socket.SHUT_WR)
                other.settimeout(60)
                assert other.recv(65_536) == (refused if name in {"no request", "an answer"} else b"")
        assert len(agent.state().epochs) == 1
