"""Money and time: every spelling means one exact number, and writing it back loses nothing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.model.money import (
    Frames,
    MicroUsd,
    Millis,
    decimal_usd,
    frames,
    micro_usd,
    parse_duration,
    show_clock,
    show_seconds,
    show_usd,
    timecode,
)

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(60),
]


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("6.00", 6_000_000),
        (0.1, 100_000),
        ("0.0000005", 1),
        ("0.00000049", 0),
        ("-1.5", -1_500_000),
        (7, 7_000_000),
    ],
)
def test_dollars_become_micro_dollars(amount, micros):
    """An amount is exact to a millionth, and rounds half up beyond it."""
    assert micro_usd(amount) == micros


@pytest.mark.parametrize("amount", ["", "six", "1,50", "nan", "inf", "-inf", "snan", "1e9999999"])
def test_what_is_no_amount_is_refused(amount):
    """Text that is no amount, or one beyond counting, is a ValueError and nothing else."""
    with pytest.raises(ValueError, match=r"amount of dollars|convert"):
        micro_usd(amount)


@given(st.integers(-(10**12), 10**12))
def test_money_survives_being_written(micros):
    """A decimal string holds exactly the amount it was made from, with at least cents."""
    text = decimal_usd(MicroUsd(micros))
    assert micro_usd(text) == micros
    assert Decimal(text) * 1_000_000 == micros
    assert len(text.partition(".")[2]) >= 2


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (4_800_000, "$4.80"),
        (0, "$0.00"),
        (1, "$0.000001"),
        (-250_000, "-$0.25"),
        (125_000, "$0.125"),
    ],
)
def test_money_for_people(micros, text):
    """Money shows cents, and more digits only where it has them."""
    assert show_usd(MicroUsd(micros)) == text


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("8", 8000),
        ("8s", 8000),
        ("0.5s", 500),
        ("500ms", 500),
        ("1m30s", 90_000),
        ("1m 30s", 90_000),
        ("2min", 120_000),
        ("1h", 3_600_000),
        ("1h1m1s1ms", 3_661_001),
        (" 8s ", 8000),
        ("0", 0),
        ("24h", 86_400_000),
        ("00:00:08:12", 8500),
    ],
)
def test_spellings_of_a_duration(text, millis):
    """Every spelling the language allows is read."""
    assert parse_duration(text, Fraction(24)) == millis


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "s",
        "-1",
        "1:30",
        "eight",
        "8 s",
        "1s1m",
        "1m30",
        ".5",
        "1e3",
        "24h1ms",
        "00:00:08:24",
        "00:61:00:00",
        "٨s",
        "9" * 5000,
        "0:0:8:12",
    ],
)
def test_what_is_no_duration(text):
    """Anything else is None, never an exception: another order, other digits, a frame too many."""
    assert parse_duration(text, Fraction(24)) is None


@given(st.text(max_size=80), st.sampled_from(RATES))
def test_no_text_breaks_the_reader_of_durations(text, rate):
    """Arbitrary text is a duration up to a day, or None."""
    duration = parse_duration(text, rate)
    assert duration is None or 0 <= duration <= 86_400_000


@given(st.integers(0, 86_400_000))
def test_seconds_for_people_are_read_back(millis):
    """A duration as shown to people is one the language reads, and the same."""
    assert parse_duration(show_seconds(Millis(millis)), Fraction(24)) == millis


@pytest.mark.parametrize(
    ("millis", "text"),
    [(0, "0s"), (500, "0.5s"), (8000, "8s"), (60_000, "1m"), (90_500, "1m30.5s"), (10_000, "10s")],
)
def test_seconds_for_people(millis, text):
    """Whole numbers stay whole, and minutes come from a minute on."""
    assert show_seconds(Millis(millis)) == text


@pytest.mark.parametrize(
    ("millis", "text"),
    [(0, "0:00"), (6500, "0:07"), (65_000, "1:05"), (59_600, "1:00"), (3_605_000, "1:00:05")],
)
def test_running_times(millis, text):
    """A running time is minutes and seconds, with hours only where there are any."""
    assert show_clock(Millis(millis)) == text


@pytest.mark.parametrize("rate", RATES)
@given(data=st.data())
def test_timecodes_come_back(rate, data):
    """Frame, timecode, duration, frame: the same frame at every rate, also the fractional ones."""
    frame = Frames(data.draw(st.integers(0, int(86_399 * rate))))
    duration = parse_duration(timecode(frame, rate), rate)
    assert duration is not None
    assert frames(duration, rate) == frame


def test_a_second_of_timecode_is_longer_than_a_second_at_23_976():
    """Non-drop timecode counts 24 frames a second; at 24000/1001 they last 1001 ms."""
    rate = Fraction(24000, 1001)
    assert parse_duration("00:01:00:00", rate) == 60_060
    assert timecode(Frames(1440), rate) == "00:01:00:00"
    assert timecode(Frames(1439), rate) == "00:00:59:23"


@pytest.mark.parametrize(
    ("rate", "last"),
    [(RATES[0], 23), (RATES[1], 23), (RATES[2], 24), (RATES[3], 29), (RATES[4], 29)],
)
def test_the_last_frame_of_a_second(rate, last):
    """A timecode's frames count from 00 to one below the nominal rate."""
    assert parse_duration(f"00:00:00:{last}", rate) is not None
    assert parse_duration(f"00:00:00:{last + 1}", rate) is None


@given(st.integers(0, 86_400_000), st.integers(0, 86_400_000), st.sampled_from(RATES))
def test_frames_never_run_backwards(one, other, rate):
    """A longer duration never fills fewer frames."""
    short, long = sorted((one, other))
    assert frames(Millis(short), rate) <= frames(Millis(long), rate)
