"""A safeguarding referral on paper: what is passed on, to whom, under which authority, and what must follow.

The letters that it rests on are not named on it: their IDs are on the intake side too, and paper lies in other people's files.
"""

from crypto.card import PanelCard
from reviewer.cases.referrals import Referral
from reviewer.paper.printing import Paper, printed


def print_referral(card: PanelCard, referral: Referral) -> Paper:
    """Return the sheet of a referral whose text is there."""
    return printed("referral_paper.html", card=card, referral=referral)
