"""Which sound files are laid over the film, from when and how: its music, its shots' tracks."""

from collections.abc import Iterator, Sequence

from storyboard.model.money import Millis
from storyboard.model.placement import Placement
from storyboard.model.post import Music
from storyboard.model.story import Film, Shot
from storyboard.model.timeline import Laid

__all__ = ["laid_over"]


def laid_over(film: Film, placed: Sequence[Placement]) -> tuple[Laid, ...]:
    """List the film's music, under all of it, and then every track in film order."""
    music = [_bed(film.music, film.runtime)] if film.music else []
    return (*music, *(laid for each in placed for laid in _tracks(each)))


def _bed(music: Music, runtime: Millis) -> Laid:
    """Lay the music; in a film shorter than its fades they meet, the first one whole."""
    fade_in = min(music.fade_in, runtime)
    return Laid(
        path=music.path,
        start=Millis(0),
        role="music",
        gain=music.gain,
        end=runtime,
        offset=music.offset,
        fade_in=fade_in,
        fade_out=min(music.fade_out, Millis(runtime - fade_in)),
        duck=music.duck,
    )


def _tracks(placed: Placement) -> Iterator[Laid]:
    for track in placed.item.mix.tracks if isinstance(placed.item, Shot) else ():
        start = Millis(placed.start + track.at)
        yield Laid(path=track.path, start=start, role=track.role, gain=track.gain)
