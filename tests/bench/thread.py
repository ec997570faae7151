"""Threads to measure with: many letters for the Worker to open, and one thread for each state that a server may be in."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from crypto.constants import LETTER_KINDS, LOCATOR_BYTES, THREAD_STATES, VISIT_OPERATIONS, VISIT_STATUSES
from crypto.errors import NoThreadError
from crypto.letter import Letter
from crypto.thread import ThreadKeys, derive_thread
from crypto.visit import Index, IndexEntry, VisitAnswer, open_answer, parse_index, parse_request
from crypto.words import ReturnWords
from tests.bench.planted import MARK
from tests.crypto import samples
from tests.intake.browser.threads import Station
from tests.intake.installed import Installed
from tests.threads.survivor import Survivor, digest_of, filler

# What a survivor may write in an hour; the sealed letter has 64 KiB whatever its length.
TEXT = "I told a teacher. Nobody wrote it down. " * 75
BYTES = {"content-type": "application/octet-stream"}
CARD = samples.card()
OPEN = VISIT_OPERATIONS["open"]
SLOT = filler()
UNKNOWN, PLANTED = "unknown", "known, planted"
STATES = (UNKNOWN, "known, without news", "known, with news", "withdrawn", "replaced")


@dataclass
class LongThread:
    """One set of words and so many letters, with a server's answers to whatever is asked about them."""

    count: int
    words: ReturnWords = field(default_factory=ReturnWords.random)
    letters: dict[bytes, bytes] = field(default_factory=dict, init=False)
    _index: bytes = field(default=b"", init=False, repr=False)

    def __post_init__(self) -> None:
        writer = Survivor(CARD, derive_thread(self.words))
        sealed = [("account", writer.account(TEXT)[1])]
        for writer.sequence in range(1, self.count):
            sealed.append(("addition", writer.seal(writer.addition(TEXT))))
        self.letters = {digest_of(letter): letter for _, letter in sealed}
        entries = (IndexEntry(LETTER_KINDS[kind], 1, writer.keys.locator, digest_of(letter)) for kind, letter in sealed)
        self._index = Index(THREAD_STATES["open"], 0, self.count, tuple(entries)).encode()

    def answer(self, body: bytes) -> bytes:
        """Answer one request as the service does."""
        request, _ = parse_request(body)
        if request.operation == OPEN:
            return VisitAnswer(VISIT_STATUSES["index"], sequence=self.count, slot=self._index).seal(request)
        letter = self.letters.get(request.target)
        if letter is None:
            return VisitAnswer(VISIT_STATUSES["gone"]).seal(request)
        return VisitAnswer(VISIT_STATUSES["letter"], 1, slot=letter).seal(request)


@dataclass
class States:
    """A real site with threads in each state that must not be told apart, and one more kind for a planted fault."""

    here: Installed
    http: httpx.Client
    threads: int = 4
    owners: dict[str, list[Survivor]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        after: dict[str, Callable[[Survivor], None]] = {
            "known, with news": self._answer,
            "withdrawn": lambda writer: self._put(writer, writer.withdrawal()),
            "replaced": self._replace,
        }
        for state in (*STATES[1:], PLANTED):
            self.owners[state] = [self._writer(state) for _ in range(self.threads)]
            for writer in self.owners[state] if state in after else []:
                after[state](writer)

    def request(self, state: str) -> bytes:
        """Return a visit's first request without its slot, for one of the threads of `state`."""
        writer = Survivor(CARD) if state == UNKNOWN else secrets.choice(self.owners[state])
        return writer.ask("open").encode()

    def look(self, state: str) -> str:
        """Say what a thread of `state` is answered: "miss", or the state in its index and how many entries it has."""
        body = self.request(state) + SLOT
        request, _ = parse_request(body)
        try:
            answer = open_answer(self._post("/thread", body).content, request)
        except NoThreadError:
            return "miss"
        index = parse_index(answer.slot)
        return f"{index.state}, {len(index.entries)}"

    def _writer(self, state: str) -> Survivor:
        """Somebody who sent an account and one further part."""
        start = MARK if state == PLANTED else os.urandom(len(MARK))
        keys = ThreadKeys(start + os.urandom(LOCATOR_BYTES - len(MARK)), *(os.urandom(32) for _ in range(3)))
        writer = Survivor(CARD, keys)
        frame, sealed = writer.account("I told a teacher.")
        assert self._post("/letters", frame.encode() + sealed).status_code == 201
        writer.sequence = 1
        self._put(writer, writer.addition("Nobody wrote it down."))
        return writer

    def _put(self, writer: Survivor, letter: Letter, target: bytes = bytes(32)) -> None:
        request, slot = writer.put(letter, target=target)
        answer = open_answer(self._post("/thread", request.encode() + slot).content, request)
        assert answer.status == VISIT_STATUSES["stored"], answer.status
        writer.sequence += 1

    def _replace(self, writer: Survivor) -> None:
        after = writer.successor()
        self._put(after, after.inheritance(writer))
        self._put(writer, writer.replacement(after), after.keys.locator + bytes(16))

    def _answer(self, writer: Survivor) -> None:
        station = Station(self.here, writer.keys)
        station.place(station.notice())
        station.place(station.notice("heard", sequence=2))

    def _post(self, path: str, body: bytes) -> httpx.Response:
        return self.http.post(path, content=body, headers=BYTES)
