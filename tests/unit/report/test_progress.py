"""How a run is followed where there is no terminal, and how a watcher is chosen."""

import io

import pytest

from fakes.clock import FakeClock
from storyboard.engine.events import (
    Finished,
    Inspected,
    Kept,
    Money,
    Noted,
    ShotFailed,
    Stage,
    Staged,
    Started,
    Submitted,
    Working,
)
from storyboard.model.measure import Oddity, Remark
from storyboard.model.money import MicroUsd, micro_usd
from storyboard.report.progress import frames_progress, run_progress

FREE = (
    Started(2, MicroUsd(0)),
    Submitted("pounce", "p-1"),
    Working("pounce", 0.25),
    Submitted("[hug]", "p-2"),
    Kept("pounce"),
    Working("[hug]", None),
    ShotFailed("[hug]", "refused: [red]\x1b[2J"),
    Finished(1, 1),
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _able_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")


def follow(stream, events=FREE):
    with run_progress(stream=stream) as see:
        for event in events:
            see(event)
    return stream.getvalue()


def lines(*events):
    """Follow events at their times, each a pair of seconds and an event; return what is said."""
    stream, clock = io.StringIO(), FakeClock()
    with run_progress(stream=stream, monotonic=clock.monotonic) as see:
        for clock.passed, event in events:
            see(event)
    return stream.getvalue().splitlines()


def money(spent, reserved, remaining=0):
    return Money(micro_usd(spent), micro_usd(reserved), micro_usd(remaining))


def test_a_free_run_is_one_line_per_clip():
    """A log gets the start and one line per clip that ended, and no control characters."""
    assert follow(io.StringIO()) == (
        "making 2 clips, nothing to pay\n[1/2] pounce: kept\n"
        "[1/2] [hug]: failed: refused: [red]␛[2J\n"
    )


def test_one_clip_is_said_in_the_singular():
    """Nobody makes 1 clips."""
    assert follow(io.StringIO(), (Started(1, MicroUsd(800_000)),)) == "making 1 clip, $0.80\n"


def test_a_run_that_buys_says_all_that_matters_once():
    """Each order by the provider's name for it, what is odd, what went wrong, and how long."""
    silent = Remark(Oddity.SILENT, "its sound is silence")
    black = Remark(Oddity.BLACK, "all of it is black")
    assert lines(
        (5, Started(2, micro_usd("1.60"))),
        (5, money(0, 0, "1.60")),
        (5, Noted("the balance is $9.00")),
        (6, Staged("a/one", Stage.WAITING)),
        (6, Staged("a/one", Stage.UPLOADING)),
        (7, Staged("a/one", Stage.ORDERING)),
        (8, Submitted("a/one", "p-1")),
        (9, Working("a/one", None)),
        (100, Staged("a/one", Stage.FETCHING)),
        (103, Staged("a/one", Stage.CHECKING)),
        (108.4, Kept("a/one")),
        (108.4, Inspected("a/one", (silent, black))),
        (109, Staged("a/two", Stage.ORDERING)),
        (110, ShotFailed("a/two", "refused")),
        (110, Finished(1, 1)),
    ) == [
        "making 2 clips, $1.60",
        "note: the balance is $9.00",
        "a/one: ordered as p-1",
        "0 of 2 kept, 1 being made, spent $0.00, reserved $0.00",
        "[1/2] a/one: kept (1m42s)",
        "note[clip-silent]: a/one: its sound is silence",
        "note[clip-black]: a/one: all of it is black",
        "[1/2] a/two: failed: refused",
    ]


def test_an_unclear_answer_is_said_once_however_often_it_is_looked_up():
    """A second unclear answer, after the first was settled, is news again."""
    assert lines(
        (0, Started(1, micro_usd("0.80"))),
        (0, Staged("a", Stage.UNCLEAR, "look 1 of 5")),
        (9, Staged("a", Stage.UNCLEAR, "look 2 of 5")),
        (19, Staged("a", Stage.ORDERING)),
        (20, Staged("a", Stage.UNCLEAR, "look 1 of 5")),
        (25, Submitted("a", "p-9")),
    ) == [
        "making 1 clip, $0.80",
        "a: answer was unclear: looking it up, look 1 of 5",
        "a: answer was unclear: looking it up, look 1 of 5",
        "a: ordered as p-9",
    ]


def test_an_order_that_was_paid_for_before_is_named_too():
    """A run that resumes has nothing to pay, but money in it."""
    assert lines(
        (0, Started(1, MicroUsd(0))), (0, money("0.80", 0)), (1, Submitted("a", "p-1"))
    ) == ["making 1 clip, nothing to pay", "a: ordered as p-1"]


def test_a_long_wait_is_summed_up_at_most_once_a_minute():
    """Events drive it: the first after a minute says how the whole stands, but not at the end."""
    begin = [(0, Started(3, micro_usd("2.40"))), (0, money("0.80", "0.80", "0.80"))]
    work = [(second, Working("a", None)) for second in range(1, 130)]
    end = [(300, ShotFailed("b", "refused")), (500, Kept("a")), (700, Kept("c"))]
    assert lines(*begin, *work, *end) == [
        "making 3 clips, $2.40",
        "0 of 3 kept, 1 being made, spent $0.80, reserved $0.80",
        "0 of 3 kept, 1 being made, spent $0.80, reserved $0.80",
        "[0/3] b: failed: refused",
        "0 of 3 kept, 1 being made, 1 failed, spent $0.80, reserved $0.80",
        "[1/3] a: kept (8m19s)",
        "1 of 3 kept, 0 being made, 1 failed, spent $0.80, reserved $0.80",
        "[2/3] c: kept",
    ]


def test_a_free_run_is_summed_up_without_money():
    """What has no price has none to report."""
    assert lines((0, Started(2, MicroUsd(0))), (1, Working("a", 0.1)), (61, Working("a", 0.2))) == [
        "making 2 clips, nothing to pay",
        "0 of 2 kept, 1 being made",
    ]


@pytest.mark.parametrize(
    "event",
    [
        Kept("\x1b[2J\u202e"),
        ShotFailed("a", "\x1b[2J\u202e"),
        Submitted("a", "\x1b[2J\u202e"),
        Staged("a", Stage.UNCLEAR, "\x1b[2J\u202e"),
        Noted("\x1b[2J\u202e"),
        Inspected("a", (Remark(Oddity.SHORT, "\x1b[2J\u202e"),)),
    ],
    ids=lambda event: type(event).__name__,
)
def test_no_word_from_outside_reaches_a_log_as_a_control_character(event):
    """Names, reasons and notes come from files and servers."""
    said = follow(io.StringIO(), (Started(9, MicroUsd(1)), event))
    assert "␛[2J\ufffd" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_terminal_gets_a_board_and_is_left_clean():
    """What is under way is drawn, a failure stays readable, and the cursor comes back."""
    shown = follow(Terminal(), FREE[:3])
    assert "pounce" in shown
    assert "25%" in shown
    shown = follow(Terminal())
    assert "refused: [red]␛[2J" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_a_terminal_that_cannot_draw_gets_lines(monkeypatch):
    """A dumb terminal is told everything, in lines."""
    monkeypatch.setenv("TERM", "dumb")
    assert follow(Terminal()) == follow(io.StringIO())


def test_a_terminal_is_left_clean_after_a_fault():
    """The board goes away also when the run ends in an exception."""
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
