"""What the tests of the form look for, and how they get in its way."""

from playwright.sync_api import Page, Route, expect

from crypto.frame import parse_submission
from crypto.letter import Letter
from crypto.opening import Identity, open_letter
from tests.crypto import samples
from tests.intake.form import TEXT


def opened(body: bytes, identity: Identity = samples.ROOT.identity) -> Letter:
    return open_letter(parse_submission(body)[1], identity)


def says(page: Page, selector: str, sentence: str) -> None:
    """Expect that a person sees `sentence` there: the page holds all its sentences, most of them hidden."""
    expect(page.locator(selector)).to_be_visible()
    expect(page.locator(selector)).to_contain_text(sentence, use_inner_text=True)


def try_everything_to_send(page: Page) -> None:
    """Type into every field, show what is hidden, press Enter and every button, submit whatever form there is."""
    page.evaluate(
        """text => {
          document.documentElement.classList.add("sealing-ready");
          for (const hidden of document.querySelectorAll("[hidden]")) hidden.hidden = false;
          for (const field of document.querySelectorAll("textarea, input[type=text], input[type=hidden]")) field.value = text;
        }""",
        TEXT,
    )
    for place in page.locator("textarea, input[type=text], input[type=radio]").all():
        place.focus()
        place.press("Enter")
    page.evaluate("for (const form of document.forms) form.submit()")
    for button in page.locator("main button").all():
        button.evaluate("button => button.click()")
    page.wait_for_timeout(300)


def use_worker(page: Page, site: str, code: str) -> None:
    """Let the page get another Worker than the site's."""
    address = page.request.get(site + "/share").text().split('data-worker="')[1].split('"')[0]
    page.route(f"**{address}", lambda route: route.fulfill(headers=SCRIPT, body=code))


SCRIPT = {"content-type": "text/javascript", "cross-origin-embedder-policy": "require-corp"}

DYING_WORKER = """
self.onmessage = ({ data: { id, type } }) => {
  if (type !== "prepare") throw new Error("gone");
  self.postMessage({ id, ok: true, fingerprint: { words: [], numbers: [] } });
};
"""


def prefix(route: Route, code: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=code + answer.text())


def altered(route: Route, old: str, new: str) -> None:
    answer = route.fetch()
    text = answer.text()
    assert old in text
    route.fulfill(response=answer, body=text.replace(old, new))
