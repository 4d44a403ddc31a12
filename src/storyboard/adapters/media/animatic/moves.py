"""Camera moves over a still: for every move of the vocabulary, the framing at each moment.

A framing is a window on the picture. Directions are the camera's: it pans left, so what is seen
slides right. Amounts are those of a restrained operator; speed scales them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from storyboard.adapters.media.animatic.stage import Stage

__all__ = ["MOVES", "Framing", "How", "eased", "framed"]

_AMOUNTS = MappingProxyType({"slow": 0.6, "medium": 1.0, "fast": 1.6})


@dataclass(frozen=True, slots=True)
class How:
    """How a move is made: its amount (1 at medium speed), how long it lasts, and over what."""

    amount: float
    seconds: float
    stage: Stage

    @classmethod
    def ordered(cls, speed: str | None, seconds: float, stage: Stage) -> "How":
        """Take the amount from the word for the speed; an unknown word is medium."""
        return cls(_AMOUNTS.get(speed or "medium", 1.0), seconds, stage)


@dataclass(frozen=True, slots=True)
class Framing:
    """One moment of a move.

    At zoom 1 the window is as large as the picture allows; `x` and `y` put its middle right of
    and below the picture's, in frames at zoom 1. `roll` is in degrees, clockwise as seen.
    `fringe` lets the borders see further out than the middle does, as a dolly zoom does; `lean`
    slides the middle right against the borders, as an arc does. `focus` goes from the far plane
    (0) to the near one (1), None when both are sharp; `shutter` is how much of a frame's time the
    picture smears over.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    fringe: float = 0.0
    lean: float = 0.0
    focus: float | None = None
    shutter: float = 0.0


Move: TypeAlias = Callable[[float, How], Framing]
"""From how far the shot has run (0 to 1), and how the move is made, to the framing."""


def framed(framing: Framing, stage: Stage) -> Framing:
    """Keep the window inside the picture."""
    zoom = max(1.0, framing.zoom)
    x_room, y_room = (stage.wide - 1 / zoom) / 2, (stage.high - 1 / zoom) / 2
    x = min(max(framing.x, -x_room), x_room)
    y = min(max(framing.y, -y_room), y_room)
    return replace(framing, zoom=zoom, x=x, y=y)


def eased(time: float, ramp: float = 0.3) -> float:
    """Go from 0 to 1 at an even pace, speeding up over the first `ramp` and down over the last."""
    time = min(max(time, 0.0), 1.0)
    pace = 1 / (1 - ramp)
    if time < ramp:
        return pace * time * time / (2 * ramp)
    if time > 1 - ramp:
        return 1 - pace * (1 - time) ** 2 / (2 * ramp)
    return pace * (time - ramp / 2)


def _between(first: float, last: float, done: float) -> float:
    """Go from one zoom to another so that the eye sees an even pace."""
    return first * math.exp(done * math.log(last / first))


def _static(_time: float, _how: How) -> Framing:
    return Framing()


@dataclass(frozen=True, slots=True)
class _Travel:
    """A move across the picture: `across` and `down` say where to, -1 to 1; `travel` how far.

    A picture wider or higher than the frame is travelled further, for that is why it is so.
    """

    across: int
    down: int
    travel: float
    ramp: float = 0.3
    closer: float = 1.0
    wider: float = 1.0

    def __call__(self, time: float, how: How) -> Framing:
        size = how.stage.wide if self.across else how.stage.high
        least = self.travel * how.amount
        travel = max(least, min(size - 1, 3 * least))
        done = eased(time, self.ramp)
        base = max(1.0, (1 + travel) / size)
        zoom = base * _between(self.wider, self.closer, done)
        way = (done - 0.5) * travel / base
        return Framing(zoom, x=self.across * way, y=self.down * way)


@dataclass(frozen=True, slots=True)
class _Scale:
    """A move toward or away: `first` and `last` zoom at medium speed; `rise` lifts the window."""

    first: float
    last: float
    ramp: float = 0.35
    rise: float = 0.0

    def __call__(self, time: float, how: How) -> Framing:
        zoom = _between(self.first, self.last, eased(time, self.ramp)) ** how.amount
        return Framing(zoom, y=-self.rise * (1 - 1 / zoom))


