"""`intake serve`: the survivors' site, on uvicorn with h11."""

import argparse
import gc
import json
import logging
import signal
import socket
from pathlib import Path
from typing import Final

import uvicorn

from crypto.card import PanelCard
from crypto.derivation import hpke_suite
from intake.app import create_app
from intake.assets import Assets
from intake.clock import today
from intake.commands.result import Result
from intake.errors import SchemaBehindError, SettingsError, StoreUnavailableError
from intake.folder import Folder
from intake.housekeeping import Housekeeping
from intake.inquiry import SHIPPED, load_inquiry
from intake.installation import all_cards, load_card, open_store
from intake.logs import set_up_logging
from intake.pages import Pages, Periods
from intake.process import harden
from intake.service import Service
from intake.settings import Settings
from intake.store import Store
from intake.threads import Threads
from intake.writer import Writer

_LOG: Final = logging.getLogger("heard")
_BACKLOG: Final = 2_048
_SECONDS_TO_END: Final = 15
# More than a proxy's own, so that it never sends on a connection that this side is closing.
_SECONDS_KEPT_ALIVE: Final = 75


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Serve until told to end. Refuses to start without a sound card, or when the database was not migrated."""
    set_up_logging()
    for warning in [*arguments.warnings, *harden()]:
        _LOG.warning("%s", warning)
    store = open_store(settings)
    service = _create_service(settings, store)
    _check_database(store)
    listener = _listen(arguments.host or settings.host, settings.port if arguments.port is None else arguments.port)
    _announce(listener, service.card, as_json=arguments.json)
    server = uvicorn.Server(_configure(service))
    # What was made until now stays: the collector need not look at it again.
    gc.freeze()
    gc.enable()
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal once more when it has ended; then there is nothing left to interrupt.
        signal.signal(number, lambda _number, _frame: None)
    with listener:
        server.run(sockets=[listener])
    store.close()
    return Result([], {"served": True})


def _create_service(settings: Settings, store: Store) -> Service:
    card = load_card(Folder(settings.data))
    hpke_suite()  # raises where this Python cannot seal
    assets = Assets()
    inquiry = load_inquiry(Path(settings.inquiry) if settings.inquiry else SHIPPED)
    return Service(
        settings=settings,
        card=card,
        inquiry=inquiry,
        cards=all_cards(Folder(settings.data)),
        pages=Pages(inquiry, assets, periods=Periods(settings.draft_days, settings.remnant_days)),
        assets=assets,
        writer=Writer(store, settings.waiting_letters, settings.database_seconds),
        threads=Threads(store, today, settings.draft_days),
        housekeeping=Housekeeping(store, today, settings.draft_days),
        day=today,
    )


def _check_database(store: Store) -> None:
    """Refuse old tables, but start without a database: it may come back, and healthz says so until then."""
    try:
        store.check_schema()
    except StoreUnavailableError:
        _LOG.warning("The database cannot be reached; letters are refused until it can.")
    except SchemaBehindError:
        store.close()
        raise


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio sends small answers at once (TCP_NODELAY) only on sockets that say it is TCP;
    # without, every answer on a connection that is kept waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        return listener
    except OSError as error:
        listener.close()
        raise SettingsError(f"This side cannot listen on {host} port {port} ({error.strerror}).") from None


def _announce(listener: socket.socket, card: PanelCard, *, as_json: bool) -> None:
    """Say where the site is, before anything can be answered there."""
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    if as_json:
        print(json.dumps({"url": url, "inquiry": card.inquiry, "epoch": card.epoch}), flush=True)
        return
    print(f"Heard takes accounts at {url} for {card.inquiry}, epoch {card.epoch}.", flush=True)
    if card.demonstration:
        print("The panel is a DEMONSTRATION: nobody guards its key. Never use it for real accounts.", flush=True)


def _configure(service: Service) -> uvicorn.Config:
    """Return a server that writes no log of requests, adds no headers, and believes no header about a client."""
    return uvicorn.Config(
        create_app(service),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=service.settings.connections,
        timeout_keep_alive=_SECONDS_KEPT_ALIVE,
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
