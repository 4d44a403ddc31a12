"""What a terminal shows of a run: the shots in hand, the totals, and what stays above."""

import io
from contextlib import suppress

import pytest
from rich.console import Console, ConsoleDimensions

from fakes.clock import FakeClock
from storyboard.engine.events import (
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
from storyboard.report.bars import RunBars
from storyboard.report.board import board
from storyboard.report.cells import width_of
from storyboard.report.standing import Standing

BUYING = (
    (0, Started(6, micro_usd("4.80"))),
    (0, Money(micro_usd("1.60"), micro_usd("0.80"), micro_usd("2.40"))),
    (0, Staged("a/one", Stage.WAITING)),
    (0, Staged("a/two", Stage.ORDERING)),
    (0, Submitted("a/two", "p-2")),
    (10, Staged("a/three", Stage.UNCLEAR, "look 2 of 5")),
    (20, Submitted("a/four", "p-4")),
    (100, Kept("a/two")),
)


class CountedWrites(io.StringIO):
    writes = 0

    def write(self, text):
        self.writes += 1
        return super().write(text)


def standing(*events):
    run = Standing()
    for now, event in events:
        run.see(event, now)
    return run


def drawn(events, now, width=80, height=24):
    return board(standing(*events), now, ConsoleDimensions(width, height)).plain.splitlines()


def words(line):
    return line.split()


@pytest.fixture(autouse=True)
def _able_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")


def bars(stream, clock=None):
    console = Console(
        file=stream,
        force_terminal=True,
        force_interactive=True,
        color_system="standard",
        no_color=False,
        width=80,
        height=24,
    )
    return RunBars(console, None if clock is None else clock.monotonic)


def test_a_shot_in_hand_is_a_line_and_the_rest_is_counted():
    """Its name, its stage in words, its time; waiting and kept shots are only counted."""
    assert drawn(BUYING, 126) == [
        "⠋ a/three  answer was unclear: looking it up, look 2 of 5                  1:56",
        "⠋ a/four   being made                                                      1:46",
        "━━━━━━━━━━━━━━━━━━━━  1/6 kept · 3 waiting · 2:06 elapsed · 2:30 left",
        "spent $1.60 · reserved $0.80 · to order $2.40",
    ]


def test_a_shot_that_says_how_far_it_is_has_a_bar():
    """A free clip is drawn with its share, and a run without money has no line for it."""
    events = ((0, Started(2, MicroUsd(0))), (0, Submitted("a", "p")), (5, Working("a", 0.5)))
    assert drawn(events, 10) == [
        "⠋ a  being made                                        ━━━━━━━━━━  50%     0:10",
        "━━━━━━━━━━━━━━━━━━━━  0/2 kept · 1 waiting · 0:10 elapsed · 0:30 left",
    ]


def test_the_bar_of_the_whole_counts_a_half_made_clip_half():
    """The share grows with every step of a clip, not only when one ends."""
    run = standing((0, Started(4, MicroUsd(0))), (0, Working("a", 0.5)), (0, Kept("b")))
    assert run.share == pytest.approx(1.5 / 4)


def test_a_share_that_is_not_said_again_stays():
    """A look without a figure does not take the last one away."""
    run = standing((0, Started(4, MicroUsd(0))), (0, Working("a", 0.5)), (0, Working("a", None)))
    assert run.share == pytest.approx(0.5 / 4)


def test_a_shot_that_is_made_after_all_has_no_unclear_answer_any_more():
    """What is told last is what is shown."""
    lines = drawn((*BUYING, (120, Working("a/three", None))), 126)
    assert words(lines[0]) == ["⠋", "a/three", "being", "made", "1:56"]


def test_trouble_with_asking_is_shown_until_there_is_an_answer():
    """The reason that a look gave stands beside the stage, and goes with the next good look."""
    trouble = (120, Staged("a/four", Stage.MAKING, "no answer"))
    assert "being made, no answer" in drawn((*BUYING, trouble), 126)[1]
    answered = (122, Working("a/four", None))
    assert "no answer" not in drawn((*BUYING, trouble, answered), 126)[1]


def test_a_failed_shot_leaves_and_is_counted():
    """It takes no line any more."""
    lines = drawn((*BUYING, (120, ShotFailed("a/four", "refused"))), 125)
    assert not any("a/four" in line for line in lines)
    assert "1/6 kept · 1 failed · 3 waiting" in lines[-2]


def test_a_shot_that_has_to_wait_again_leaves():
    """An order that was put off is counted with those that wait."""
    lines = drawn((*BUYING, (120, Staged("a/four", Stage.WAITING))), 125)
    assert not any("a/four" in line for line in lines)
    assert "4 waiting" in lines[-2]


def test_the_time_left_is_unknown_until_there_is_something_to_reckon_with():
    """No clip is kept and none says how far it is."""
    assert "- left" in drawn(BUYING[:-1], 90)[-2]


def test_the_time_left_knows_how_many_go_on_side_by_side():
    """Two hundred shots by twenty at once, 60 s each: ten rounds of a minute, one of them done."""
    run = standing((0, Started(200, MicroUsd(1))))
    for shot in range(20):
        run.see(Submitted(f"done-{shot}", "p"), 0)
        run.see(Kept(f"done-{shot}"), 60)
        run.see(Submitted(f"now-{shot}", "p"), 60)
    assert run.left(60) == pytest.approx(9 * 60)


def test_the_time_left_is_never_less_than_the_last_shot_needs():
    """One shot that has just begun takes its time, though all others are nearly made."""
    run = standing((0, Started(3, MicroUsd(1))), (0, Submitted("a", "p")), (60, Kept("a")))
    run.see(Submitted("b", "p"), 1)
    run.see(Submitted("c", "p"), 60)
    assert run.left(60) == pytest.approx(60)


def test_more_shots_than_lines_are_counted_and_the_longest_running_shown():
    """The board never is higher than its terminal, and what hangs is what is seen."""
    events = [(0, Started(300, MicroUsd(800_000))), BUYING[1]]
    events += [(second, Submitted(f"shot-{second:03}", "p")) for second in range(100)]
    events += [(150, Working(f"shot-{second:03}", None)) for second in reversed(range(100))]
    lines = drawn(events, 200, height=16)
    assert [words(line)[1] for line in lines[:12]] == [f"shot-{number:03}" for number in range(12)]
    assert lines[12] == "  and 88 more"
    assert len(lines) == 15


def test_shots_that_fit_are_all_shown():
    """The control: one line more, and nothing is hidden."""
    events = [(0, Started(13, MicroUsd(0)))]
    events += [(second, Submitted(f"shot-{second:03}", "p")) for second in range(13)]
    assert not any("more" in line for line in drawn(events, 20, height=15))
    assert "  and 2 more" in drawn(events, 20, height=14)


@pytest.mark.parametrize("width", [10, 20, 40, 59, 60, 79, 80, 200])
def test_no_line_is_wider_than_its_terminal(width):
    """A line that wraps would not be wiped away; long names and details give way."""
    events = [
        *BUYING,
        (100, Staged("a-very-long-scene/with-a-very-long-shot", Stage.UNCLEAR, "x" * 300)),
        (100, Working("猫猫猫猫猫猫猫猫猫猫猫猫猫/猫猫猫猫猫猫猫猫猫", 0.123)),
    ]
    console = Console(file=io.StringIO(), width=width, height=24)
    console.print(board(standing(*events), 4000, console.size))
    shown = console.file.getvalue().splitlines()
    assert len(shown) == 6
    assert all(width_of(line) < width for line in shown)


def test_a_board_before_the_run_is_empty():
    """Nothing is drawn of what nobody knows yet."""
    assert drawn((), 5) == []


def test_what_happened_stays_above_the_board():
    """Failures, findings about clips and notes are still there when the board is gone."""
    stream = io.StringIO()
    with bars(stream, FakeClock()) as see:
        see(Started(2, MicroUsd(1)))
        see(ShotFailed("[red]a", "refused \x1b[2J"))
        see(Inspected("b", (Remark(Oddity.OTHER_MODEL, "the clip is 30 fps"),)))
        see(Noted("the service has trouble: no more orders"))
    shown = stream.getvalue()
    assert "\x1b[31mfailed\x1b[0m: [red]a: refused ␛[2J" in shown
    assert "\x1b[33mnote[other-model]\x1b[0m: b: the clip is 30 fps" in shown
    assert "\x1b[33mnote\x1b[0m: the service has trouble: no more orders" in shown
    assert shown.count("the service has trouble") == 1


def test_the_board_is_gone_when_it_is_closed():
    """The last thing that is done wipes the lines it has drawn: two shots and two totals."""
    stream = io.StringIO()
    with bars(stream, FakeClock()) as see:
        for _, event in BUYING:
            see(event)
    assert stream.getvalue().endswith("\x1b[?25h\r" + "\x1b[1A\x1b[2K" * 4)


def test_what_happened_is_said_also_when_the_run_breaks_off():
    """A fault right after a failure does not swallow it."""
    stream = io.StringIO()
    with suppress(KeyboardInterrupt), bars(stream) as see:
        see(ShotFailed("a", "refused"))
        raise KeyboardInterrupt
    assert "a: refused" in stream.getvalue()


def test_events_are_noted_and_not_drawn_one_by_one():
    """A thousand shots that start, fail and tell of it cost a handful of drawings."""
    stream = CountedWrites()
    with bars(stream) as see:
        see(Started(1000, MicroUsd(1)))
        for shot in range(1000):
            see(Submitted(f"shot-{shot}", "p"))
            see(Working(f"shot-{shot}", 0.5))
            see(ShotFailed(f"shot-{shot}", "refused"))
    assert stream.writes < 300
    assert stream.getvalue().count("refused") == 1000


def test_the_controls_of_a_hostile_film_are_shown_not_obeyed():
    """Names and details are made harmless on the board too."""
    events = ((0, Started(1, MicroUsd(0))), (0, Staged("\x1b[2J", Stage.MAKING, "\u202e[bold]")))
    line = drawn(events, 0)[0]
    assert "␛[2J" in line
    assert "being made, \ufffd[bold]" in line
