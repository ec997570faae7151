"""The safeguarding lead beside a panel: records of danger at the store, on a medium, and at a station of their own."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from crypto.card import PanelCard
from crypto.constants import RECORD_KINDS
from crypto.danger import DangerRecord, encode_danger
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_padded
from intake.installation import open_store
from intake.rows import NewLetter
from intake.settings import Settings
from intake.store import Store
from reviewer.station import Station
from reviewer.trust import Candidate, keep
from tests.intake.installed import Installed
from tests.reviewer.panel import PLAN, Panel, reviewer

DAY = date(2026, 11, 26)
CANARY = "Invented: the ladder behind the mill."
LEAD_PLAN = replace(PLAN, purpose="lead")


def danger(card: PanelCard, said: str = CANARY, **changes: Any) -> DangerRecord:
    """A record as a worker writes it."""
    plain = DangerRecord(
        kind="danger",
        inquiry=card.inquiry,
        epoch=card.epoch,
        card=card.fingerprint.hex(),
        channel="phone",
        language="en",
        locator=secrets.token_hex(16),
        day=str(DAY),
        said=said,
        who="The caller.",
        done="We talked.",
        called=("999",),
        more="",
    )
    return replace(plain, **changes)


def sealed_danger(record: DangerRecord, card: PanelCard, day: date = DAY) -> NewLetter:
    """What the line's app stores of a record that is sealed to `card`."""
    sealed = seal_padded(encode_danger(record), [Recipient.parse(card.recipient), throwaway_recipient()])
    locator = bytes.fromhex(record.locator)
    return NewLetter(RECORD_KINDS["danger"], locator, secrets.token_bytes(32), day, sealed)


@dataclass
class Line:
    """One installation with a panel's card and a lead's, the lead's station, and the medium between them."""

    folder: Path
    panel: Panel
    lead: Panel
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.medium.mkdir(parents=True)
        self.intake = Installed(self.folder / "data", dict(self.settings))
        self.intake.run("init")
        self.intake.install(self.panel.card)
        self.intake.install(self.lead.card)
        self.station = self.new_station("lead-station", self.lead)

    @property
    def medium(self) -> Path:
        return self.folder / "carried"

    def new_station(self, name: str, holder: Panel) -> Station:
        station = Station(self.folder / name)
        station.create()
        station.install_card(holder.card)
        keep(station, Candidate.read(self.intake.data / "intake.pub"))
        return station

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(Settings.read({"HEARD_DATA": str(self.intake.data), **self.intake.settings}))
        yield opened
        opened.close()

    def alarm(self, *said: str, day: date = DAY) -> list[NewLetter]:
        made = [sealed_danger(danger(self.lead.card, one), self.lead.card, day) for one in said or (CANARY,)]
        with self.store() as store:
            assert store.add(made) == {one.digest for one in made}
        return made

    def export(self, card: str = "lead", *arguments: str) -> list[Path]:
        said = self.intake.run("export", "--card", card, "--to", str(self.medium), "--json", *arguments)
        return [Path(entry["bundle"]) for entry in said.json["bundles"]]

    def at_lead(self, *arguments: str, code: int = 0) -> Any:
        return reviewer(arguments[0], *arguments[1:], *self.lead.shares(1, 2), station=self.station.root, code=code)

    def back(self, name: str = "back") -> Path:
        """The lead's next return bundle; not taken in yet."""
        self.at_lead("export", f"--to={self.folder / name}")
        return max((self.folder / name).glob("*.heard"))

    def status(self) -> Any:
        return self.intake.run("status", "--json").json["dangers"]
