"""deploy/proxy/nginx.conf, checked by `nginx -t` and started before a real upstream."""

import contextlib
import getpass
import hashlib
import http.client
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.programs import accepts, adapted, files_with, free_port, program, running
from tests.deploy.upstream import HOST, LARGE_ANSWER, LINE_HOST, Upstream, upstream_at, write_certificate

BODY = os.urandom(1_048_626)  # the largest sealed letter with its frame
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Proxy:
    """A running nginx: its folder, its TLS port, the plain port that redirects, and what reached the upstream."""

    folder: Path
    port: int
    plain_port: int
    upstream: Upstream
    trust: ssl.SSLContext

    def connect(self, host: str = HOST) -> ssl.SSLSocket:
        raw = socket.socket()
        raw.settimeout(20)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # or the kernel itself holds a large answer
        raw.connect(("127.0.0.1", self.port))
        return self.trust.wrap_socket(raw, server_hostname=host)

    def onion(self) -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(str(self.folder / "onion.socket"))
        return client

    def touched(self) -> dict[str, int]:
        """When a name was last made or removed in nginx's folders for temporary files, unlinked files included."""
        return {name: max(path.stat().st_mtime_ns for path in self.temporary(name)) for name in TEMPORARY}

    def temporary(self, name: str) -> list[Path]:
        folder = self.folder / "temporary" / name
        return [folder, *folder.rglob("*")]


def configuration(folder: Path, port: int, plain_port: int, changes: dict[str, str]) -> str:
    paths = "\n".join(f"    {name}_temp_path {folder}/temporary/{name};" for name in TEMPORARY)
    return adapted(
        "proxy/nginx.conf",
        {
            "user www-data;": f"user {getpass.getuser()};",
            "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;\ndaemon off;",
            "http {": "http {\n" + paths,
            "listen 80 default_server;\n        listen [::]:80 default_server;": f"listen 127.0.0.1:{plain_port};",
            "listen 443 ssl default_server;\n        listen [::]:443 ssl default_server;": f"listen 127.0.0.1:{port} ssl;",
            "unix:/run/heard-onion.socket": f"unix:{folder}/onion.socket",
            "listen 443 ssl;\n        listen [::]:443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "unix:/run/heard-intake.socket": f"unix:{folder}/intake.socket",
            "unix:/run/heard-line.socket": f"unix:{folder}/line.socket",
            "/etc/heard/tls": str(folder),
            **changes,
        },
    )


