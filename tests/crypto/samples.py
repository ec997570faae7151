"""Invented, short letters and cards to test with."""

from datetime import date

from crypto.card import PanelCard
from crypto.letter import Answer, Choice, Letter, QuestionSet, Thread
from crypto.panel import PanelRoot
from crypto.recipients import recipient_of_seed

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped."
ROOT = PanelRoot.from_bytes(bytes(range(32)))
NEXT_ROOT = PanelRoot.from_bytes(bytes(range(1, 33)))
LEAD_ROOT = PanelRoot.from_bytes(bytes(range(2, 34)))


def card(root: PanelRoot = ROOT, *, epoch: int = 1, previous: PanelRoot | None = None) -> PanelCard:
    return root.issue_card(
        inquiry="heard-demonstration",
        epoch=epoch,
        valid_from=date(2026, 11, 1),
        valid_to=date(2126, 11, 1),
        threshold=2,
        custodians=3,
        previous=previous,
    )


def lead_card(root: PanelRoot = LEAD_ROOT, *, epoch: int = 1, previous: PanelRoot | None = None) -> PanelCard:
    return root.issue_card(
        inquiry="heard-demonstration",
        epoch=epoch,
        valid_from=date(2026, 11, 1),
        valid_to=date(2126, 11, 1),
        threshold=2,
        custodians=3,
        purpose="lead",
        previous=previous,
    )


def letter(text: str = TEXT, *, with_thread: bool = True) -> Letter:
    thread = Thread(str(recipient_of_seed(bytes(32))), "ab" * 32, reads_back=True)
    return Letter(
        kind="account",
        inquiry="heard-demonstration",
        epoch=1,
        card=card().fingerprint.hex(),
        questions=QuestionSet("general", 1, "cd" * 32),
        channel="web",
        language="en",
        locator="0f" * 16,
        sequence=0,
        thread=thread if with_thread else None,
        answers=(
            Answer("account", "account", "What would you like to tell us?", text, ()),
            Answer(
                "told",
                "telling",
                "Did anyone know?",
                None,
                (Choice("then", "Yes, then"), Choice("later", "Yes, later")),
            ),
        ),
        consents=(Answer("research", "choices", "May we use it for research?", None, (Choice("no", "No"),)),),
    )
