"""Time: lengths that are sold, trims and transitions that fit, words that can be spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.films import HEAD, card, film, findings, marked, subject
from storyboard.compiler.checks import check_film
from storyboard.compiler.checks.time import speaking_time
from storyboard.cutting.timeline import make_timeline
from storyboard.model.card import AnyLength, ListedLengths
from storyboard.model.diagnostic import Code
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey
from storyboard.model.story import Line
from storyboard.model.vocabulary import TRANSITION


@pytest.mark.parametrize(
    ("code", "guilty", "innocent"),
    [
        (
            Code.DURATION_NOT_SOLD,
            "shots: [{id: a, duration: «12.001s»}]",
            "shots: [{id: a, duration: 12s}]",
        ),
        (
            Code.DURATION_NOT_SOLD,
            "defaults: {duration: «13s»}\nshots: [{id: a}]",
            "defaults: {duration: 13s}\nshots: [{id: a, duration: 1s}]",
        ),
        (
            Code.DURATION_NOT_SOLD,
            "shots: [{id: a, duration: «11s», handles: 1s}]",
            "shots: [{id: a, duration: 10s, handles: 1s}]",
        ),
        (
            Code.BAD_TRIM,
            "shots: [{id: a, duration: 4s, trim: {out: «4.001s»}}]",
            "shots: [{id: a, duration: 4s, trim: {out: 4s}}]",
        ),
        (
            Code.BAD_TRIM,
            "shots: [{id: a, duration: 4s, trim: «{in: 4s}»}]",
            "shots: [{id: a, duration: 4s, trim: {in: 3s}}]",
        ),
        (
            Code.BAD_TRIM,
            "shots: [{id: a, trim: «{in: 2s, out: 2s}»}]",
            "shots: [{id: a, trim: {in: 2s, out: 3s}}]",
        ),
        (
            Code.BAD_TRIM,
            "shots: [{id: a, trim: «{in: 2s, out: 2.041s}»}]",
            "shots: [{id: a, trim: {in: 2s, out: 2.042s}}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, duration: «0.041»}]",
            "shots: [{id: a, duration: 0.042}]",
        ),
        (Code.WRONG_VALUE, "shots: [{id: a, duration: «0.0001»}]", "shots: [{id: a, duration: 1}]"),
        (
            Code.TRANSITION_TOO_LONG,
            "shots: [{id: a, duration: 1s}, {id: b, transition: «{type: dissolve, duration: 2s}»}]",
            "shots: [{id: a, duration: 2s}, {id: b, transition: {type: dissolve, duration: 2s}}]",
        ),
        (
            Code.TRANSITION_TOO_LONG,
            "shots: [{id: a, transition: «{type: fade-in, duration: 5s}»}]",
            "shots: [{id: a, transition: {type: fade-in, duration: 4s}}]",
        ),
        (
            Code.TRANSITION_TOO_LONG,
            "shots: [{id: a, duration: 9s}, {id: b, transition: «{type: fade-out, duration: 5s}»}]",
            "shots: [{id: a, duration: 1s}, {id: b, transition: {type: fade-out, duration: 4s}}]",
        ),
        (
            Code.TRANSITION_TOO_LONG,
            "shots: [{id: a}, {id: b, transition: «{type: dip-to-black, duration: 9s}»}, {id: c}]",
            "shots: [{id: a}, {id: b, transition: {type: dip-to-black, duration: 8s}}, {id: c}]",
        ),
        (
            Code.DIALOGUE_TOO_LONG,
            "shots: [{id: a, dialogue: «one two three four five six seven eight»}]",
            "shots: [{id: a, dialogue: one two three four five six seven}]",
        ),
        (
            Code.DIALOGUE_TOO_LONG,
            "shots: [{id: a, dialogue: «[one two three four, {line: five six seven eight}]»}]",
            "shots: [{id: a, dialogue: [one two three four, {line: five six seven}]}]",
        ),
        (
            Code.DIALOGUE_TOO_LONG,
            "language: ja\nshots: [{id: a, dialogue: «どこへ行ったのかなあの黄色い糸は»}]",
            "language: ja\nshots: [{id: a, dialogue: どこへ行ったのかなあの黄色い糸}]",
        ),
        (
            Code.OVER_RUNTIME,
            "budget: {runtime: «7.999s»}\nshots: [{id: a}, {id: b}]",
            "budget: {runtime: 8s}\nshots: [{id: a}, {id: b}, {id: c, skip: true}]",
        ),
    ],
)
def test_a_slip_and_the_film_beside_it(code, guilty, innocent):
    """The one finding is at the guilty time; the film that just fits has no finding."""
    text, (place,) = marked(HEAD + guilty)
    assert (code, place) in findings(text)
    assert {each for each, _ in findings(text)} == {code}
    assert findings(HEAD + innocent) == []


def test_a_transition_nobody_wrote_is_shown_at_the_next_shots():
    """A shot that only leaves too slowly points at the transition that it leaves by."""
    text, (place,) = marked(
        HEAD
        + "shots: [{id: a, duration: 1s}, {id: b, transition: «{type: wipe-left, duration: 3s}»}]"
    )
    assert findings(text) == [(Code.TRANSITION_TOO_LONG, place)]


def test_two_times_that_look_alike_are_told_apart():
    """A film a little over its running time says by how little."""
    text = HEAD + "budget: {runtime: 8s}\nshots: [{id: a}, {id: b, duration: 4.3s}]"
    (finding,) = check_film(subject(text))
    assert "8.3s" in finding.message


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        (ListedLengths((Millis(4000), Millis(8000))), "4s, 8s"),
        (ListedLengths(tuple(Millis(n * 1000) for n in range(4, 13))), "4s to 12s in steps of 1s"),
        (AnyLength(Millis(40), Millis(12_000)), "0.04s to 12s"),
    ],
)
def test_the_finding_says_what_is_sold(lengths, words):
    """The lengths of the card stand in the advice."""
    sold = subject(HEAD + "shots: [{id: a, duration: 20s}]", cards=[card(lengths=lengths)])
    (finding,) = check_film(sold)
    assert words in finding.help


@pytest.mark.parametrize(
    ("text", "language", "millis"),
    [
        ("one two three four five", "en", 2000),
        ("one two three four five", "de-AT", 2000),
        ("", "en", 0),
        ("猫が、走る。", "ja", 800),
        ("猫が、走る。", "ZH-hans", 800),
    ],
)
def test_how_long_a_line_takes(text, language, millis):
    """Two and a half words a second, or five characters where words are not set apart."""
    assert speaking_time(Line(text), language) == millis


@given(
    st.lists(
        st.tuples(
            st.integers(20, 3000), st.sampled_from(sorted(TRANSITION.phrases)), st.integers(0, 1500)
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["24", "23.976", "25", "30"]),
)
def test_a_film_without_findings_can_be_cut(shots, rate):
    """Whatever these checks let through, the cutting room can lay out."""
    listed = ", ".join(
        f"{{id: s{n}, duration: {length / 1000}, transition: {{type: {kind}, duration: {time}ms}}}}"
        for n, (length, kind, time) in enumerate(shots)
    )
    text = f"{HEAD}format: {{fps: {rate}}}\nshots: [{listed}]"
    if not findings(text):
        whole = film(text)
        clips = {shot.id: (ClipKey(shot.id), shot.clip_time) for shot in whole.shots}
        assert make_timeline(whole, clips).value is not None
