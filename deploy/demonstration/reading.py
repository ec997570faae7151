"""`make read`: carry what was submitted to the station through a bundle file, print it, and carry the receipt back."""

from deploy.demonstration.place import DemonstrationError, Place

NOTHING = "Nothing has been submitted yet. Open the address that `make run` printed, share something, and try again."


def read(place: Place) -> None:
    """Do what a person with a USB stick and a custodian would, then print every letter whole.

    Raises DemonstrationError.
    """
    if not (place.station / "intake.pub").exists():
        raise DemonstrationError("There is no demonstration yet; start it with `make run` first.")
    place.call_intake("export", "--to", str(place.medium))
    _carry(place, "intake", "to the station")
    if not place.call_reviewer("list")["letters"]:
        print(NOTHING)
        return
    place.show_letters()
    place.call_reviewer("export", "--to", str(place.medium), *place.unlock())
    _carry(place, "station", "back to the intake")


def _carry(place: Place, side: str, where: str) -> None:
    """Import the bundles that lie on the medium, in order; those that arrived are put aside."""
    for bundle in sorted(place.medium.glob(f"{side}-*.heard")):
        if side == "intake":
            place.call_reviewer("import", str(bundle), *place.unlock())
        else:
            place.call_intake("import", str(bundle))
        print(f"Carried {bundle.name} {where}.", flush=True)
        for file in (bundle.with_name(f"{bundle.name}.minisig"), bundle):
            file.rename(place.carried / file.name)
