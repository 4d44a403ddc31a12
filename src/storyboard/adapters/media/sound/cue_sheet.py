"""Every sound of a film and when it is heard, to the sample. No file is read here.

At a straight cut the sound before runs on for eight milliseconds while the next comes up, so that a
join neither clicks nor dips. Under a dissolve or wipe the two cross at equal power; under a fade or
a dip the sound goes with the picture.

J- and L-cuts move the cut of the sound and leave the picture's where it is: a sound that leads
takes the place of what was heard before, a sound that trails keeps the next one out until it is
over. Moved from both sides of one join, the two cross at equal power in between. Where the cut was
moved, no fade of the picture touches the sound.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.bed import laid_cues
from storyboard.adapters.media.sound.cue import Cue, Ramp
from storyboard.adapters.media.sound.levels import Levels
from storyboard.adapters.media.sound.track import FADE
from storyboard.cutting.joins import coming, going, shared
from storyboard.model.timeline import Event, Timeline

__all__ = ["cue_sheet", "film_samples", "samples_before", "used_part"]


def samples_before(frame: int, fps: Fraction) -> int:
    """Return the place of a frame on the sound's clock: the nearest sample."""
    return round(Fraction(frame * SOUND_RATE) / fps)


def cue_sheet(timeline: Timeline, levels: Levels) -> tuple[Cue, ...]:
    """List all that is heard in a film, in the order in which it begins."""
    cues = (*_own_cues(timeline, levels), *laid_cues(timeline, levels, film_samples(timeline)))
    return tuple(sorted(cues, key=lambda cue: cue.start))


def film_samples(timeline: Timeline) -> int:
    """Return how many samples a film lasts."""
    return samples_before(timeline.length, timeline.fps)


def used_part(event: Event, fps: Fraction) -> tuple[int, int]:
    """Return the samples of its clip that an event's picture is shown with: the first, how many."""
    first = samples_before(event.source_in, fps)
    moving = samples_before(event.record_out - event.hold, fps)
    return first, round((moving - samples_before(event.record_in, fps)) * event.speed)


def _own_cues(timeline: Timeline, levels: Levels) -> Iterator[Cue]:
    """Yield what the shots themselves sound like."""
    events = timeline.events
    befores, afters = (None, *events)[: len(events)], (*events, None)[1:]
    gains = levels.shots or (0.0,) * len(events)
    for before, event, after, gain in zip(befores, events, afters, gains, strict=True):
        come, go = _come(before, event, timeline.fps), _go(event, after, timeline.fps)
        cue = _own_cue(event, come, go, timeline.fps)
        if cue.start < cue.end and not event.mute:
            yield replace(cue, gain=gain + event.gain + levels.film)


def _own_cue(event: Event, come: Ramp, go: Ramp, fps: Fraction) -> Cue:
    """Return a shot's own sound; where its last picture is held it has nothing more to say."""
    ends = [go]
    if event.hold:
        stop = samples_before(event.record_out - event.hold, fps)
        ends.append(Ramp(stop, FADE, falling=True))
    early = samples_before(event.record_in, fps) - come.start
    return Cue(
        source=event.clip,
        first=samples_before(event.source_in, fps) - round(early * event.speed),
        start=come.start,
        end=min(end.start + end.samples for end in ends),
        speed=event.speed,
        changes=(come, *ends),
    )


def _come(before: Event | None, event: Event, fps: Fraction) -> Ramp:
    """Return how an event's sound comes, and from where."""
    if moved := _meeting(before, event, fps):
        start, end = moved
        return Ramp(start, end - start or FADE, equal_power=start < end)
    start, fade = samples_before(event.record_in, fps), coming(event)
    whole = samples_before(event.record_in + fade.frames, fps) - start if fade else FADE
    return Ramp(start, whole)


def _go(event: Event, after: Event | None, fps: Fraction) -> Ramp:
    """Return how an event's sound goes, and until where."""
    if moved := _meeting(event, after, fps):
        start, end = moved
        return Ramp(start, end - start or FADE, falling=True, equal_power=start < end)
    end = samples_before(event.record_out, fps)
    if fade := going(event, after):
        start = samples_before(event.record_out - fade.frames, fps)
        return Ramp(start, end - start, falling=True)
    return Ramp(end if after else end - FADE, FADE, falling=True)


def _meeting(before: Event | None, after: Event | None, fps: Fraction) -> tuple[int, int] | None:
    """Return from when to when two sounds cross, in no time at a cut; None as the picture fades."""
    if before is None or after is None:
        return None
    lead, trail = min(after.lead, before.length), min(before.trail, after.length)
    if not (lead or trail or shared(after)):
        return None
    start = after.record_in - lead if lead else after.record_in + trail
    end = before.record_out + trail if trail else before.record_out - lead
    return samples_before(start, fps), samples_before(end, fps)
