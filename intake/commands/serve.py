"""`intake serve`: the survivors' site, on uvicorn with h11."""

import argparse
import asyncio
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
from intake.errors import ClosingsError, SchemaBehindError, StoreUnavailableError
from intake.folder import Folder
from intake.holds import HoldBoard
from intake.housekeeping import Housekeeping
from intake.inquiry import SHIPPED, load_inquiry
from intake.inquiry.translation import load_languages
from intake.installation import all_cards, load_card, open_store, retention_of
from intake.logs import set_up_logging
from intake.pages import Pages, periods_of
from intake.process import harden
from intake.service import Service
from intake.serving import configure, listen, url_of
from intake.settings import Settings
from intake.store import Store
from intake.threads import Threads
from intake.writer import Writer

_LOG: Final = logging.getLogger("heard")


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Serve until told to end. Refuses to start without a sound card, or when the database was not migrated."""
    set_up_logging()
    for warning in [*arguments.warnings, *harden()]:
        _LOG.warning("%s", warning)
    store = open_store(settings)
    service = _create_service(settings, store)
    _check_database(store)
    listener = listen(arguments.host or settings.host, settings.port if arguments.port is None else arguments.port)
    _announce(listener, service.card, as_json=arguments.json)
    server = uvicorn.Server(configure(create_app(service), settings.connections))
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
    languages = load_languages(inquiry)
    periods = periods_of(settings)
    translations = {
        language.code: Pages(
            inquiry, assets, language, periods, languages=languages, unscripted=settings.unscripted_form
        )
        for language in languages
    }
    return Service(
        settings=settings,
        card=card,
        inquiry=inquiry,
        cards=all_cards(Folder(settings.data)),
        pages=translations[languages[0].code],
        translations=translations,
        assets=assets,
        writer=Writer(store, settings.waiting_letters, settings.database_seconds),
        threads=Threads(store, today, settings.draft_days),
        is_waiting=lambda: store.is_waiting,
        housekeeping=Housekeeping(store, today, retention_of(settings)),
        holds=HoldBoard(store, today),
        day=today,
        sealing=asyncio.Semaphore(settings.unscripted_at_once),
    )


def _check_database(store: Store) -> None:
    """Refuse old tables, but start without a database: it may come back, and healthz says so until then.

    A closing that is in its log and not in the database is done first, before anyone is answered.
    """
    try:
        store.check_schema()
        store.catch_up()
    except StoreUnavailableError:
        _LOG.warning("The database or the log of closings cannot be reached; letters are refused until it can.")
    except ClosingsError:
        _LOG.warning("The log of closings is missing or damaged; nothing can be taken back until it is there.")
    except SchemaBehindError:
        store.close()
        raise


def _announce(listener: socket.socket, card: PanelCard, *, as_json: bool) -> None:
    """Say where the site is, before anything can be answered there."""
    url = url_of(listener)
    if as_json:
        print(json.dumps({"url": url, "inquiry": card.inquiry, "epoch": card.epoch}), flush=True)
        return
    print(f"Heard takes accounts at {url} for {card.inquiry}, epoch {card.epoch}.", flush=True)
    if card.demonstration:
        print("The panel is a DEMONSTRATION: nobody guards its key. Never use it for real accounts.", flush=True)
