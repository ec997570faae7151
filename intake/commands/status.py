"""`intake status`: what is here, what the station knows of, and what is in force. Counts and dates, never an identity."""

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from crypto.card import PanelCard
from crypto.hold import in_force, standing
from crypto.notice import Notice
from intake.clock import today
from intake.commands.forget import fields_of, lines_of
from intake.commands.result import Result
from intake.folder import Folder
from intake.installation import load_card, open_store, retention_of
from intake.rows import INWARD, OUTWARD, BundleRow, DangerSurvey, Forgotten, Overdue, Survey
from intake.settings import Settings

# As many digits of a digest as the lead's station shows.
_SHORT_ID: Final = 12


def run(_arguments: argparse.Namespace, settings: Settings) -> Result:
    """Count."""
    card, day = load_card(Folder(settings.data)), today()
    store = open_store(settings)
    try:
        store.check_schema()
        survey = store.survey()
        bundles = store.last_bundle(OUTWARD), store.last_bundle(INWARD)
        holds = [hold for hold in standing(store.holds()) if hold.valid_to >= day.isoformat()]
        forgotten = store.forget(day, retention_of(settings), dry_run=True)
        dangers = store.danger_survey(day, settings.danger_overdue_days)
    finally:
        store.close()
    lines = [*_letter_lines(survey), *_danger_lines(dangers), *_bundle_lines(*bundles), *_hold_lines(holds, day)]
    lines.append(_card_line(card, day))
    lines += ["`intake forget` would erase:", *(f"  {line}" for line in lines_of(forgotten, settings))]
    fields = _fields(survey, bundles, holds, card, forgotten, day)
    return Result(lines, fields | {"dangers": _danger_fields(dangers)})


def _letter_lines(survey: Survey) -> Iterator[str]:
    yield (
        f"Letters: {survey.delivered} delivered; {survey.confirmed} confirmed by the station, {survey.open} open until the "
        f"next export, {survey.missing} missing."
    )
    yield f"  Of those confirmed: {survey.set_aside} set aside, {survey.destroyed} destroyed. {survey.kept} are still kept here."
    if survey.unfinished:
        yield f"  Of those delivered: {survey.unfinished} parts of calls that broke off."
    if survey.missing:
        yield "  Missing: in a bundle that was written and that the station has not confirmed; export it again if it was lost."
    threads = survey.threads
    yield f"Threads: {threads['open']} open, {threads['withdrawn']} withdrawn, {threads['replaced']} replaced by other words."
    yield f"Drafts: {survey.drafts}."


def _danger_lines(dangers: DangerSurvey) -> Iterator[str]:
    """Say how far records for the safeguarding lead have come: never whom they are about."""
    if not dangers.total:
        return
    yield (
        f"Records for the safeguarding lead: {dangers.total}; {dangers.acknowledged} acknowledged, {dangers.arrived} arrived, "
        f"{dangers.open} open until the next `intake export --card lead`."
    )
    if dangers.set_aside:
        yield f"  SET ASIDE: {dangers.set_aside} could not be read there; ask the lead which."
    for late in dangers.overdue:
        yield f"  OVERDUE: record {_short(late)} came {late.days} days ago and was not acknowledged; ask the lead."


def _danger_fields(dangers: DangerSurvey) -> dict[str, Any]:
    return vars(dangers) | {"overdue": [{"id": _short(late), "days": late.days} for late in dangers.overdue]}


def _short(late: Overdue) -> str:
    return late.digest.hex()[:_SHORT_ID]


def _bundle_lines(outward: BundleRow | None, inward: BundleRow | None) -> Iterator[str]:
    yield f"Last bundle for the station: {_named(outward)}."
    yield f"Last bundle from the station: {_named(inward)}."


def _named(row: BundleRow | None) -> str:
    if row is None:
        return "none"
    unfinished = "" if row.chain else ", unfinished: run `intake export` again"
    return f"{row.sequence} of epoch {row.epoch}, {row.count} records, in week {_week(row.week)}{unfinished}"


def _hold_lines(holds: list[Notice], day: date) -> Iterator[str]:
    if not holds:
        yield "No legal hold."
    now = in_force(holds, day)
    for hold in holds:
        yield f"LEGAL HOLD from {hold.valid_from} to {hold.valid_to}, {'in force' if hold in now else 'to come'}: {_one_line(hold.text)}"


def _card_line(card: PanelCard, day: date) -> str:
    return f"Panel card: epoch {card.epoch}, new accounts from {card.valid_from} to {card.valid_to} ({card.days_left(day)} days)."


def _fields(
    survey: Survey,
    bundles: tuple[BundleRow | None, BundleRow | None],
    holds: list[Notice],
    card: PanelCard,
    forgotten: Forgotten,
    day: date,
) -> dict[str, Any]:
    counts = {name: count for name, count in vars(survey).items() if name not in {"threads", "drafts"}}
    now = in_force(holds, day)
    return {
        "letters": counts,
        "threads": dict(survey.threads),
        "drafts": survey.drafts,
        "last_exported": _bundle_fields(bundles[0]),
        "last_imported": _bundle_fields(bundles[1]),
        "holds": [
            {"from": hold.valid_from, "to": hold.valid_to, "in_force": hold in now, "text": hold.text} for hold in holds
        ],
        "card": {
            "epoch": card.epoch,
            "valid_from": card.valid_from.isoformat(),
            "valid_to": card.valid_to.isoformat(),
            "days_left": card.days_left(day),
        },
        "would_forget": fields_of(forgotten),
    }


def _bundle_fields(row: BundleRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    names = ("generation", "sequence", "epoch", "count", "week")
    return {name: getattr(row, name) for name in names} | {"finished": row.chain is not None}


def _week(week: int) -> str:
    return f"{week // 100:04}-W{week % 100:02}"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
