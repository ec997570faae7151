"""Answers without scripts, true and forged."""

from dataclasses import replace
from html import unescape

import pytest

from crypto.constants import VISIT_STATUSES
from crypto.panel import PanelRoot
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from tests.crypto import samples
from tests.intake.browser.threads import REPLY
from tests.intake.plain import Plain
from tests.intake.sites import Site, words_on
from tests.intake.unscripted.people import FIRST, MORE, Scripted, opened, station, warnings


class TestAnswers:
    """Notices: shown when genuine, warned of otherwise."""

    def test_reply_heard_and_arrival_are_shown(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        here = station(site, survivor)
        here.place(here.notice("reply", text="Thank you. <b>We</b> have read it."))
        here.place(here.notice("heard", sequence=2))
        here.place(here.notice("arrival", sequence=3, digests=here.digests()))
        html = opened(plain, survivor.words).html
        assert "Thank you. &lt;b&gt;We&lt;/b&gt; have read it." in html
        assert "A reviewer has read your account" in html
        assert "What you sent has arrived at the inquiry." in html
        assert html.count('<article class="heard-answer">') == 2
        assert warnings(html) == []
        plain.type("further", MORE).press("Seal and send")
        assert "Some of what you sent has arrived" in plain.html
        assert html.count('dir="auto"') >= 3

    @pytest.mark.parametrize(
        ("changes", "root", "said"),
        [
            ({}, samples.NEXT_ROOT, "not signed as it should be"),
            ({"locator": "0f" * 16}, samples.ROOT, "somebody else's words"),
            ({"recipient": str(throwaway_recipient())}, samples.ROOT, "somebody else's key"),
            ({"inquiry": "another"}, samples.ROOT, "another inquiry"),
            ({"epoch": 9}, samples.ROOT, "cannot be linked"),
        ],
    )
    def test_what_is_not_genuine_is_a_warning_and_its_text_is_not_shown(
        self, site: Site, survivor: Scripted, plain: Plain, changes: dict[str, object], root: PanelRoot, said: str
    ) -> None:
        here = station(site, survivor, root)
        here.place(here.notice("reply", **changes))
        html = opened(plain, survivor.words).html
        (warning,) = warnings(html)
        assert said in unescape(warning)
        assert REPLY not in html
        assert "There is no answer yet" in html

    def test_a_notice_altered_after_signing_is_a_warning(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        here = station(site, survivor)
        here.place(replace(here.notice("reply"), text="Altered."))
        (warning,) = warnings(opened(plain, survivor.words).html)
        assert "not signed as it should be" in warning
        assert "Altered." not in plain.html

    def test_a_forged_letter_is_a_warning_and_changes_nothing(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        stranger = Scripted(samples.card(), sequence=1)
        forged = replace(stranger.choices("yes"), locator=survivor.keys.locator.hex())
        sealed = seal_letter(forged, [Recipient.parse(samples.card().recipient), survivor.keys.recipient])
        request, _ = survivor.put(survivor.choices("no"), sealed)
        assert survivor.ask_for(site.http, request, sealed).status == VISIT_STATUSES["stored"]
        (warning,) = warnings(opened(plain, survivor.words).html)
        assert "You changed your choices" in warning
        assert plain.value("consent-research") == "no"

    def test_an_account_that_the_words_do_not_open_is_named(self, site: Site, plain: Plain) -> None:
        words = words_on(site.share(account=FIRST, words="yes").text)
        assert "You chose that the words do not open it." in opened(plain, words).html
