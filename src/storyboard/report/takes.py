"""What a list of takes holds: every shot's takes with how each stands, and what they come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = ["Absence", "Left", "ListedTake", "ShotTakes", "TakeList"]


class Absence(StrEnum):
    """Why a take's clip is not on this machine, by what can be done about it.

    FETCH: a build asks the provider for it, for nothing. CIRCLE: the same, once the take is
    circled. BUY: the same can be ordered again. GONE: nothing brings this one back.
    """

    FETCH = "fetch"
    CIRCLE = "circle"
    BUY = "buy"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ListedTake:
    """A take as it stands: whether it is circled, shown in the film, and still what is asked for.

    `stale` is whether it was made from something that the shot no longer asks for, and `changed`
    names the inputs that differ, where the store knows them. `clip` is its file, None where it is
    not on this machine; `absence` says then what can be done.
    """

    take: Take
    circled: bool = False
    shown: bool = False
    stale: bool = False
    changed: tuple[str, ...] = ()
    clip: str | None = None
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class ShotTakes:
    """A shot's takes, by number.

    `cost` is what a build would spend on the shot now. `lapsed` is the take whose circle is void
    because the shot has changed since. `unlisted` is whether its clip is owned and in no lock yet,
    `free` whether it is made on this machine and never bought.
    """

    shot: str
    takes: tuple[ListedTake, ...] = ()
    cost: MicroUsd = MicroUsd(0)
    lapsed: int | None = None
    unlisted: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """Takes of a shot that the film does not show, by the name that the lock has for it."""

    shot: str
    takes: tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class TakeList:
    """A film's takes; `build` is the command that goes on with it, as a shell takes it.

    `rehearsal` is the address of the rehearsal that they were bought in, empty for real ones.
    """

    film: str
    build: str
    shots: tuple[ShotTakes, ...]
    left: tuple[Left, ...] = ()
    rehearsal: str = ""

    @property
    def count(self) -> int:
        """How many takes there are, one that two shots share once."""
        return len({each.take.key for each in self._all})

    @property
    def paid(self) -> MicroUsd:
        """What all of them cost, each clip once."""
        return _sum({each.take.key: each.take.price for each in self._all})

    @property
    def aside(self) -> MicroUsd:
        """What those cost that no shot shows."""
        shown = {each.take.key for each in self._all if each.shown}
        return _sum(
            {each.take.key: each.take.price for each in self._all if each.take.key not in shown}
        )

    @property
    def missing(self) -> int:
        """How many of the takes are not on this machine."""
        return len({each.take.key for each in self._all if each.clip is None})

    @property
    def _all(self) -> Iterator[ListedTake]:
        return (each for shot in self.shots for each in shot.takes)


def _sum(prices: dict[ClipKey, MicroUsd]) -> MicroUsd:
    return MicroUsd(sum(prices.values()))
