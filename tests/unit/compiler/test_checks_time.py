"""Time: lengths that are sold, trims and transitions that fit, words that can be spoken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.films import HEAD, card, film, findings, marked, subject
from storyboard.compiler.checks import check_film
from storyboard.compiler.checks.time import speaking_time
from storyboard.cutting.timeline import make_timeline
from storyboard.model.card import AnyLength, ListedLengths
from storyboard.model.diagnostic import Code
from storyboard.model.money import Millis
from storyboard.model.pacing import paced
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


@pytest.mark.parametrize("text", ["one two three four five", "猫が毛糸を持つ"])
def test_a_line_takes_as_long_as_its_caption_stands(text):
    """The check and the captions count at one pace."""
    ((start, end),) = paced([text], 20)
    assert speaking_time(Line(text), "ja" if text > "z" else "en") == round((end - start) * 1000)


def test_a_shot_is_as_long_as_its_speed_and_hold_make_it():
    """A transition fits a slow or held shot that is too long for a fast one."""
    text = HEAD + "shots: [{{id: a}}, {{id: b, {}, transition: {{type: fade-in, duration: {}}}}}]"
    assert findings(text.format("speed: 2", "2s")) == []
    assert [code for code, _ in findings(text.format("speed: 2", "2.001s"))] == [
        Code.TRANSITION_TOO_LONG
    ]
    assert findings(text.format("speed: 50%", "8s")) == []
    assert findings(text.format("speed: 2, hold: 1s", "3s")) == []


def test_a_handle_is_no_room_for_a_transition():
    """What is bought beside a shot is not on screen, and neither is what a trim takes off."""
    text = HEAD + "shots: [{{id: a}}, {{id: b, {}, transition: {{type: dissolve, duration: 4s}}}}]"
    assert findings(text.format("duration: 4s, handles: 2s")) == []
    for shorter in ("duration: 3s, handles: 2s", "duration: 4s, trim: {in: 1s}"):
        assert {code for code, _ in findings(text.format(shorter))} == {Code.TRANSITION_TOO_LONG}


def test_no_three_pictures_are_seen_at_once():
    """Two dissolves of two seconds fit in a shot of four, and in none that is shorter."""
    text = (
        HEAD + "defaults: {{transition: {{type: dissolve, duration: 2s}}}}\n"
        "shots: [{{id: a}}, {{id: b, duration: {}}}, {{id: c}}]"
    )
    assert findings(text.format("4s")) == []
    assert [code for code, _ in findings(text.format("3.9s"))] == [Code.TRANSITION_TOO_LONG]


@pytest.mark.parametrize(
    ("code", "guilty"),
    [
        (Code.WRONG_VALUE, "shots: [{id: a, duration: 0.4s, speed: «10»}]"),
        (Code.WRONG_VALUE, "shots: [{id: a, duration: «40ms», hold: 3s}]"),
        (Code.BAD_TRIM, "shots: [{id: a, trim: «{in: 3.6s}», speed: 10}]"),
        (Code.WRONG_VALUE, "title_card: {duration: «40ms»}\nshots: [{id: a}]"),
        (Code.WRONG_VALUE, "credits: {lines: [Ann], duration: «40ms»}\nshots: [{id: a}]"),
        # two and a half frames of film later, one frame's time rounds to none
        (
            Code.WRONG_VALUE,
            "format: {fps: 25}\nshots: [{id: a, duration: 60ms}, {id: b, duration: «40ms»}]",
        ),
    ],
)
def test_everything_runs_for_a_frame(code, guilty):
    """However fast it is, and whatever is held after it."""
    text, (place,) = marked(HEAD + guilty)
    assert findings(text) == [(code, place)]


def test_a_trim_that_leaves_nothing_is_said_once():
    """A held frame of nothing is no second finding."""
    text, (place,) = marked(HEAD + "shots: [{id: a, trim: «{in: 4s}», hold: 2s}]")
    assert findings(text) == [(Code.BAD_TRIM, place)]


def test_a_card_too_short_for_a_dip():
    """The dip of the first shot begins in the title card, and is the guilty one."""
    text, (place,) = marked(
        HEAD
        + "title_card: {duration: 1s}\n"
        + "shots: [{id: a, transition: «{type: dip-to-white, duration: 2s}»}]"
    )
    assert findings(text) == [(Code.TRANSITION_TOO_LONG, place)]
    assert findings(text.replace("duration: 2s", "duration: 1s")) == []


def test_cards_and_holds_count_for_the_running_time():
    """A title, a credit and a held frame are film as well; a fast shot is less."""
    text = HEAD + "budget: {{runtime: {}}}\ntitle_card: true\ncredits: [Ann]\nshots: [{}]"
    shots = "{id: a, speed: 2, hold: 1s}, {id: b}"
    assert findings(text.format("13s", shots)) == []
    assert [code for code, _ in findings(text.format("12.9s", shots))] == [Code.OVER_RUNTIME]


IMPOSSIBLE = {
    Code.BAD_TRIM,
    Code.WRONG_VALUE,
    Code.TRANSITION_TOO_LONG,
    Code.LEAD_TOO_LONG,
    Code.TRAIL_TOO_LONG,
}


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "duration": st.integers(20, 3000),
                "handles": st.sampled_from([0, 0, 300]),
                "trim": st.sampled_from(["", "", "trim: {in: 15ms}, ", "trim: {in: 400ms}, "]),
                "speed": st.sampled_from(["10%", "50%", "1", "1", "2.5", "10"]),
                "hold": st.sampled_from([0, 0, 50, 700]),
                "kind": st.sampled_from(sorted(TRANSITION.phrases)),
                "time": st.integers(0, 1500),
                "lead": st.sampled_from([0, 0, 0, 20, 250, 400]),
                "trail": st.sampled_from([0, 0, 0, 20, 250, 400]),
            }
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["24", "23.976", "25", "30"]),
    st.sampled_from(["", "title_card: {duration: 40ms}", "title_card: {duration: 800ms}"]),
    st.sampled_from(["", "credits: [Ann]"]),
)
def test_the_findings_are_what_cannot_be_cut(shots, rate, title, ending):
    """Whatever these checks let through, the cutting room can lay out; and nothing else."""
    shape = (
        "{{id: s{}, duration: {duration}ms, handles: {handles}ms, {trim}"
        "speed: {speed}, hold: {hold}ms, "
        "transition: {{type: {kind}, duration: {time}ms}}, "
        "mix: {{lead: {lead}ms, trail: {trail}ms}}}}"
    )
    listed = ", ".join(shape.format(n, **shot) for n, shot in enumerate(shots))
    text = f"{HEAD}format: {{fps: {rate}}}\n{title}\n{ending}\nshots: [{listed}]"
    whole = film(text)
    clips = {shot.id: (ClipKey(shot.id), shot.clip_time) for shot in whole.shots}
    found = {code for code, _ in findings(text)}
    assert found <= IMPOSSIBLE
    if found:
        with pytest.raises(ValueError, match="shot "):
            make_timeline(whole, clips)
    else:
        assert make_timeline(whole, clips).value is not None
