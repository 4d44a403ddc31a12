"""Sound: leads and trails that the clips have, tracks that are heard, levels that can be met."""

from collections.abc import Iterator

from storyboard.compiler.checks.subject import Subject
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.money import show_seconds
from storyboard.model.placement import Placement
from storyboard.model.story import Shot

__all__ = ["CHECKS"]

_LOUDEST, _SOFTEST = -5, -40
_LOWEST_PEAK = -20


def leads_and_trails(subject: Subject) -> Iterator[Diagnostic]:
    """A sound that leads or trails its picture is in the clip, and in the film beside it."""
    for placed in subject.placed:
        if isinstance(placed.item, Shot):
            if placed.item.mix.lead > placed.lead_room:
                yield _lead(placed.item, placed)
            if placed.item.mix.trail > placed.trail_room:
                yield _trail(placed.item, placed)


def _lead(shot: Shot, placed: Placement) -> Diagnostic:
    lead = shot.mix.lead
    message = f'the sound of "{shot.id}" cannot lead by {show_seconds(lead)}'
    if not placed.before:
        message += ": the film begins with it"
        advice = "take `lead` out, or put a shot or a title card before it"
    elif lead > placed.unseen_before:
        message += f": its clip has {show_seconds(placed.unseen_before)} before the part shown"
        advice = "begin it later in its clip with `trim: {in: …}`, or give it handles"
    else:
        message += f": {show_seconds(placed.before)} of picture come before it"
        advice = "let it lead by less: a sound reaches no further than over the shot before"
    return Diagnostic(Code.LEAD_TOO_LONG, message, shot.origin.at("mix", "lead"), advice)


def _trail(shot: Shot, placed: Placement) -> Diagnostic:
    trail = shot.mix.trail
    message = f'the sound of "{shot.id}" cannot trail by {show_seconds(trail)}'
    if shot.hold:
        message += ": it ends where the last picture is held"
        advice = "take `hold` or `trail` out"
    elif not placed.after:
        message += ": the film ends with it"
        advice = "take `trail` out, or put a shot or credits after it"
    elif trail > placed.unseen_after:
        message += f": its clip has {show_seconds(placed.unseen_after)} after the part shown"
        advice = "end it earlier in its clip with `trim: {out: …}`, or give it handles"
    else:
        message += f": {show_seconds(placed.after)} of picture come after it"
        advice = "let it trail by less: a sound reaches no further than over the shot after"
    return Diagnostic(Code.TRAIL_TOO_LONG, message, shot.origin.at("mix", "trail"), advice)


def tracks(subject: Subject) -> Iterator[Diagnostic]:
    """A sound laid over a shot starts while the shot is on screen."""
    for shot in subject.film.shown:
        for index, track in enumerate(shot.mix.tracks):
            if track.at >= shot.screen_time:
                message = (
                    f'{track.path} starts {show_seconds(track.at)} into "{shot.id}", '
                    f"which is over after {show_seconds(shot.screen_time)}"
                )
                advice = "let it start earlier, or lay it over the shot that is on screen then"
                place = shot.origin.at("mix", "tracks", index, "at")
                yield Diagnostic(Code.TRACK_TOO_LATE, message, place, advice)


def music_fades(subject: Subject) -> Iterator[Diagnostic]:
    """The music's fades that were asked for are not longer than the film."""
    music, film = subject.film.music, subject.film
    if music is None:
        return
    written = dict(film.origin.entries("mix", "music"))
    asked = {name: getattr(music, name) for name in ("fade_in", "fade_out") if name in written}
    if sum(asked.values()) > film.runtime:
        total = show_seconds(sum(asked.values()))
        message = f"the music fades for {total}, and the film runs {show_seconds(film.runtime)}"
        place = film.origin.at("mix", "music", next(reversed(asked)))
        advice = "shorten its `fade_in` or `fade_out`"
        yield Diagnostic(Code.MUSIC_FADE_TOO_LONG, message, place, advice)


def loudness(subject: Subject) -> Iterator[Diagnostic]:
    """The film's loudness and its peaks are such as a film can have."""
    film = subject.film
    wanted, peak = film.loudness.target, film.loudness.true_peak
    if wanted is not None and not _SOFTEST <= wanted <= _LOUDEST:
        message = f"a film cannot be mixed to {wanted:g} LUFS"
        advice = f"`loudness` is from {_SOFTEST} to {_LOUDEST}: -16 for the web, -23 for television"
        place = film.origin.at("mix", "loudness")
        yield Diagnostic(Code.BAD_LOUDNESS, message, place, advice)
    if not _LOWEST_PEAK <= peak <= 0:
        message = f"peaks cannot be kept under {peak:g} dBTP"
        advice = f"`true_peak` is from {_LOWEST_PEAK} to 0; above 0 a sound is cut off, -1 is usual"
        place = film.origin.at("mix", "true_peak")
        yield Diagnostic(Code.BAD_LOUDNESS, message, place, advice)


CHECKS = (leads_and_trails, tracks, music_fades, loudness)
