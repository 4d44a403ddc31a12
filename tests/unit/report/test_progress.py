"""How a run is followed, in a terminal and elsewhere."""

import io

import pytest

from storyboard.engine.events import Finished, Kept, ShotFailed, Started, Submitted, Working
from storyboard.model.money import MicroUsd
from storyboard.report.progress import frames_progress, run_progress

RUN = (
    Started(2, MicroUsd(1_600_000)),
    Submitted("pounce", "p-1"),
    Working("pounce", 0.25),
    Working("pounce", 0.75),
    Submitted("[hug]", "p-2"),
    Kept("pounce"),
    Working("[hug]", None),
    ShotFailed("[hug]", "refused: [red]\x1b[2J"),
    Finished(1, 1),
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def follow(stream, events=RUN):
    with run_progress(stream=stream) as see:
        for event in events:
            see(event)
    return stream.getvalue()


def test_elsewhere_than_in_a_terminal_each_clip_is_one_line():
    """A log gets the start and one line per clip that ended, and no control characters."""
    assert follow(io.StringIO()) == (
        "making 2 clips, $1.60\n[1/2] pounce: kept\n[2/2] [hug]: failed: refused: [red]␛[2J\n"
    )


def test_one_free_clip_is_said_in_the_singular():
    """A free run says so."""
    assert follow(io.StringIO(), (Started(1, MicroUsd(0)),)) == "making 1 clip, free\n"


def test_a_terminal_gets_bars_and_is_left_clean():
    """Bars name the clips under way, a failure stays readable, and the cursor comes back."""
    shown = follow(Terminal())
    assert "pounce" in shown
    assert "75%" in shown
    assert "refused: [red]␛[2J" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_a_terminal_is_left_clean_after_a_fault():
    """The bars go away also when the run ends in an exception."""
    stream = Terminal()
    with pytest.raises(KeyboardInterrupt), run_progress(stream=stream):
        raise KeyboardInterrupt
    shown = stream.getvalue()
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_frames_are_told_by_quarters_in_a_log():
    """A long cut writes four lines, however many frames it has."""
    stream = io.StringIO()
    with frames_progress("film", stream=stream) as see:
        for done in range(1, 1001):
            see.update(done, 1000)
    assert stream.getvalue().splitlines() == [
        f"film: {done} of 1000 frames" for done in (250, 500, 750, 1000)
    ]


def test_frames_are_a_bar_in_a_terminal():
    """In a terminal the frames are counted in a bar that goes away."""
    stream = Terminal()
    with frames_progress("film", stream=stream) as see:
        see.update(12, 12)
    assert "12/12" in stream.getvalue()
    assert "film" in stream.getvalue()


def test_an_empty_film_has_no_quarters_left():
    """Nothing of nothing is done at once, without a division by zero."""
    stream = io.StringIO()
    with frames_progress("film", stream=stream) as see:
        see.update(0, 0)
    assert stream.getvalue() == "film: 0 of 0 frames\n"
