"""`make read`: carry what was submitted to both stations through bundle files, print it, and carry the receipts back."""

from deploy.demonstration.place import DemonstrationError, Place

NOTHING = "Nothing has been submitted yet. Open the address that `make run` printed, share something, and try again."


def read(place: Place) -> None:
    """Do what a person with a USB stick and a custodian would, then print every letter whole.

    Raises DemonstrationError.
    """
    if not all((side.station / "intake.pub").exists() for side in (place, place.lead)):
        raise DemonstrationError("There is no demonstration yet; start it with `make run` first.")
    carry_in(place)
    place.call_intake("export", "--card", "lead", "--to", str(place.medium))
    _carry(place, "for-lead", "to the safeguarding lead's station", place.lead)
    if not any(side.call_reviewer("list")["letters"] for side in (place, place.lead)):
        print(NOTHING)
        return
    if place.call_reviewer("list")["letters"]:
        place.show_letters()
    place.call_reviewer("export", "--to", str(place.medium), *place.unlock())
    _carry(place, "station", "back to the intake")
    _show_dangers(place)


def carry_in(place: Place) -> None:
    """Carry what was submitted to the panel's station. Raises DemonstrationError."""
    place.call_intake("export", "--to", str(place.medium))
    _carry(place, "intake", "to the station", place)


def _show_dangers(place: Place) -> None:
    """Print what came for the safeguarding lead, acknowledge it, and carry that back."""
    lead = place.lead
    if lead.call_reviewer("list")["letters"]:
        print("For the safeguarding lead, at a station of their own:", flush=True)
        lead.show_letters()
        lead.call_reviewer("acknowledge", "--all", *lead.unlock())
        lead.call_reviewer("export", "--to", str(place.medium), *lead.unlock())
        _carry(place, "lead", "back to the intake")


def _carry(place: Place, side: str, where: str, station: Place | None = None) -> None:
    """Import the bundles that lie on the medium, in order, at a station or at the intake; those that arrived are put aside."""
    for bundle in sorted(place.medium.glob(f"{side}-[0-9]*.heard")):
        if station is not None:
            station.call_reviewer("import", str(bundle), *station.unlock())
        else:
            place.call_intake("import", str(bundle))
        print(f"Carried {bundle.name} {where}.", flush=True)
        for file in (bundle.with_name(f"{bundle.name}.minisig"), bundle):
            file.rename(place.carried / file.name)
