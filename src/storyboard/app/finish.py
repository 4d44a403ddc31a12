"""How a film is finished: by whom it is rendered, for what, in which shape, with what burnt in."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from storyboard.model.delivery import PRESETS, Delivery, Framing, reframed
from storyboard.model.request import ClipKey
from storyboard.model.story import Film, Shot
from storyboard.model.timeline import Timeline

if TYPE_CHECKING:
    from storyboard.adapters.media.cut.overlay import Overlay

__all__ = ["AS_BUILT", "BURNT", "Finish", "render_finished"]

_Progress: TypeAlias = Callable[[int, int], None]

BURNT = ("captions", "timecode", "shot")
"""What can be burnt into the picture."""
_REVIEWED = ("timecode", "shot")


@dataclass(frozen=True, slots=True)
class Finish:
    """How a film is to be made of its clips.

    `aspect` is another shape than the film's own, and `fit` how its pictures get there. `burn` are
    words of BURNT; None is what the delivery is known for.
    """

    delivery: Delivery = PRESETS["web"]
    renderer: Literal["splice", "moviepy"] = "splice"
    aspect: str | None = None
    fit: Literal["cover", "contain"] = "cover"
    burn: tuple[str, ...] | None = None
    captions: Literal["soft", "off"] = "soft"

    @property
    def burnt(self) -> tuple[str, ...]:
        """What is burnt into the picture."""
        if self.burn is not None:
            return self.burn
        return _REVIEWED if self.delivery.name == "review" else ()

    def suffix(self, *, rough: bool) -> str:
        """Return the end of the film's name: what makes it another film has a word in it."""
        words = (
            self.aspect.replace(":", "x") if self.aspect else "",
            "" if self.delivery.name == "web" else self.delivery.name,
            *(self.burn or ()),
            "" if self.renderer == "splice" else self.renderer,
            "rough" if rough else "",
        )
        return "".join(f".{word}" for word in words if word) + self.delivery.suffix

    def shaped(self, film: Film) -> Film:
        """Return the film in the shape that is wanted."""
        if self.aspect is None:
            return film
        return replace(film, format=reframed(film.format, self.aspect))

    def framing(self, shot: Shot) -> Framing | None:
        """Return how a shot's clip gets into another shape; None where the film keeps its own."""
        return None if self.aspect is None else Framing(self.fit, shot.focus)

    @property
    def identity(self) -> dict[str, object]:
        """All that decides what is rendered of one and the same timeline."""
        return {
            "delivery": asdict(self.delivery),
            "renderer": self.renderer,
            "burnt": sorted(self.burnt),
            "captions": self.captions,
        }


AS_BUILT = Finish()
"""The film that `build` makes."""


def render_finished(
    finish: Finish,
    timeline: Timeline,
    files: Mapping[ClipKey, str],
    path: Path,
    kept: Path,
    progress: _Progress,
) -> None:
    """Write a film, keeping in a folder what was rendered for the next time.

    Raises DamagedClip or EnvironmentFault where it cannot be done. What it takes brings PyAV,
    Pillow and perhaps moviepy, so only a film that is cut pays for that.
    """
    delivery, overlay = finish.delivery, _overlay(finish, timeline)
    if finish.captions == "off" or "captions" in finish.burnt:
        timeline = timeline.hiding()
    if finish.renderer == "moviepy":
        from storyboard.adapters.media.cut.plain import render_plain  # noqa: PLC0415

        render_plain(timeline, files, str(path), progress)
    elif delivery.name == "web":
        from storyboard.adapters.media.cut.film import render_film  # noqa: PLC0415

        render_film(timeline, files, str(path), progress, folder=kept, overlay=overlay)
    else:
        from storyboard.adapters.media.cut.sound_track import film_levels  # noqa: PLC0415
        from storyboard.adapters.media.cut.whole import render_whole  # noqa: PLC0415

        levels = film_levels(timeline, files, kept)
        render_whole(
            timeline, files, str(path), delivery, overlay=overlay, levels=levels, progress=progress
        )


def _overlay(finish: Finish, timeline: Timeline) -> "Overlay | None":
    """Return what is burnt in, drawn for the size at which the film is written."""
    if not finish.burnt:
        return None
    from storyboard.adapters.media.cut.burn_in import burn_in  # noqa: PLC0415

    width, height = finish.delivery.size(timeline.width, timeline.height)
    return burn_in(
        replace(timeline, width=width, height=height),
        captions="captions" in finish.burnt,
        timecode="timecode" in finish.burnt,
        shots="shot" in finish.burnt,
    )
