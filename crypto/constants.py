"""The one source of what Python and the browser must agree on.

`browser/constants.py` writes `browser/src/constants.generated.js` from this module and a test compares them. Everything
here is frozen with version 1 of the formats in `docs/sealing.md`: a change needs a new version, not an edit.
"""

from typing import Final, Literal

# Sealed letters: sizes in bytes of the whole age file, smallest that fits. 64 KiB hides the length of nearly all.
SEALED_SIZES: Final = (65_536, 262_144, 1_048_576)
RECIPIENTS_PER_LETTER: Final = 2

# Submission frame: version u8 | kind u8 | locator 16 | SHA-256 of access 32.
FRAME_VERSION: Final = 1
FRAME_BYTES: Final = 50
LOCATOR_BYTES: Final = 16
ACCESS_BYTES: Final = 32
DIGEST_BYTES: Final = 32
SEED_BYTES: Final = 32

# One request and one answer at /thread: a header and a slot of 65,536 bytes each way (docs/sealing.md, "Visits").
VISIT_VERSION: Final = 1
VISIT_REQUEST_BYTES: Final = 88
VISIT_ANSWER_BYTES: Final = 65_600
VISIT_SLOT_BYTES: Final = 65_536
VISIT_REQUESTS: Final = 8
VISIT_MOST_LETTERS: Final = 1_000
VISIT_OPERATIONS: Final = {"open": 1, "fetch": 2, "put": 3, "discard": 4}
VISIT_STATUSES: Final = {"index": 1, "letter": 2, "stored": 3, "order": 4, "gone": 5, "closed": 6, "full": 7}
THREAD_STATES: Final = {"open": 1, "withdrawn": 2}

LETTER_VERSION: Final = 1
# What survivors write, or a worker for them. A draft and an inheritance are sealed to the survivor alone and never leave the
# intake side. Codes are shared with the notices below.
LETTER_KINDS: Final = {
    "account": 1,
    "draft": 2,
    "addition": 3,
    "choices": 4,
    "withdrawal": 5,
    "replacement": 6,
    "inheritance": 7,
    "unfinished": 13,
}
# What the station answers. A hold is public; the others are sealed to one survivor.
NOTICE_KINDS: Final = {"reply": 8, "heard": 9, "arrival": 10, "destruction": 11, "hold": 12}
NOTICE_VERSION: Final = 1
# What a worker of the phone line writes for the safeguarding lead: no letter, and never for the panel.
RECORD_KINDS: Final = {"danger": 14}
RECORD_VERSION: Final = 1
# The random name of a call whose parts are sent one by one.
CALL_BYTES: Final = 16
WITHDRAWAL_KEEPS: Final = ("nothing", "statistics")
CHANNELS: Final = ("web", "web without scripts", "phone", "in person", "letter", "relay")
# Those through which somebody else writes down what a person says.
LINE_CHANNELS: Final = ("phone", "in person", "letter", "relay")

# Return words: 82 random bits and 8 check bits as seven words of a list of 7,424.
WORD_COUNT: Final = 7
WORD_LIST_LENGTH: Final = 7_424
WORD_NUMBER_OFFSET: Final = 1_000
RANDOM_BITS: Final = 82
CHECK_BITS: Final = 8
FINGERPRINT_WORDS: Final = 6
FINGERPRINT_BITS: Final = 77

# Argon2id v1.3 over the 28 ASCII digits (OWASP's low-memory profile: it must run on an old telephone).
ARGON2_MEMORY_KIB: Final = 19_456
ARGON2_PASSES: Final = 2
ARGON2_LANES: Final = 1
ARGON2_BYTES: Final = 32
ARGON2_SALT_BYTES: Final = 16

LABEL_WORDS_CHECK: Final = "heard/v1/return-words/check"
LABEL_WORDS_SALT: Final = "heard/v1/return-words/salt"
LABEL_THREAD_LOCATOR: Final = "heard/v1/thread/locator"
LABEL_THREAD_ACCESS: Final = "heard/v1/thread/access"
LABEL_THREAD_IDENTITY: Final = "heard/v1/thread/identity"
LABEL_THREAD_SIGNING: Final = "heard/v1/thread/signing"
LABEL_THREAD_ANSWER: Final = "heard/v1/thread/answer"
LABEL_THREAD_LETTER: Final = "heard/v1/thread-letter"
LABEL_NOTICE: Final = "heard/v1/notice"
LABEL_FORM_WORDS: Final = "heard/v1/form/words"
LABEL_FORM_LOCATOR: Final = "heard/v1/form/locator"
LABEL_FORM_ONCE: Final = "heard/v1/form/once"
LABEL_PANEL_AGE: Final = "heard/v1/panel/age"
LABEL_PANEL_SIGNING: Final = "heard/v1/panel/signing"
LABEL_PANEL_MINISIGN: Final = "heard/v1/panel/minisign"
LABEL_CARD: Final = "heard/v1/panel-card"
LABEL_BUNDLE_CHAIN: Final = "heard/v1/bundle/chain"

# Whose a card is, and so what is sealed to it.
Purpose = Literal["panel", "lead"]
# A card's first field: what people tell is sealed to the panel's, records of danger to the safeguarding lead's.
CARD_FORMATS: Final[dict[Purpose, str]] = {"panel": "heard-panel-card", "lead": "heard-lead-card"}
CARD_VERSION: Final = 1

# age v1, recipient type mlkem768x25519 (C2SP age, "mlkem768x25519 recipient stanza").
AGE_INFO: Final = "age-encryption.org/mlkem768x25519"
AGE_STANZA: Final = "mlkem768x25519"
AGE_RECIPIENT_PREFIX: Final = "age1pq"
AGE_IDENTITY_PREFIX: Final = "AGE-SECRET-KEY-PQ-"
AGE_CHUNK_BYTES: Final = 65_536