def _roll(time: float, how: How) -> Framing:
    most = math.radians(8 * how.amount)
    long = max(how.stage.ratio, 1 / how.stage.ratio)
    # Held at the zoom that the last, most turned frame needs: only the turning is seen.
    zoom = math.cos(most) + long * math.sin(most)
    return Framing(zoom, roll=math.degrees(most) * eased(time))


@dataclass(frozen=True, slots=True)
class _Arc:
    """A move round the subject: the middle stays while what lies behind it slides `way`."""

    way: int

    def __call__(self, time: float, how: How) -> Framing:
        travel = 0.14 * how.amount
        done = eased(time)
        zoom = (1 + travel) * (1 + 0.05 * math.sin(math.pi * done))
        x = self.way * (done - 0.5) * travel / (1 + travel)
        return Framing(zoom, x=x, lean=-2 * zoom * x)


def _track(time: float, how: How) -> Framing:
    """Beside the subject: the middle is held by half, the surroundings pass."""
    travel = 0.12 * how.amount
    done = eased(time, 0.12)
    zoom = (1 + travel) * _between(1, 1.03, done)
    x = (done - 0.5) * travel / (1 + travel)
    return Framing(zoom, x=x, lean=-zoom * x)


def _follow(time: float, how: How) -> Framing:
    """Behind the subject: steadily closer, with the sway of a walk."""
    done = eased(time, 0.2)
    zoom = 1.05 * _between(1, 1.12, done) ** how.amount
    steps = 2 * math.pi * how.seconds * time
    sway = math.sin(math.pi * time)
    x = 0.008 * sway * math.sin(0.4 * steps)
    y = 0.004 * sway * math.sin(0.8 * steps)
    return Framing(zoom, x=x, y=y)


def _dolly_zoom(time: float, how: How) -> Framing:
    """The middle keeps its size while the borders fall away."""
    most = 1.45**how.amount
    zoom = _between(most, 1, eased(time, 0.35))
    return Framing(zoom, fringe=most / zoom - 1)


def _rack_focus(time: float, _how: How) -> Framing:
    return Framing(focus=eased((time - 0.2) / 0.6, 0.4))


def _whip_pan(time: float, how: How) -> Framing:
    """Hold, tear across in a third of a second, hold."""
    travel = 0.4 + 0.1 * how.amount
    lasting = min(0.5, 0.33 / max(how.seconds, 0.01))
    done = eased((time - (1 - lasting) / 2) / lasting, 0.5)
    way = (done - 0.5) * travel / (1 + travel)
    return Framing(1 + travel, x=way, shutter=1.0)


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "static": _static,
        "pan-left": _Travel(-1, 0, 0.18),
        "pan-right": _Travel(1, 0, 0.18),
        "tilt-up": _Travel(0, -1, 0.18),
        "tilt-down": _Travel(0, 1, 0.18),
        "roll": _roll,
        "push-in": _Scale(1.0, 1.25, rise=0.06),
        "pull-out": _Scale(1.25, 1.0, rise=0.06),
        "truck-left": _Travel(-1, 0, 0.13, ramp=0.12, closer=1.04),
        "truck-right": _Travel(1, 0, 0.13, ramp=0.12, closer=1.04),
        "pedestal-up": _Travel(0, -1, 0.11, ramp=0.12, closer=1.03),
        "pedestal-down": _Travel(0, 1, 0.11, ramp=0.12, closer=1.03),
        "crane-up": _Travel(0, -1, 0.26, ramp=0.4, wider=1.15),
        "crane-down": _Travel(0, 1, 0.26, ramp=0.4, closer=1.15),
        "arc-left": _Arc(1),
        "arc-right": _Arc(-1),
        "track": _track,
        "follow": _follow,
        "zoom-in": _Scale(1.0, 1.45, ramp=0.08),
        "zoom-out": _Scale(1.45, 1.0, ramp=0.08),
        "dolly-zoom": _dolly_zoom,
        "rack-focus": _rack_focus,
        "whip-pan": _whip_pan,
    }
)
"""Every move of the vocabulary."""
