"""Which choice the station may act on: as its ledger says, and as the people's own letters say."""

from functools import partial

from reviewer.choices import Standing
from reviewer.dossier import open_dossier
from reviewer.reading import read
from reviewer.vault import Vault
from tests.machines.people import Person, Sent
from tests.machines.sides import PANEL, StationSide
from tests.threads.survivor import Survivor

WITHHELD = "withheld"
_NOBODY = (Standing.NO_ACCOUNT, Standing.TAKEN_BACK)


def choice_at(station: StationSide, person: Person) -> str:
    """Return what the station acts on for a person: a choice, WITHHELD while something is uncertain, "" for nobody."""
    with station.ledger() as ledger:
        letters = ledger.letters_of_threads([person.words[0].keys.verify_key.hex()])
        if not letters:
            return ""
        opening = partial(read, vault=Vault(station.station.letters), panel=PANEL)
        effective = open_dossier(ledger, opening, letters[0]).effective
    if effective.standing in _NOBODY:
        return ""
    if effective.standing is not Standing.CLEAR:
        assert not any(choice.counts for choice in effective.choices), "a choice counts that is uncertain"
        return WITHHELD
    (choice,) = effective.choices
    assert choice.counts == (choice.value == "yes")
    return choice.value


def choice_signed(person: Person, held: set[bytes]) -> str:
    """Return what the station may act on when it holds the letters with those digests, and has acted on none but these."""
    choice = ""
    writers = [*person.words, *([person.after] if person.after else [])]
    for writer in writers:
        letters = _places(person, writer, held)
        place = 1 if writer is not writers[0] else 0
        while place in letters:
            one = letters.pop(place)
            choice = one.choice or choice
            place += 1
            if one.kind == "withdrawal":
                return ""
            if one.kind == "replacement":
                break
        else:
            waits = bool(letters) and bool(choice)
            return "" if any(one.kind == "withdrawal" for one in letters.values()) else WITHHELD if waits else choice
    return choice


def _places(person: Person, writer: Survivor, held: set[bytes]) -> dict[int, Sent]:
    return {one.sequence: one for one in person.sent if one.by is writer and one.is_for_panel and one.digest in held}