@contextlib.contextmanager
def proxy(folder: Path, changes: dict[str, str] | None = None, *, upstream: bool = True) -> Iterator[Proxy]:
    """Run nginx with the shipped file; `changes` may loosen one thing, to see that a test would notice.

    Without `upstream`, something else listens at `intake.socket` in the folder.
    """
    nginx, port, plain_port = program("nginx"), free_port(), free_port()
    certificate, _ = write_certificate(folder)
    for name in TEMPORARY:
        (folder / "temporary" / name).mkdir(parents=True)
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, port, plain_port, changes or {}))
    options = ["-p", str(folder), "-c", str(file), "-e", str(folder / "start.log")]
    checked = subprocess.run([nginx, "-t", *options], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    trust = ssl.create_default_context(cafile=certificate)
    behind = folder / ("intake.socket" if upstream else "nobody.socket")
    with (
        upstream_at(behind) as seen,
        running([nginx, *options], lambda: accepts(("127.0.0.1", port))),
    ):
        yield Proxy(folder, port, plain_port, seen, trust)


def head(method: str, path: str, length: int = 0, *more: str, host: str = HOST) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {length}", "Connection: close", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(client: socket.socket) -> tuple[int, bytes]:
    response = http.client.HTTPResponse(client)
    response.begin()
    return response.status, response.read()


def post_slowly(proxied: Proxy) -> tuple[int, bytes]:
    """Post BODY with a pause in the middle, long enough that a proxy that collects bodies has to put them somewhere."""
    with proxied.connect() as client:
        client.sendall(head("POST", "/letters", len(BODY)) + BODY[:600_000])
        time.sleep(0.5)
        client.sendall(BODY[600_000:])
        return answer(client)


def get_slowly(proxied: Proxy) -> bytes:
    """Ask for a large answer and take it only after a while."""
    with proxied.connect() as client:
        client.sendall(head("GET", "/large"))
        time.sleep(0.5)
        return answer(client)[1]


def test_the_largest_letter_and_a_large_answer_pass_and_touch_no_file(tmp_path: Path) -> None:
    with proxy(tmp_path) as proxied:
        before = proxied.touched()
        assert post_slowly(proxied) == (200, hashlib.sha256(BODY).hexdigest().encode())
        assert get_slowly(proxied) == LARGE_ANSWER
        assert proxied.touched() == before


def test_a_body_or_an_answer_on_disk_would_be_noticed(tmp_path: Path) -> None:
    loosened = {
        "proxy_request_buffering off;": "proxy_request_buffering on;",
        "client_body_buffer_size 4m;": "client_body_buffer_size 16k;",
        "proxy_max_temp_file_size 0;": "proxy_max_temp_file_size 64m;",
    }
    with proxy(tmp_path, loosened) as proxied:
        before = proxied.touched()
        assert post_slowly(proxied)[0] == 200
        assert get_slowly(proxied) == LARGE_ANSWER
        after = proxied.touched()
    assert [name for name in TEMPORARY if before[name] != after[name]] == ["client_body", "proxy"]


def test_a_body_larger_than_the_buffer_touches_no_file_either(tmp_path: Path) -> None:
    with proxy(tmp_path) as proxied, proxied.connect() as client:
        before = proxied.touched()
        client.sendall(head("POST", "/share", 12 * len(BODY)))
        for _ in range(12):
            client.sendall(BODY)
        assert answer(client)[0] == 200
        assert proxied.touched() == before


def test_a_body_goes_on_before_it_is_complete(tmp_path: Path) -> None:
    with proxy(tmp_path) as proxied, proxied.connect() as client:
        client.sendall(head("POST", "/letters", len(BODY)) + BODY[:200_000])
        assert proxied.upstream.started.wait(10)
        client.sendall(BODY[200_000:])
        assert answer(client)[0] == 200


def visit(proxied: Proxy) -> None:
    """One good request, one that the upstream cuts off, one refused."""
    for request in (
        head("GET", "/share?marker=2f61"),
        head("POST", "/letters", 40_000_000),
        b"GET /marker-2f61 HTTP/9\r\n\r\n",
    ):
        with proxied.connect() as client:
            client.sendall(request)
            client.recv(65_536)


def test_no_file_names_a_client_or_a_request(tmp_path: Path) -> None:
    with proxy(tmp_path) as proxied:
        visit(proxied)
        (tmp_path / "intake.socket").unlink()
        visit(proxied)  # nobody answers behind: the kind of error that nginx writes about by default
    assert files_with(tmp_path, b"127.0.0.1", b"2f61") == {"nginx.conf"}  # which says where to listen


def test_a_file_that_names_a_client_would_be_noticed(tmp_path: Path) -> None:
    loosened = {
        "error_log /dev/null crit;": f"error_log {tmp_path}/error.log;",
        "access_log off;": f"access_log {tmp_path}/access.log;",
    }
    with proxy(tmp_path, loosened) as proxied:
        visit(proxied)
        (tmp_path / "intake.socket").unlink()
        visit(proxied)
    assert files_with(tmp_path, b"127.0.0.1", b"2f61") == {"nginx.conf", "error.log", "access.log"}


def test_the_intake_is_told_nothing_about_the_client(tmp_path: Path) -> None:
    personal = [
        "X-Forwarded-For: 203.0.113.7", "Forwarded: for=203.0.113.7", "X-Real-IP: 203.0.113.7", "Via: 1.1 office",
        "True-Client-IP: 203.0.113.7", "User-Agent: Invented/1.0", "Cookie: who=someone", "Referer: https://search.example/",
    ]  # fmt: skip
    needed = [
        "Origin: https://heard.example.org", "Sec-Fetch-Site: same-origin", "Content-Type: application/octet-stream",
        "Accept-Language: cy",
    ]  # fmt: skip
    with proxy(tmp_path) as proxied:
        for client in (proxied.connect(), proxied.onion()):
            with client:
                client.sendall(head("POST", "/letters", 4, *personal, *needed) + b"body")
                assert answer(client)[0] == 200
    for headers in proxied.upstream.headers:
        assert set(headers) == {"host", "content-length", "origin", "sec-fetch-site", "content-type", "accept-language"}
        assert headers["host"] == HOST
        assert headers["origin"] == "https://heard.example.org"


@pytest.mark.parametrize(
    ("sent", "setting", "quick"),
    [
        (b"", "client_header_timeout 20s;", "client_header_timeout 1s;"),
        (b"GET / HTT", "client_header_timeout 20s;", "client_header_timeout 1s;"),
        (head("POST", "/letters", 5_000) + b"half", "client_body_timeout 30s;", "client_body_timeout 1s;"),
    ],
    ids=["silent", "half a request", "half a body"],
)
def test_silent_senders_are_let_go(tmp_path: Path, sent: bytes, setting: str, quick: str) -> None:
    with proxy(tmp_path, {setting: quick}) as proxied, proxied.connect() as client:
        client.sendall(sent)
        began = time.monotonic()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while client.recv(65_536):
                pass
        # The settings that are shipped wait for 20 seconds or more.
        assert time.monotonic() - began < 15


def test_when_nobody_answers_behind_the_page_says_what_to_do(tmp_path: Path) -> None:
    with proxy(tmp_path) as proxied:
        (tmp_path / "intake.socket").unlink()
        with proxied.connect() as client:
            client.sendall(head("POST", "/share", 4) + b"text")
            status, page = answer(client)
    assert status == 503
    assert b"Nothing was stored" in page


def test_plain_http_is_sent_to_https(tmp_path: Path) -> None:
    with proxy(tmp_path) as proxied, socket.create_connection(("127.0.0.1", proxied.plain_port), 20) as client:
        client.sendall(head("GET", "/share"))
        response = http.client.HTTPResponse(client)
        response.begin()
    assert response.status == 308
    assert response.headers["Location"] == f"https://{HOST}/share"
    assert proxied.upstream.headers == []


class TestLine:
    """The phone line behind a name of its own."""

    NEEDED = (
        "Cookie: __Host-line=invented", f"Origin: https://{LINE_HOST}", "Sec-Fetch-Site: same-origin",
        "Content-Type: application/octet-stream", "Accept: application/json",
    )  # fmt: skip
    PERSONAL = ("X-Forwarded-For: 203.0.113.7", "User-Agent: Invented/1.0", "Referer: https://search.example/")

    def test_a_worker_reaches_it_with_their_cookie_and_nothing_about_where_they_are(self, tmp_path: Path) -> None:
        with proxy(tmp_path) as proxied, upstream_at(tmp_path / "line.socket") as line:
            with proxied.connect(LINE_HOST) as client:
                client.sendall(head("POST", "/letters", 4, *self.NEEDED, *self.PERSONAL, host=LINE_HOST) + b"body")
                assert answer(client)[0] == 200
            assert proxied.upstream.headers == []
        (headers,) = line.headers
        assert set(headers) == {
            "host",
            "content-length",
            "cookie",
            "origin",
            "sec-fetch-site",
            "content-type",
            "accept",
        }
        assert (headers["host"], headers["cookie"]) == (LINE_HOST, "__Host-line=invented")
        assert files_with(tmp_path, b"__Host-line=invented") == set()

    def test_one_is_down_and_the_other_answers(self, tmp_path: Path) -> None:
        with proxy(tmp_path) as proxied:
            with proxied.connect(LINE_HOST) as client:
                client.sendall(head("GET", "/call", host=LINE_HOST))
                status, page = answer(client)
            assert status == 503
            assert b"Keep what was typed" in page
            with proxied.connect() as client:
                client.sendall(head("GET", "/"))
                assert answer(client)[0] == 200

    def test_a_network_that_is_not_the_offices_is_refused_without_a_word(self, tmp_path: Path) -> None:
        closed = {"# allow 192.0.2.0/24; # example": "allow 192.0.2.0/24;", "# deny all;": "deny all;"}
        with proxy(tmp_path, closed) as proxied, upstream_at(tmp_path / "line.socket") as line:
            with proxied.connect(LINE_HOST) as client:
                client.sendall(head("GET", "/", host=LINE_HOST))
                assert answer(client)[0] == 403
            with proxied.connect() as client:
                client.sendall(head("GET", "/"))
                assert answer(client)[0] == 200
        assert line.headers == []
        assert files_with(tmp_path, b"127.0.0.1") == {"nginx.conf"}
