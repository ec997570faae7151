"""The whole way in, as installed: nginx, the socket, systemd-socket-proxyd, and the intake as its unit runs it."""

import contextlib
import gzip
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.deploy.programs import DEPLOY, accepts, free_port, program, running
from tests.deploy.test_nginx import Proxy, answer, head, proxy
from tests.house import House

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped."
# Memory that can be written cannot be executed, as MemoryDenyWriteExecute=yes has it, but by the kernel's own switch
# (PR_SET_MDWE, Linux 6.3), which a new program keeps.
CONFINED = """
import ctypes, os, resource, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0):
    sys.exit("no PR_SET_MDWE")
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.umask(0o077)
os.execve(sys.argv[1], sys.argv[1:], dict(os.environ))
"""


def has_confinement() -> bool:
    return (
        subprocess.run([sys.executable, "-c", CONFINED, "/bin/true"], check=False, capture_output=True).returncode == 0
    )


def unit(name: str, setting: str) -> list[str]:
    text = (DEPLOY / "systemd" / name).read_text("utf-8")
    return re.findall(rf"^{setting}=(.*)$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house") / "all")
    house.found()
    return house


@contextlib.contextmanager
def confined_intake(house: House, log: Path) -> Iterator[int]:
    """Run the unit's command with the unit's environment, on another port and data folder."""
    port = free_port()
    (command,) = unit("heard-intake.service", "ExecStart")
    words = command.replace("/opt/heard/bin/intake", str(Path(sys.executable).parent / "intake")).replace(
        "8000", str(port)
    )
    environment = dict(pair.split("=", 1) for pair in unit("heard-intake.service", "Environment"))
    settings = house.folder / "intake.toml"
    settings.write_text(f'data = "{house.intake.data}"\n')
    confined = [sys.executable, "-c", CONFINED, *words.split()]
    with running(
        confined,
        lambda: accepts(("127.0.0.1", port)),
        log=log,
        environment=environment | {"HEARD_CONFIG": str(settings)},
    ) as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)
        yield port


@contextlib.contextmanager
def door(folder: Path, port: int) -> Iterator[None]:
    """Run the door's command on a socket where nginx looks for it."""
    (command,) = unit("heard-intake-door.service", "ExecStart")
    words = command.replace("127.0.0.1:8000", f"127.0.0.1:{port}").split()
    words[0] = program("systemd-socket-proxyd")
    socket = str(folder / "intake.socket")
    with running([program("systemd-socket-activate"), "-l", socket, *words], lambda: Path(socket).exists()):
        yield


def ask(proxied: Proxy, method: str, path: str, body: bytes = b"", *more: str) -> tuple[int, bytes]:
    with proxied.connect() as client:
        client.sendall(head(method, path, len(body), *more) + body)
        return answer(client)


def assert_compressed(proxied: Proxy) -> None:
    """The intake compresses styles, and pages that were asked for; both pass through. No answer to a form is compressed."""
    (styles,) = set(re.findall(rb'href="(/static/[^"]+\.css)"', ask(proxied, "GET", "/share")[1]))
    for address in (styles.decode(), "/support"):
        for accepted, unpack in (("gzip", gzip.decompress), ("gzip, br", brotli.decompress)):
            packed = ask(proxied, "GET", address, b"", f"Accept-Encoding: {accepted}")[1]
            assert unpack(packed) == ask(proxied, "GET", address)[1]
    kind = "Content-Type: application/x-www-form-urlencoded"
    assert b"</html>" in ask(proxied, "POST", "/return", b"words_typed=none", kind, "Accept-Encoding: gzip, br")[1]


@pytest.mark.may_skip("Linux before 6.3 has no switch that stands in for MemoryDenyWriteExecute")
def test_an_account_goes_all_the_way_in_and_is_read(house: House, tmp_path: Path) -> None:
    if not has_confinement():
        pytest.skip("this kernel has no PR_SET_MDWE")
    log = tmp_path / "intake.log"
    with confined_intake(house, log) as port, door(tmp_path, port), proxy(tmp_path, upstream=False) as proxied:
        assert ask(proxied, "GET", "/healthz") == (200, b"ok\n")
        assert ask(proxied, "GET", "/share")[0] == 200
        assert_compressed(proxied)
        form = urllib.parse.urlencode({"account": TEXT, "words": "yes"}).encode()
        kind = "Content-Type: application/x-www-form-urlencoded"
        own = "Origin: https://heard.example.org"
        assert ask(proxied, "POST", "/share", form, kind, own)[0] == 200
        foreign = "Origin: https://elsewhere.example"
        assert ask(proxied, "POST", "/share", form, kind, foreign)[0] == 403
        # Larger than the intake takes, smaller than nginx refuses: the intake's own page.
        status, page = ask(proxied, "POST", "/share", b"account=" + b"x" * 10_000_000, kind, own)
        assert status == 413
        assert b"</html>" in page
    house.carry()
    (letter,) = house.read()
    assert [entry["text"] for entry in letter["answers"] if entry["id"] == "account"] == [TEXT]
    # One line about itself: no warning that a memory setting could not be had, nothing about what was asked of it.
    assert re.fullmatch(
        r"Heard takes accounts at http://127\.0\.0\.1:\d+ for [\w-]+, epoch 1\.\n", log.read_text("utf-8")
    )
