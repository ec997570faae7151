"""Coming back in a real browser, as a person would: words, what they open, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Page, expect


@dataclass
class ReturnVisit:
    """The return page on one page where scripts run."""

    page: Page

    def open(self, url: str) -> "ReturnVisit":
        """Load the page, and wait until it can take words."""
        self.page.goto(url + "/return")
        self.page.wait_for_selector("html.sealing-ready")
        return self

    def enter(self, words: Sequence[str] | str) -> "ReturnVisit":
        """Type the words, and press Open."""
        self.page.fill("#words_typed", words if isinstance(words, str) else " ".join(words))
        self.page.click("#return-open")
        return self

    def wait_until_opened(self) -> "ReturnVisit":
        self.page.locator("#return-thread").wait_for()
        return self

    def come_back(self, url: str, words: Sequence[str] | str) -> "ReturnVisit":
        """Load the page, enter the words, and wait for what they open."""
        return self.open(url).enter(words).wait_until_opened()

    def start(self, action: str) -> "ReturnVisit":
        """Open the panel of one action: add, choices, replace or withdraw."""
        self.page.click(f"#return-menu [data-open={action}]")
        self.page.locator(f"[data-panel={action}]").wait_for()
        return self

    def press(self, step: str) -> "ReturnVisit":
        """Press a button of the panel that is open."""
        self.page.click(f"[data-go={step}]")
        return self

    def wait_until_told(self, sentence: str) -> "ReturnVisit":
        expect(self.page.locator("#return-status")).to_contain_text(sentence, use_inner_text=True)
        return self

    def add(self, text: str) -> "ReturnVisit":
        """Send a further part."""
        self.start("add").page.fill("#return-add-text", text)
        return self.press("add").wait_until_told("further part was sent")

    def change_choice(self, name: str, value: str) -> "ReturnVisit":
        """Change one choice and send."""
        self.start("choices").page.check(f"input[name=consent-{name}][value={value}]")
        return self.press("choices").wait_until_told("new choices were sent")

    def replace_words(self) -> list[str]:
        """Take other words, show to have them, and return them."""
        page = self.start("replace").press("new-words").page
        page.locator("[data-stage=words]").wait_for()
        words = page.locator("[data-new-words] .heard-words__word").all_inner_texts()
        for asked in page.locator("[data-panel=replace] [data-retype]").all():
            asked.locator("input").fill(words[int(asked.get_attribute("data-place") or 0)])
        self.press("replace").wait_until_told("Your words were replaced")
        return words

    def withdraw(self, keep: str = "nothing") -> "ReturnVisit":
        """Take back what was sent."""
        self.start("withdraw").page.check(f"input[name=return-keep][value={keep}]")
        return self.press("ask").press("withdraw").wait_until_told("was taken back")

    def close(self) -> "ReturnVisit":
        self.page.click("#return-close")
        self.page.locator("#return-closed").wait_for()
        return self

    @property
    def letters(self) -> list[str]:
        """What is shown of each letter that was sent."""
        return self.page.locator("#return-letters > li").all_inner_texts()

    @property
    def answers(self) -> list[str]:
        """What is shown as answers from the inquiry."""
        return self.page.locator("#return-notices > article").all_inner_texts()

    @property
    def warnings(self) -> list[str]:
        return self.page.locator("#return-warnings > div").all_inner_texts()
