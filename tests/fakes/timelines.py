"""Timelines for tests of what is written of them: one film with everything, and any film at all."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from storyboard.cutting.interchange import Media
from storyboard.model.money import Frames, Millis
from storyboard.model.post import Loudness
from storyboard.model.request import ClipKey
from storyboard.model.story import OVERLAPPING
from storyboard.model.timeline import Caption, Chapter, Event, Laid, Timeline

__all__ = ["HOSTILE", "RATES", "any_timelines", "cut", "event", "media_of", "rich_film"]

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001))
HOSTILE = ('a"b<c>&d', "ünïcödé/猫", "line\nbreak", "=1+1", "*/ LOC:", "' OR |x|", "..", "BL")
"""Names that quote, break lines, or mean something to a format."""

_DIPS = ("dip-to-black", "dip-to-white")
_LONGEST = 40


def event(shot: str, length: int, **more: Any) -> Event:
    """Return a shot that begins its film; `cut` puts it in its place."""
    numbers = {name: value for name, value in more.items() if name in _NUMBERS}
    others = {name: value for name, value in more.items() if name not in _NUMBERS}
    source, speed = more.get("source_in", 0), more.get("speed", Fraction(1))
    shown = int((length - more.get("hold", 0) - 1) * speed) + 1
    made = Event(
        shot=shot,
        scene=others.pop("scene", "scene"),
        clip=ClipKey(others.pop("clip", f"key of {shot}")),
        record_in=Frames(0),
        record_out=Frames(length),
        source_in=Frames(source),
        source_out=Frames(source + shown),
        available=Frames(source + shown + 24),
    )
    counted: dict[str, Any] = {name: Frames(value) for name, value in numbers.items()}
    return replace(made, **others, **counted)


_NUMBERS = frozenset({"source_in", "available", "overlap", "fade_out", "hold", "lead", "trail"})


def cut(
    *events: Event, fps: Fraction = Fraction(24), title: str = "The Yarn", **more: Any
) -> Timeline:
    """Return the film that these shots make, one after the other, less what they share."""
    placed: list[Event] = []
    for each in events:
        end = placed[-1].record_out if placed else 0
        start = end - (each.overlap if placed and each.transition in OVERLAPPING else 0)
        times: dict[str, Any] = {
            "record_in": Frames(start),
            "record_out": Frames(start + each.length),
        }
        placed.append(replace(each, **times))
    return Timeline(title, 1280, 720, fps, tuple(placed), **more)


def rich_film(fps: Fraction = Fraction(24)) -> Timeline:
    """Return a film with every kind of join, trims and handles, speeds, holds, cards and sounds."""
    return cut(
        event("title", 48, scene="", clip="card:title", fade_out=12),
        event("parlour/pounce", 72, source_in=12, transition="fade-in", overlap=12),
        event("tumble", 60, source_in=6, transition="dissolve", overlap=13, lead=6),
        event("hug", 50, transition="wipe-left", overlap=10, gain=-3.5),
        event("nap", 49, source_in=10, speed=Fraction(2), trail=5),
        event("dream", 48, speed=Fraction(1, 2), transition="dip-to-black", overlap=6, hold=24),
        event("wake", 40, transition="dissolve", overlap=12, mute=True),
        event("gone", 60, transition="dip-to-white", overlap=8, fade_out=24),
        event("credits", 48, scene="", clip="card:credits", transition="fade-in", overlap=12),
        fps=fps,
        captions=(
            Caption(Millis(3000), Millis(4200), "Mrow!\nMrow!", "parlour/pounce", "Mia"),
            Caption(Millis(5100), Millis(6000), "Once upon a time", "tumble", None, "v.o."),
            Caption(Millis(99_000), Millis(99_500), "nowhere", "no such shot"),
        ),
        chapters=(
            Chapter(Frames(0), Frames(48), "Title"),
            Chapter(Frames(48), Frames(300), "INT. PARLOUR - NIGHT"),
        ),
        laid=(
            Laid("music/bed.wav", Millis(0), "music", -14.0, Millis(9000), duck=-8.0),
            Laid("purr.wav", Millis(2000), "effect"),
            Laid("purr again.wav", Millis(2500), "effect", 2.0),
            Laid("voice.wav", Millis(1001), "voice-over"),
        ),
        loudness=Loudness(-23.0, -2.0),
        metadata=(("director", "M. Cat"),),
    )


def media_of(timeline: Timeline, *missing: str) -> dict[str, Media]:
    """Return a file for each shot but the missing ones; cards have none."""
    return {
        each.shot: Media(
            f"file:///clips/{number}%20{each.shot.encode().hex()}.mp4",
            size=(1280, 720),
            facts=(
                ("model", "openai/sora-2"),
                ("prompt", 'A "kitten" <pounces>\non & on'),
                ("take", "1"),
            ),
        )
        for number, each in enumerate(timeline.events)
        if each.scene and each.shot not in missing
    }


@st.composite
def any_timelines(draw: st.DrawFn) -> Timeline:
    """Draw a film whose transitions have room, as the checks see to."""
    number = draw(st.integers(1, 7))
    names = draw(
        st.lists(
            st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=8)),
            min_size=number,
            max_size=number,
            unique=True,
        ).filter(_writable)
    )
    events = [_drawn(draw, name, first=not place) for place, name in enumerate(names)]
    events = [
        replace(each, fade_out=Frames(0)) if after.transition in {*OVERLAPPING, *_DIPS} else each
        for each, after in pairwise([*events, event("", 1)])
    ]
    return cut(*events, fps=draw(st.sampled_from(RATES)), title=draw(st.sampled_from(HOSTILE)))


def _writable(names: list[str]) -> bool:
    """Tell whether the names can be written as UTF-8 and without NUL, as YAML's texts can."""
    text = "".join(names)
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _drawn(draw: st.DrawFn, name: str, *, first: bool) -> Event:
    kinds = ("cut", "fade-in") if first else ("cut", "fade-in", *_DIPS, *sorted(OVERLAPPING))
    kind = draw(st.sampled_from(kinds))
    overlap = 0 if kind == "cut" else draw(st.integers(1, 12))
    hold = draw(st.sampled_from((0, 0, 0, 3, 20)))
    length = 30 + hold + draw(st.integers(0, _LONGEST))
    return event(
        name,
        length,
        source_in=draw(st.integers(0, 30)),
        transition=kind,
        overlap=overlap,
        fade_out=draw(st.sampled_from((0, 0, 5))),
        hold=hold,
        speed=draw(st.sampled_from((Fraction(1), Fraction(1), Fraction(2), Fraction(3, 7)))),
        lead=0 if first else draw(st.sampled_from((0, 0, 8))),
        trail=0 if hold else draw(st.sampled_from((0, 0, 9))),
        gain=draw(st.sampled_from((0.0, -6.5))),
        mute=draw(st.booleans()),
    )
