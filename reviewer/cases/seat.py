"""Who sits at the station for one command: the custodians who unlocked, and, once there are readers, one or two of them."""

from dataclasses import dataclass

from reviewer.cases.log import WITH
from reviewer.cases.readers import Reader, Right
from reviewer.errors import ReaderError

TWO_PEOPLE = 2


@dataclass(frozen=True)
class Seat:
    """`custodians` are the numbers of the shares that were brought; `alone` says that a demonstration's panel has nobody else."""

    custodians: tuple[int, ...]
    alone: bool
    reader: Reader | None = None
    second: Reader | None = None

    @property
    def who(self) -> str:
        """What the log calls those who are here."""
        if self.reader is None:
            return "custodians " + ", ".join(map(str, self.custodians)) if self.custodians else "custodians"
        return self.reader.name if self.second is None else f"{self.reader.name}{WITH}{self.second.name}"

    @property
    def name(self) -> str | None:
        """The reader's name, or None while the station has no readers."""
        return None if self.reader is None else self.reader.name

    def require(self, right: Right) -> None:
        """Raise ReaderError unless the reader has a right. Without readers the custodians have all."""
        if self.reader is not None and not self.reader.may(right):
            raise ReaderError(f"{self.reader.name} has no role here that may {right}; ask somebody who has.")

    def require_two(self, right: Right, of_second: Right | None = Right.BE_SECOND) -> None:
        """Raise ReaderError unless two different people are here: one with `right`, and one with `of_second` (any when None).

        Without readers, two custodians are.
        """
        if self.reader is None:
            if len(set(self.custodians)) < TWO_PEOPLE and not self.alone:
                raise ReaderError("This takes two people: bring the share of another custodian. Nothing was done.")
            return
        self.require(right)
        if self.second is None or self.second.name == self.reader.name:
            raise ReaderError("This takes two different people: name the other one with --second. Nothing was done.")
        if of_second is not None and not self.second.may(of_second):
            raise ReaderError(f"{self.second.name} has no role here that may {of_second}; ask somebody else.")
