"""The inquiry as data: who it is, how it can be reached, what it asks. One folder of TOML files, checked at the start."""

from intake.inquiry.answers import Submission, read_form
from intake.inquiry.folder import SHIPPED, Inquiry, load_inquiry
from intake.inquiry.hours import Hours, LineState
from intake.inquiry.places import InquiryError
from intake.inquiry.questions import (
    ACCOUNT,
    CHOICES_TOPIC,
    CONSENT_PREFIX,
    OWN_ELEMENTS,
    OWN_STEPS,
    Consent,
    Option,
    Question,
    Topic,
)

__all__ = [
    "ACCOUNT",
    "CHOICES_TOPIC",
    "CONSENT_PREFIX",
    "OWN_ELEMENTS",
    "OWN_STEPS",
    "SHIPPED",
    "Consent",
    "Hours",
    "Inquiry",
    "InquiryError",
    "LineState",
    "Option",
    "Question",
    "Submission",
    "Topic",
    "load_inquiry",
    "read_form",
]
