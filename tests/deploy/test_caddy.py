"""deploy/proxy/Caddyfile, checked by `caddy validate` and started before a real upstream."""

import contextlib
import hashlib
import http.client
import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.programs import accepts, adapted, files_with, free_port, program, running
from tests.deploy.upstream import HOST, LINE_HOST, Upstream, upstream_at, write_certificate

BODY = os.urandom(1_048_626)  # the largest sealed letter with its frame


class Connection(http.client.HTTPSConnection):
    """To loopback, whatever the name."""

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]  # where the class keeps it
        self.sock = context.wrap_socket(raw, server_hostname=self.host)


@contextlib.contextmanager
def proxy(folder: Path, changes: dict[str, str]) -> Iterator[tuple[Connection, Upstream]]:
    """Run Caddy with the shipped file, a certificate of the test's own and a port of loopback."""
    caddy, port = program("caddy"), free_port()
    certificate, key = write_certificate(folder)
    file = folder / "Caddyfile"
    file.write_text(
        adapted(
            "proxy/Caddyfile",
            {
                "\tadmin off": "\tadmin off\n\tauto_https disable_redirects",
                f"{HOST} {{": f"https://{HOST}:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}",
                f"{LINE_HOST} {{": f"https://{LINE_HOST}:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}",
                "unix//run/heard-intake.socket": f"unix/{folder}/intake.socket",
                "unix//run/heard-line.socket": f"unix/{folder}/line.socket",
                **changes,
            },
        )
    )
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(file)]
    connection = Connection(HOST, port, context=ssl.create_default_context(cafile=certificate), timeout=60)
    with (
        upstream_at(folder / "intake.socket") as upstream,
        running(command, lambda: accepts(("127.0.0.1", port)), log=folder / "output.log", environment=home),
        contextlib.closing(connection),
    ):
        yield connection, upstream


def visit(connection: Connection, upstream: Upstream) -> None:
    """A letter that goes through, and one for which nobody answers behind: what Caddy writes an error about."""
    headers = {
        "X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "User-Agent": "Invented/1.0", "Cookie": "who=someone",
        "Referer": "https://search.example/", "Origin": f"https://{HOST}", "Content-Type": "application/octet-stream",
    }  # fmt: skip
    connection.request("POST", "/letters", BODY, headers)
    assert connection.getresponse().read() == hashlib.sha256(BODY).hexdigest().encode()
    Path(upstream.path).unlink()
    connection.close()
    connection.request("POST", "/share?marker=2f61", b"text")
    assert connection.getresponse().status == 502


def test_caddy_accepts_the_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(adapted("proxy/Caddyfile", {}))
    done = subprocess.run(
        [program("caddy"), "validate", "--adapter", "caddyfile", "--config", str(file)],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr, done.stderr


def test_a_letter_passes_and_nothing_is_written_about_it(tmp_path: Path) -> None:
    with proxy(tmp_path, {}) as (connection, upstream):
        visit(connection, upstream)
    # The configuration says where to listen, and the start is announced before the file's own log setting is in force.
    assert files_with(tmp_path, b"2f61", BODY[:64]) == set()
    assert b"remote_ip" not in (tmp_path / "output.log").read_bytes()
    (headers, *_) = upstream.headers
    allowed = {"host", "content-length", "origin", "content-type", "accept-encoding", "accept", "user-agent"}
    assert {"origin", "content-type"} <= headers.keys() <= allowed
    assert headers.get("user-agent") != "Invented/1.0"  # Go's client sends a name of its own


def test_a_log_about_it_would_be_noticed(tmp_path: Path) -> None:
    with proxy(tmp_path, {"output discard": "output stderr"}) as (connection, upstream):
        visit(connection, upstream)
    assert files_with(tmp_path, b"2f61") == {"output.log"}
    assert b"127.0.0.1" in (tmp_path / "output.log").read_bytes()


def test_a_worker_reaches_the_line_with_their_cookie(tmp_path: Path) -> None:
    with proxy(tmp_path, {}) as (connection, upstream), upstream_at(tmp_path / "line.socket") as line:
        port = connection.port
        certificate = tmp_path / "certificate.pem"
        worker = Connection(LINE_HOST, port, context=ssl.create_default_context(cafile=certificate), timeout=60)
        with contextlib.closing(worker):
            headers = {"X-Forwarded-For": "203.0.113.7", "Cookie": "__Host-line=invented", "User-Agent": "Invented/1.0"}
            worker.request("POST", "/letters", b"body", headers)
            assert worker.getresponse().status == 200
        assert upstream.headers == []
    (seen,) = line.headers
    assert seen["cookie"] == "__Host-line=invented"
    assert "x-forwarded-for" not in seen
    assert seen.get("user-agent") != "Invented/1.0"
    assert files_with(tmp_path, b"__Host-line=invented") == set()
