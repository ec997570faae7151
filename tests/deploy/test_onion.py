"""deploy/onion/torrc, checked by `tor --verify-config` and started (without a network) until the service has its address."""

import subprocess
from pathlib import Path

import pytest

from tests.deploy.programs import adapted, program, running


def installed(folder: Path, **changes: str) -> Path:
    """Write the torrc for a data folder of the test's own."""
    text = adapted(
        "onion/torrc",
        {"/var/lib/tor": str(folder / "tor"), "/run/heard-onion.socket": str(folder / "onion.socket"), **changes},
    )
    # Defaults that Debian's tor would take from /usr/share are left out: this file is the whole configuration.
    (folder / "torrc").write_text(text)
    (folder / "empty").write_text("")
    (folder / "tor").mkdir(mode=0o700)
    return folder / "torrc"


def command(torrc: Path, *more: str) -> list[str]:
    return [program("tor"), "--defaults-torrc", str(torrc.parent / "empty"), "-f", str(torrc), *more]


def test_tor_understands_every_line(tmp_path: Path) -> None:
    done = subprocess.run(command(installed(tmp_path), "--verify-config"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    warnings = [line for line in done.stdout.splitlines() if "[warn]" in line and "running Tor as root" not in line]
    assert warnings == []


@pytest.mark.parametrize("wrong", ["HiddenServicePoWDefenceEnabled 1", "HiddenServicePoWQueueRate many"])
def test_a_line_that_tor_does_not_know_would_be_noticed(tmp_path: Path, wrong: str) -> None:
    torrc = installed(tmp_path)
    torrc.write_text(torrc.read_text() + wrong + "\n")
    done = subprocess.run(command(torrc, "--verify-config"), capture_output=True, text=True, check=False)
    assert done.returncode != 0


def test_tor_starts_and_makes_the_address(tmp_path: Path) -> None:
    torrc = installed(tmp_path)
    hostname = tmp_path / "tor" / "heard" / "hostname"
    with running(command(torrc, "--DisableNetwork", "1"), hostname.exists, log=tmp_path / "tor.log"):
        address = hostname.read_text().strip()
    assert len(address) == len("x" * 56 + ".onion")
    assert address.endswith(".onion")
    assert (hostname.parent.stat().st_mode & 0o077) == 0
