"""The contact sheet as a value: every shot's still and words, what its clip is, what it costs.

The page for the wall, the one for the printer and the one for the browser are drawn from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from storyboard.model.money import MicroUsd, Millis, show_clock, show_seconds, show_usd
from storyboard.model.request import ClipKey

__all__ = ["Jpeg", "Sheet", "SheetScene", "SheetShot", "Spoken", "Standing", "Views"]


class Standing(StrEnum):
    """How a shot's clip stands, in a film-maker's words."""

    OWNED = "owned"
    TO_BUY = "to buy"
    TO_MAKE = "to make"  # for nothing
    MISSING = "missing"  # it was owned once
    IN_FLIGHT = "in flight"
    UNCLEAR = "unclear"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of dialogue: who says it, empty where nobody is named, and how (`V.O.`, `softly`)."""

    text: str
    speaker: str = ""
    manner: tuple[str, ...] = ()

    @property
    def cue(self) -> str:
        """Who speaks and how, as it stands before the words; empty where neither is known."""
        manner = f"({', '.join(self.manner)})" if self.manner else ""
        return " ".join(filter(None, (self.speaker, manner)))


@dataclass(frozen=True, slots=True)
class SheetShot:
    """One shot. `length` is its time on screen, `bought` that of its clip.

    `model` is the model's id, `maker` its short name. `still` and `clip` are files where the
    command runs, None where there is none; `link` is the clip's address from the sheet. `price` is
    what is to be paid, `paid` what was, None where that is not known. `take` is the number of the
    take that is seen, None where nobody knows; `stands_in` whether it is an older one that stands
    in for the shot's own, and `stale` whether it was made from something that the shot no longer
    asks for.
    """

    id: str
    length: Millis
    model: str
    maker: str
    bought: Millis
    key: ClipKey
    standing: Standing
    still: str | None = None
    clip: str | None = None
    link: str | None = None
    action: str = ""
    dialogue: tuple[Spoken, ...] = ()
    camera: tuple[str, ...] = ()
    prompt: str = ""
    price: MicroUsd = MicroUsd(0)
    paid: MicroUsd | None = None
    take: int | None = None
    stands_in: bool = False
    stale: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """What its clip is: how it stands, which take, of which model, how long."""
        facts = (self.standing.value, self.taken, self.maker, show_seconds(self.bought))
        return tuple(filter(None, facts))

    @property
    def taken(self) -> str:
        """Which take is seen, and if it only stands in for the shot's own; empty without one."""
        if self.take is None:
            return ""
        stale = "stale, " if self.stale else ""
        return f"{stale}take {self.take}{' stands in' if self.stands_in else ''}"

    @property
    def money(self) -> str:
        """What it cost or will cost; empty where there is nothing to pay, or nobody knows."""
        if self.paid is not None:
            return f"{show_usd(self.paid)} paid"
        return show_usd(self.price) if self.price else ""


@dataclass(frozen=True, slots=True)
class SheetScene:
    """A scene's heading, and its shots in film order."""

    heading: str
    shots: tuple[SheetShot, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet; `aspect` is the film's width by its height, `language` that of its lines."""

    title: str
    aspect: float
    runtime: Millis
    scenes: tuple[SheetScene, ...]
    language: str = "en"

    @property
    def shots(self) -> tuple[SheetShot, ...]:
        return tuple(shot for scene in self.scenes for shot in scene.shots)

    @property
    def has_clips(self) -> bool:
        """Whether there is a clip whose first and last frame can be shown."""
        return any(shot.clip is not None for shot in self.shots)

    @property
    def paid(self) -> MicroUsd:
        """What is known to have been paid for the clips on the sheet."""
        by_clip = {shot.key: shot.paid or 0 for shot in self.shots}
        return MicroUsd(sum(by_clip.values()))

    @property
    def price(self) -> MicroUsd:
        """What is still to be paid for the shots on the sheet."""
        return MicroUsd(sum(shot.price for shot in self.shots))

    @property
    def facts(self) -> tuple[str, ...]:
        """The film in a line: shots, running time, what is owned, what was and is to be paid."""
        shots = self.shots
        owned = sum(shot.standing is Standing.OWNED for shot in shots)
        facts = (
            f"{len(shots)} shot{'' if len(shots) == 1 else 's'}",
            show_clock(self.runtime),
            f"{owned} of {len(shots)} owned" if owned else "",
            f"{show_usd(self.paid)} paid" if self.paid else "",
            f"{show_usd(self.price)} to buy" if self.price else "nothing to buy",
        )
        return tuple(filter(None, facts))


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A picture ready to be put into a document, and its size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Views:
    """What can be seen of a shot; None for what there is not, or cannot be read."""

    still: Jpeg | None = None
    first: Jpeg | None = None
    last: Jpeg | None = None
