"""Taking a call in a real browser, as a worker would."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped."


@dataclass
class CallPage:
    """The page for calls; `words` are those that it gave, if it gave any."""

    page: Page
    words: list[str] = field(default_factory=list)

    def open(self, url: str) -> "CallPage":
        self.page.goto(url + "/call")
        self.page.wait_for_selector("html.sealing-ready")
        return self

    def begin(self, channel: str = "phone") -> "CallPage":
        self.page.check(f"input[name=line-channel][value='{channel}']")
        self.page.click("#line-begin")
        self.page.locator("#line-call").wait_for()
        return self

    def go_to(self, step: str) -> "CallPage":
        """Go to a step by the list of all of them."""
        steps = self.page.locator("#journey [data-step]").evaluate_all("all => all.map(({dataset}) => dataset.step)")
        details = self.page.locator("#line-parts")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        self.page.locator("#line-part-list button").nth(steps.index(step)).click()
        self.page.locator(f"#journey [data-step={step}]").wait_for()
        return self

    def write(self, text: str = TEXT) -> "CallPage":
        """Put a text into the account."""
        self.go_to("account").page.fill("#account", text)
        return self

    def type(self, text: str, delay: float = 0) -> "CallPage":
        """Type into the account, a key at a time; `delay` in milliseconds."""
        self.page.locator("#account").press_sequentially(text, delay=delay)
        return self

    def take_words(self) -> "CallPage":
        """Give the caller words, and hear all seven repeated."""
        page = self.page
        page.click("#open-words")
        page.click("#line-words-take")
        page.locator("#line-repeat").wait_for()
        self.words = page.locator("#line-words .heard-words__word").all_inner_texts()
        for word in self.words:
            expect(page.locator("#line-repeat-word")).to_have_text(word)
            page.click("#line-repeated")
        page.keyboard.press("Escape")
        return self

    def agree(self, answer: str = "yes") -> "CallPage":
        """Note what the caller said about an unfinished call."""
        self.go_to("keeping").page.check(f"#line-agreed-{answer}")
        return self

    def wait_until_saved(self) -> "CallPage":
        self.page.locator("#line-keeping[data-kept=all]").wait_for()
        return self

    def send(self) -> "CallPage":
        self.go_to("send").page.click("#line-send")
        return self

    def wait_until_sent(self) -> "CallPage":
        self.page.locator("#line-sent").wait_for()
        return self

    def destroy(self) -> "CallPage":
        self.page.click("#open-destroy")
        self.page.click("#line-destroy-now")
        self.page.locator("#line-destroyed").wait_for()
        return self

    def ring_back(self, words: Sequence[str]) -> "CallPage":
        """Somebody has words: type them and open."""
        self.page.click("#line-ring-back")
        self.page.fill("#words_typed", " ".join(words))
        self.page.click("#return-open")
        self.page.locator("#return-thread").wait_for()
        return self

    @property
    def kept(self) -> str:
        """What the page says is kept."""
        return self.page.locator("#line-kept").inner_text()

    def says(self, selector: str, sentence: str) -> "CallPage":
        expect(self.page.locator(selector)).to_be_visible()
        expect(self.page.locator(selector)).to_contain_text(sentence, use_inner_text=True)
        return self
