"""How the survivors' pages are used: the same things to do where scripts run and where they do not, as steps of a visit."""

from typing import Protocol

from tests.journeys.driver import Step

ASKED = "consent-research"
# Not the buttons of other languages.
SENDING = "form#f button:not([formaction]), button[form=f]:not([formaction])"


class Pages(Protocol):
    """Each method returns the steps of one thing to do. Those that read say by which names it is seen."""

    url: str

    def write(self, text: str) -> list[Step]:
        """Send an account with one choice, No, and words that read it back: `words`, and `sent`, the last page's text."""

    def enter(self, words: list[str]) -> list[Step]:
        """Load the return page, `before`, type the words, and press Open."""

    def refused(self) -> list[Step]:
        """See that words open nothing, and what stands in their field then: `kept`."""

    def look(self) -> list[Step]:
        """See what words open: `letters`, `answers`, `warnings`, and all of it, `opened`."""

    def add(self, text: str) -> list[Step]:
        """Send a further part."""

    def choose(self, value: str) -> list[Step]:
        """Change the one choice and send it."""

    def keep(self, text: str) -> list[Step]:
        """Save a draft."""

    def send_draft(self) -> list[Step]:
        """Go on with the draft, `draft`, and send it as a further part."""

    def replace(self) -> list[Step]:
        """Take other words, `fresh`, in the place of these."""

    def withdraw(self) -> list[Step]:
        """Take everything back."""


class Scripted(Pages):
    """Where scripts run: one document, shown a part at a time."""

    def __init__(self, url: str) -> None:
        self.url = url

    def write(self, text: str) -> list[Step]:
        return [
            ("go", f"{self.url}/share"),
            ("wait", "html.sealing-ready"),
            ("until", "#next", "#account"),
            ("type", "#account", text),
            ("until", "#next", f"input[name={ASKED}]"),
            ("click", f"input[name={ASKED}][value=no]"),
            ("until", "#next", "input[name=words]"),
            ("click", "input[name=words][value=yes]"),
            ("click", "input[name=read_back]"),
            ("click", "#next"),
            ("wait", "#words-panel"),
            ("texts", "words", "#words-panel .heard-words__word"),
            ("retype", "[data-retype]", "words"),
            ("click", "#next"),
            ("until", "#next", "#send"),
            ("click", "#send"),
            ("text", "sent", "[data-step=sent]"),
        ]

    def enter(self, words: list[str]) -> list[Step]:
        return [
            ("go", f"{self.url}/return"),
            ("wait", "html.sealing-ready"),
            ("text", "before", "main"),
            ("type", "#words_typed", " ".join(words)),
            ("click", "#return-open"),
        ]

    def refused(self) -> list[Step]:
        return [
            ("says", "#return-problem", "These words open nothing here"),
            ("value", "kept", "#words_typed"),
        ]

    def look(self) -> list[Step]:
        return [
            ("wait", "#return-thread"),
            ("all", "#return-more"),
            ("text", "opened", "#return-thread"),
            ("texts", "letters", "#return-letters > li"),
            ("texts", "answers", "#return-notices > article"),
            ("texts", "warnings", "#return-warnings > div"),
        ]

    def add(self, text: str) -> list[Step]:
        return [
            *self._start("add"),
            ("type", "#return-add-text", text),
            ("click", "[data-go=add]"),
            *self._told("further part was sent"),
        ]

    def choose(self, value: str) -> list[Step]:
        return [
            *self._start("choices"),
            ("click", f"#return-change-fields input[name={ASKED}][value={value}]"),
            ("click", "[data-go=choices]"),
            *self._told("new choices were sent"),
        ]

    def keep(self, text: str) -> list[Step]:
        return [
            *self._start("add"),
            ("type", "#return-add-text", text),
            ("click", "[data-go=keep]"),
            *self._told("Your draft was saved"),
        ]

    def send_draft(self) -> list[Step]:
        return [
            ("click", "#return-resume"),
            ("wait", "#return-add-text"),
            ("value", "draft", "#return-add-text"),
            ("click", "[data-go=add]"),
            *self._told("further part was sent"),
        ]

    def replace(self) -> list[Step]:
        return [
            *self._start("replace"),
            ("click", "[data-go=new-words]"),
            ("wait", "[data-stage=words]"),
            ("texts", "fresh", "[data-new-words] .heard-words__word"),
            ("retype", "[data-panel=replace] [data-retype]", "fresh"),
            ("click", "[data-go=replace]"),
            *self._told("Your words were replaced"),
        ]

    def withdraw(self) -> list[Step]:
        return [
            *self._start("withdraw"),
            ("click", "input[name=return-keep][value=nothing]"),
            ("click", "[data-go=ask]"),
            ("click", "[data-go=withdraw]"),
            *self._told("was taken back"),
        ]

    def _start(self, action: str) -> list[Step]:
        return [("click", f"#return-menu [data-open={action}]"), ("wait", f"[data-panel={action}]")]

    def _told(self, sentence: str) -> list[Step]:
        return [("says", "#return-status", sentence), ("wait", "#return-thread")]


class Plain(Pages):
    """Where no script runs: every press of a button is a new page."""

    def __init__(self, url: str) -> None:
        self.url = url

    def write(self, text: str) -> list[Step]:
        return [
            ("go", f"{self.url}/share"),
            ("says", "noscript .govuk-inset-text", "are in its memory for a moment"),
            ("type", "#account", text),
            ("click", f"input[name={ASKED}][value=no]"),
            ("click", "input[name=words][value=yes]"),
            ("click", "input[name=read_back]"),
            ("submit", SENDING),
            ("texts", "words", ".heard-words__word"),
            ("text", "sent", "main"),
        ]

    def enter(self, words: list[str]) -> list[Step]:
        return [
            ("go", f"{self.url}/return"),
            ("text", "before", "main"),
            ("type", "#words_typed", " ".join(words)),
            ("submit", SENDING),
        ]

    def refused(self) -> list[Step]:
        return [
            ("says", ".govuk-error-summary", "These words open nothing here"),
            ("value", "kept", "#words_typed"),
        ]

    def look(self) -> list[Step]:
        return [
            ("says", "h1", "What your words open"),
            ("text", "opened", "main"),
            ("texts", "letters", ".heard-letter"),
            ("texts", "answers", ".heard-answer"),
            ("texts", "warnings", ".heard-warning"),
        ]

    def add(self, text: str) -> list[Step]:
        return [("type", "#opened-further", text), *self._press("add", "further part was sent")]

    def choose(self, value: str) -> list[Step]:
        return [
            ("click", f"input[name={ASKED}][value={value}]"),
            *self._press("choices", "new choices were sent"),
        ]

    def keep(self, text: str) -> list[Step]:
        return [("type", "#opened-further", text), *self._press("draft", "Your draft was saved")]

    def send_draft(self) -> list[Step]:
        return [("value", "draft", "#opened-further"), *self._press("add", "further part was sent")]

    def replace(self) -> list[Step]:
        return [
            ("submit", "button[value=replace]"),
            ("texts", "fresh", ".heard-words__word"),
            *self._press("replace", "only the new words work"),
        ]

    def withdraw(self) -> list[Step]:
        return [
            ("click", "input[name=keep][value=nothing]"),
            ("submit", "button[value=withdraw]"),
            ("says", "main", "Sealed remnants in backups"),
            *self._press("withdraw", "was taken back"),
        ]

    def _press(self, action: str, sentence: str) -> list[Step]:
        return [("submit", f"button[value={action}]"), ("says", "main .heard-message", sentence)]
