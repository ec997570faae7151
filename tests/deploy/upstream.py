"""A small upstream at a Unix socket that remembers what reached it, and a certificate for a proxy before it."""

import datetime as dt
import hashlib
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LARGE_ANSWER = b"Being asked would have helped. " * 400_000
HOST = "heard.example.org"
LINE_HOST = "line.example.org"


@dataclass
class Upstream:
    """What reached the upstream: header names in lower case, the SHA-256 of each body, the path of the socket."""

    path: str
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    started: threading.Event = field(default_factory=threading.Event)


@contextmanager
def upstream_at(path: Path) -> Iterator[Upstream]:
    """Serve until the block ends. GET /large answers with 12 MB, POST with the SHA-256 of the body."""
    seen = Upstream(str(path))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.answer(LARGE_ANSWER if self.path == "/large" else b"ok\n")

        def do_POST(self) -> None:
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            digest, left = hashlib.sha256(), int(self.headers["Content-Length"])
            while left and (part := self.rfile.read1(min(left, 65_536))):
                seen.started.set()
                digest.update(part)
                left -= len(part)
            if not left:
                seen.bodies.append(digest.hexdigest())
                self.answer(digest.hexdigest().encode())

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")  # so that a proxy has to come again
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            """Say nothing."""

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A connection cut by the proxy is no fault of the upstream."""

    with Server(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for HOST and LINE_HOST and its key; return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName(LINE_HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file
