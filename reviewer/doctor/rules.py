"""What each state of each check means: in order, to be warned of, or a reason not to unlock. docs/station-guide.md has the same table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["ok", "warn", "refuse"]


@dataclass(frozen=True)
class Rule:
    """What to think of a state, and the sentence that says so; `{}` in it stands for what was found."""

    level: Level
    sentence: str


RULES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "swap": {
        "none": Rule("ok", "There is no swap."),
        "safe": Rule("ok", "All swap is encrypted or in memory."),
        "unknown": Rule("warn", "It cannot be seen whether the swap on {} is encrypted; run `swapoff -a`."),
        "plain": Rule("refuse", "The swap on {} is not encrypted, and keys could stay there; run `swapoff -a`."),
    },
    "cores": {
        "off": Rule("ok", "No program of this machine writes core dumps."),
        "on": Rule(
            "warn",
            "A program that crashes may write what it held to the disk ({}); set kernel.core_pattern to |/bin/false. "
            "This program itself never does.",
        ),
        "unknown": Rule("warn", "It cannot be seen what happens to core dumps."),
    },
    "network": {
        "off": Rule("ok", "No network interface is up."),
        "up": Rule("refuse", "The network is up ({}): switch it off in the firmware, or take the card out."),
    },
    "clock": {
        "plausible": Rule("ok", "The clock is plausible: {}."),
        "behind": Rule("refuse", "The clock is behind what this station knows ({}); set it by hand."),
        "ahead": Rule(
            "warn", "The clock is far ahead of what this station knows ({}); look at it before anything is destroyed."
        ),
    },
    "encryption": {
        "encrypted": Rule("ok", "The station lies on an encrypted disk."),
        "memory": Rule("warn", "The station lies in memory only: it is gone when the machine is switched off."),
        "plain": Rule(
            "refuse", "The station's disk is not encrypted; set the machine up again with the whole disk encrypted."
        ),
        "unknown": Rule("warn", "It cannot be seen whether the station's disk is encrypted."),
    },
    "space": {
        "enough": Rule("ok", "There is room: {}."),
        "little": Rule("warn", "There is little room left: {}."),
        "none": Rule("refuse", "There is no room to work with: {}; make room first."),
    },
    "modes": {
        "private": Rule("ok", "Nobody else can look into the station's folder."),
        "open": Rule("refuse", "Others can look into {}; run `chmod -R go= ` on the station's folder."),
        "foreign": Rule("refuse", "{} belongs to somebody else; give it to this account with `chown`."),
    },
    "sleep": {
        "off": Rule("ok", "The machine neither suspends nor hibernates."),
        "suspends": Rule(
            "warn",
            "The machine can suspend with keys in its memory; forbid it: `systemctl mask sleep.target suspend.target`.",
        ),
        "hibernates": Rule(
            "warn",
            "The machine can hibernate, which writes its memory to the disk; forbid it: `systemctl mask hibernate.target "
            "hybrid-sleep.target`.",
        ),
    },
}
