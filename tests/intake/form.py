"""Filling in the survivors' form in a real browser, as a person would."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

TEXT = "I told a teacher. Nobody wrote it down. Being asked would have helped."


@dataclass
class FilledForm:
    """The form on one page where scripts run; `words` are those it gave, if it gave any."""

    page: Page
    words: list[str] = field(default_factory=list)

    def open(self, url: str) -> "FilledForm":
        self.page.goto(url + "/share")
        self.page.wait_for_selector("html.sealing-ready")
        return self

    def go_to(self, step: str) -> "FilledForm":
        """Press Next until the step is shown."""
        for _ in range(20):
            if self.page.locator(f"[data-step={step}]").is_visible():
                return self
            self.page.click("#next")
        raise AssertionError(f"the form never showed {step}")

    def write(self, text: str = TEXT) -> "FilledForm":
        self.go_to("account").page.locator("#account").fill(text)
        return self

    def take_words(self, *, read_back: bool = True) -> "FilledForm":
        self.go_to("way-back").page.check("input[name=words][value=yes]")
        if read_back:
            self.page.check("input[name=read_back]")
        self.page.click("#next")
        self.page.locator("#words-panel").wait_for()
        self.words = self.page.locator("#words-panel .heard-words__word").all_inner_texts()
        for asked in self.page.locator("[data-retype]").all():
            asked.locator("input").fill(f" {self.words[int(asked.get_attribute('data-place') or 0)].upper()} ")
        self.page.click("#next")
        return self

    def send(self) -> "FilledForm":
        self.go_to("check").page.click("#send")
        return self

    def wait_until_sent(self) -> "FilledForm":
        self.page.locator("[data-step=sent]").wait_for()
        return self
