import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.display import safe_json, safe_line, safe_text, unescape

NOT_PRINTED = (
    *(code for code in range(0x20) if code not in (0x09, 0x0A)),
    *range(0x7F, 0xA0),
    0xAD, 0x061C, 0x180E, 0x200E, 0x200F, 0x2028, 0x2029,
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC),
    *range(0xD800, 0xE000), 0xE000, 0xF8FF, 0xFFFE, 0xE0001, 0x10FFFF,
)  # fmt: skip
CONTROLS = st.sampled_from([chr(code) for code in (*NOT_PRINTED, 0x200B, 0x200C, 0x200D, 0xFE0F, 0xE0041, 0xE007F)])
PIECES = st.one_of(
    st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]),
    CONTROLS,
    st.sampled_from(["⟦", "⟧", "⟦U+202E⟧", "👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "שלום", "می‌خواهم", "e\u0301", "\x1b[31m"]),
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)

KEPT = [
    "I told a teacher.\nNobody wrote it down.\tBeing asked would have helped.",
    "café cafe\u0301 ﬁn naïve ½ €",
    "שלום עולם — مرحبا بالعالم",
    "می‌خواهم",  # a non-joiner inside a Persian word
    "क्‍ष",  # a joiner after a virama
    "👩‍👧 👩🏽‍🚒 ❤️‍🔥 🏳️‍🌈 👨‍👩‍👧‍👦 1️⃣ ✈️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇬🇧",
    "非常用漢字\U000e0100 \u0600\u0661",
    "z\u0335\u0321a\u0328l\u0300g\u0301o",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert safe_text(text) == text


SHOWN = [
    ("\x1b[2J", "⟦U+001B⟧[2J"),
    ("a\x00b\x07\x9bc\r\n", "a⟦U+0000⟧b⟦U+0007⟧⟦U+009B⟧c⟦U+000D⟧\n"),
    ("\u202eevil\u202c \u2067x\u2069 \u200f", "⟦U+202E⟧evil⟦U+202C⟧ ⟦U+2067⟧x⟦U+2069⟧ ⟦U+200F⟧"),
    ("⟦U+202E⟧", "⟦U+27E6⟧U+202E⟧"),
    ("lone \u200d joiner", "lone ⟦U+200D⟧ joiner"),
    ("pass\u200bword", "pass⟦U+200B⟧word"),
    ("\ufe0f and a\ufe0f\ufe0e", "⟦U+FE0F⟧ and a\ufe0f⟦U+FE0E⟧"),
    ("hidden\U000e0068\U000e0069", "hidden⟦U+E0068⟧⟦U+E0069⟧"),
    ("🏴\U000e0067\U000e0062", "🏴⟦U+E0067⟧⟦U+E0062⟧"),
    ("half \ud83d", "half ⟦U+D83D⟧"),
    ("line\u2028end\u00ad\ufeff", "line⟦U+2028⟧end⟦U+00AD⟧⟦U+FEFF⟧"),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_what_could_deceive_is_spelt_out(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@given(TEXTS)
@example("".join(chr(code) for code in NOT_PRINTED))
def test_no_control_is_ever_printed(text: str) -> None:
    shown = safe_text(text)
    assert not {ord(character) for character in shown} & set(NOT_PRINTED)
    assert all(unicodedata.category(character) not in {"Cs", "Co", "Zl", "Zp"} for character in shown)
    assert not set(safe_line(text)) & {"\n", "\t", "\x1b"}


@given(TEXTS)
@example("⟦U+0041⟧⟦⟦U+202E⟧\u202e")
def test_nothing_is_lost(text: str) -> None:
    assert unescape(safe_text(text)) == text
    assert unescape(safe_line(text)) == text


def test_a_heading_cannot_be_written_by_a_letter() -> None:
    assert not safe_text("⟦end of letter 0123456789ab⟧").startswith("⟦end")


@given(st.text(st.characters(exclude_categories=["Cs"]) | CONTROLS, max_size=30))
def test_json_on_a_terminal_keeps_its_value(text: str) -> None:
    sealed = json.dumps({"text": text, "slash": "\\u27e6\\"}, ensure_ascii=False)
    shown = safe_json(sealed)
    assert json.loads(shown) == json.loads(sealed)
    assert not {ord(character) for character in shown} & set(NOT_PRINTED)
