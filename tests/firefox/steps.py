"""The steps of the survivors' pages, for journeys in Firefox."""

from tests.firefox.driver import Step

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped."
WORDS = "#words-panel .heard-words__word"
PLAIN_WORDS = ".heard-words__word"


def share(url: str, text: str = TEXT) -> list[Step]:
    """Write an account where scripts run, take words that read back, type two of them again, and send."""
    return [
        ("go", f"{url}/share"),
        ("wait", "html.sealing-ready"),
        ("until", "#next", "#account"),
        ("type", "#account", text),
        ("until", "#next", "input[name=words]"),
        ("click", "input[name=words][value=yes]"),
        ("click", "input[name=read_back]"),
        ("click", "#next"),
        ("wait", "#words-panel"),
        ("texts", "words", WORDS),
        ("retype", "[data-retype]", "words"),
        ("click", "#next"),
        ("until", "#next", "#send"),
        ("click", "#send"),
        ("wait", "[data-step=sent]"),
        ("text", "sent", "[data-step=sent]"),
    ]


def share_plainly(url: str, text: str = TEXT) -> list[Step]:
    """The same where scripts are off: one page, one press of a button, and the words on the next page."""
    return [
        ("go", f"{url}/share"),
        ("count", "ready", "html.sealing-ready"),
        ("text", "honest", "noscript .govuk-inset-text"),
        ("type", "#account", text),
        ("click", "input[name=words][value=yes]"),
        ("click", "input[name=read_back]"),
        ("submit", "form#f button, button[form=f]"),
        ("text", "title", "h1"),
        ("texts", "words", PLAIN_WORDS),
    ]


def enter(url: str, words: str) -> list[Step]:
    """Load the return page where scripts run, type the words, and press Open."""
    return [
        ("go", f"{url}/return"),
        ("wait", "html.sealing-ready"),
        ("type", "#words_typed", words),
        ("click", "#return-open"),
    ]


def come_back(url: str, words: str) -> list[Step]:
    """Enter the words, and wait for what they open."""
    return [*enter(url, words), ("wait", "#return-thread"), ("texts", "letters", "#return-letters > li")]


def add(text: str) -> list[Step]:
    """Send a further part, on the page that the words opened."""
    return [
        ("click", "#return-menu [data-open=add]"),
        ("type", "#return-add-text", text),
        ("click", "[data-panel=add] [data-go=add]"),
        ("says", "#return-status", "further part was sent"),
    ]
