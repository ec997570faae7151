"""A browser without scripts, as little of one as forms need: what a page's form would send when a button is pressed."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

from intake.language import Language

FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Field:
    """One control: `checked` is None unless it can be checked; `action` is a button's own address, if it has one."""

    form: str
    name: str
    value: str
    checked: bool | None = None
    action: str = ""


class _Reader(HTMLParser):
    """Collects forms, their controls and buttons. Controls outside a form name theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[Field] = []
        self.buttons: list[Field] = []
        self.labels: dict[int, str] = {}
        self.actions: dict[str, str] = {}
        self._form = ""
        self._inert = 0
        self._open: Field | None = None
        self._pressed: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._inert += tag == "template"
        if self._inert:
            return
        if tag == "form":
            self._form = told.get("id", f"form {len(self.actions)}")
            self.actions[self._form] = told["action"]
        form = told.get("form", self._form)
        if tag == "input" and told.get("name"):
            checked = "checked" in told if told["type"] in {"radio", "checkbox"} else None
            self.fields.append(Field(form, told["name"], told.get("value", ""), checked))
        if tag == "textarea":
            self._open = Field(form, told.get("name", ""), "")
            self.fields.append(self._open)
        if tag == "button" and told.get("type", "submit") == "submit":
            self._pressed = len(self.buttons)
            button = Field(form, told.get("name", ""), told.get("value", ""), action=told.get("formaction", ""))
            self.buttons.append(button)

    def handle_endtag(self, tag: str) -> None:
        self._inert -= tag == "template"
        if tag == "form":
            self._form = ""
        if tag == "textarea" and self._open is not None:
            self._open.value = self._open.value.removeprefix("\n")
            self._open = None
        if tag == "button":
            self._pressed = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.value += data
        if self._pressed is not None:
            self.labels[self._pressed] = (self.labels.get(self._pressed, "") + data).strip()


@dataclass
class Plain:
    """One page at a time. `html` is what is shown; `sent` is the body that led to it, so that it can be sent again."""

    http: httpx.Client
    html: str = ""
    status: int = 0
    sent: str = ""
    _page: _Reader = field(default_factory=_Reader)

    def open(self, path: str = "/return") -> "Plain":
        return self._take(self.http.get(path))

    def enter(self, words: str) -> "Plain":
        """Type words on the first page and press Open."""
        return self.open().type("words_typed", words).press("Open")

    def type(self, name: str, value: str) -> "Plain":
        self._one(name).value = value
        return self

    def choose(self, name: str, value: str) -> "Plain":
        """Choose one of the radio buttons of `name`, or tick the checkbox with that value."""
        found = [one for one in self._page.fields if one.name == name]
        assert value in {one.value for one in found}, name
        for one in found:
            one.checked = one.value == value
        return self

    def press(self, label: str) -> "Plain":
        """Send the form of the button with that English label, as it stands; the page may be in another language."""
        shown = Language.load(_language_of(self.html)).gettext(label)
        (at,) = (at for at, said in self._page.labels.items() if said == shown)
        button = self._page.buttons[at]
        pairs = [
            (one.name, one.value)
            for one in self._page.fields
            if one.name and one.form == button.form and one.checked is not False
        ]
        if button.name:
            pairs.append((button.name, button.value))
        self.sent = urlencode([(name, value.replace("\n", "\r\n")) for name, value in pairs])
        return self._post(button.action or self._page.actions[button.form])

    def again(self) -> "Plain":
        """Send the same form once more, as a browser does on reload."""
        return self._post("/return")

    def value(self, name: str) -> str:
        """Return what stands in the field, or which button is chosen."""
        found = [one for one in self._page.fields if one.name == name and one.checked is not False]
        return found[0].value if found else ""

    def has(self, label: str) -> bool:
        return label in self._page.labels.values()

    def _one(self, name: str) -> Field:
        (found,) = (one for one in self._page.fields if one.name == name)
        return found

    def _post(self, path: str) -> "Plain":
        return self._take(self.http.post(path, content=self.sent, headers=FORM))

    def _take(self, answer: httpx.Response) -> "Plain":
        self.html, self.status = answer.text, answer.status_code
        self._page = _Reader()
        self._page.feed(self.html)
        return self


def _language_of(html: str) -> str:
    found = re.search(r'<html lang="([^"]+)"', html)
    assert found, "the page has no language"
    return found[1]
