"""`intake line serve`: the phone line, on uvicorn with h11. The survivors' site runs whether this does or not."""

import gc
import json
import logging
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvicorn

from intake.inquiry import SHIPPED, load_inquiry
from intake.installation import open_store
from intake.line.app import create_app
from intake.line.calls import Calls
from intake.line.installation import line_folder, open_line_store
from intake.line.key import load_line_key
from intake.line.letterbox import make_letterbox
from intake.line.service import make_service
from intake.logs import set_up_logging
from intake.process import harden
from intake.serving import configure, listen, url_of
from intake.settings import Settings

_LOG: Final = logging.getLogger("heard")


def serve(settings: Settings, warnings: Sequence[str], *, as_json: bool) -> None:
    """Serve until told to end. Refuses to start when the database was not migrated."""
    set_up_logging()
    for warning in [*warnings, *harden()]:
        _LOG.warning("%s", warning)
    store = open_line_store(settings)
    store.check_schema()
    inquiry = load_inquiry(Path(settings.inquiry) if settings.inquiry else SHIPPED)
    listener = listen(settings.line_host, settings.line_port)
    origin = settings.line_origin or f"http://localhost:{listener.getsockname()[1]}"
    letters = open_store(settings)
    calls = Calls(make_letterbox(settings, letters))
    service = make_service(settings, inquiry, store, load_line_key(line_folder(settings).line_key), origin)
    _announce(listener, origin, as_json=as_json)
    server = uvicorn.Server(configure(create_app(service, calls), settings.connections))
    gc.freeze()
    gc.enable()
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal once more when it has ended; then there is nothing left to interrupt.
        signal.signal(number, lambda _number, _frame: None)
    with listener:
        server.run(sockets=[listener])
    letters.close()
    store.close()


def _announce(listener: socket.socket, origin: str, *, as_json: bool) -> None:
    """Say where workers open it, and where it listens."""
    if as_json:
        print(json.dumps({"url": origin, "listens": url_of(listener)}), flush=True)
    else:
        print(f"The phone line is at {origin}, and listens on {url_of(listener)}.", flush=True)
