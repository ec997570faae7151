"""Reading an inquiry's folder. A fault is named with its file and line, and nothing is served with one."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from crypto.letter import QuestionSet
from intake.inquiry.details import ChoicesFile, InquiryFile, Line, Support
from intake.inquiry.hours import Hours
from intake.inquiry.places import Fault, InquiryError, line_of, place_of
from intake.inquiry.questions import CHOICES_TOPIC, Option, Question, QuestionCheck, QuestionFile, Topic, check_choices

SHIPPED: Final = Path(__file__).parents[1] / "content"
_File = TypeVar("_File", bound=msgspec.Struct)


@dataclass(frozen=True)
class Inquiry:
    """The whole folder. `sha256` (64 hex) names the exact bytes of its TOML files."""

    details: InquiryFile
    line: Line
    support: Support
    choices: ChoicesFile
    question_files: tuple[QuestionFile, ...]
    hours: Hours
    folder: Path
    sha256: str

    @property
    def name(self) -> str:
        """What the inquiry is called."""
        return self.details.name

    @property
    def service(self) -> str:
        """What this service is called."""
        return self.details.service

    @property
    def question_set(self) -> QuestionSet:
        """What a letter says about the questions that were shown."""
        first = self.question_files[0]
        return QuestionSet(first.id, first.version, self.sha256)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """All topics, in the order in which they are asked; those after the check come last."""
        topics = [topic for file in self.question_files for topic in file.topics]
        return tuple(sorted(topics, key=lambda topic: topic.after_check))

    @property
    def always(self) -> tuple[Option, ...]:
        """What every closed question also offers."""
        return self.question_files[0].always

    def each_question(self) -> Iterator[tuple[str, Question]]:
        """Yield (topic id, question) in order; closed questions with what they always offer."""
        for topic in self.topics:
            for question in topic.questions:
                yield topic.id, self.complete(question)

    def each_consent(self) -> Iterator[Question]:
        """Yield the consents as questions, under the names that their fields have."""
        yield from self.choices.as_questions()

    def complete(self, question: Question) -> Question:
        """Return a closed question with the options that every closed question also offers."""
        if question.kind == "text":
            return question
        return msgspec.structs.replace(question, options=question.options + self.always)

    def title_of(self, topic: str) -> str:
        """Return the title of a topic by its id, the choices' among them."""
        if topic == CHOICES_TOPIC:
            return self.choices.title
        return next(one.title for one in self.topics if one.id == topic)


def load_inquiry(folder: Path = SHIPPED) -> Inquiry:
    """Read and check an inquiry's folder. Raises InquiryError with one sentence that says where the first fault is."""
    if not folder.is_dir():
        raise InquiryError(f"There is no folder {folder} with an inquiry's files; see the setting inquiry.")
    files = _Files(folder)
    details = files.read("inquiry.toml", InquiryFile)
    line = files.read("line.toml", Line)
    with files.naming("line.toml"):
        hours = Hours(line)
    support = files.read("support.toml", Support)
    choices = files.read("choices.toml", ChoicesFile)
    with files.naming("choices.toml"):
        check_choices(choices)
    questions = tuple(files.read(name, QuestionFile) for name in details.question_files)
    check = QuestionCheck(questions[0])
    for name, file in zip(details.question_files, questions, strict=True):
        with files.naming(name):
            check.look_through(file)
    if not check.has_account:
        raise InquiryError(
            f'{details.question_files[0]}: one question of kind "text" must have the id account, so that people can write.'
        )
    return Inquiry(details, line, support, choices, questions, hours, folder, files.sha256())


class _Files:
    """The files of one folder, with their bytes, so that a fault can be named with its line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bytes: dict[str, bytes] = {}

    def read(self, name: str, shape: type[_File]) -> _File:
        """Read one file. Raises InquiryError."""
        if "/" in name or not name.endswith(".toml"):
            raise InquiryError(f"inquiry.toml: {name} is not the name of a TOML file in the same folder.")
        try:
            self._bytes[name] = (self._folder / name).read_bytes()
            document: dict[str, Any] = tomllib.loads(self._bytes[name].decode("utf-8"))
        except OSError as error:
            raise InquiryError(f"{name} cannot be read ({error.strerror}); see the setting inquiry.") from None
        except ValueError as error:
            raise InquiryError(f"{name} is not TOML: {error}.") from None
        with self.naming(name):
            try:
                return msgspec.convert(document, shape)
            except msgspec.ValidationError as error:
                sentence, _, path = str(error).rpartition(" - at `")
                raise Fault(place_of(path.rstrip("`")), sentence or str(error)) from None

    def naming(self, name: str) -> "_Naming":
        """Return a context in which a Fault becomes an InquiryError that names the file and line."""
        return _Naming(name, self._bytes.get(name, b"").decode("utf-8", "replace"))

    def sha256(self) -> str:
        """Return the SHA-256 (64 hex) of all that was read, whatever the order."""
        whole = hashlib.sha256()
        for name in sorted(self._bytes):
            whole.update(name.encode("utf-8") + b"\0" + hashlib.sha256(self._bytes[name]).digest())
        return whole.hexdigest()


class _Naming:
    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Fault):
            line = line_of(self._source, error.place)
            raise InquiryError(f"{self._name}, line {line}: {error}.") from None
