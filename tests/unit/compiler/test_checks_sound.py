"""Sound: leads and trails that the clips have, tracks that are heard, levels that can be met."""

import pytest

from fakes.films import HEAD, findings, marked, subject
from storyboard.compiler.checks import check_film
from storyboard.model.diagnostic import Code

LEAD = "shots: [{id: a}, {id: b, handles: 1s, mix: {lead: «1.001s»}}]"


@pytest.mark.parametrize(
    ("code", "guilty", "innocent"),
    [
        (Code.LEAD_TOO_LONG, LEAD, LEAD.replace("«1.001s»", "1s")),
        (
            Code.LEAD_TOO_LONG,
            "shots: [{id: a}, {id: b, trim: {in: 1s}, speed: 2, mix: {lead: «1s»}}]",
            "shots: [{id: a}, {id: b, trim: {in: 1s}, speed: 50%, mix: {lead: 2s}}]",
        ),
        (
            Code.LEAD_TOO_LONG,
            "shots: [{id: a, handles: 1s, mix: {lead: «10ms»}}]",
            "title_card: true\nshots: [{id: a, handles: 1s, mix: {lead: 10ms}}]",
        ),
        (
            Code.LEAD_TOO_LONG,
            "shots: [{id: a}, {id: b, duration: 1s}, {id: c, handles: 2s, mix: {lead: «1.5s»}}]",
            "shots: [{id: a}, {id: b, duration: 2s}, {id: c, handles: 2s, mix: {lead: 1.5s}}]",
        ),
        (
            Code.TRAIL_TOO_LONG,
            "shots: [{id: a, trim: {out: 3s}, mix: {trail: «1.001s»}}, {id: b}]",
            "shots: [{id: a, trim: {out: 3s}, mix: {trail: 1s}}, {id: b}]",
        ),
        (
            Code.TRAIL_TOO_LONG,
            "shots: [{id: a, trim: {in: 1s}, handles: 1s, mix: {trail: «2s»}}, {id: b}]",
            "shots: [{id: a, trim: {in: 1s}, handles: 1s, mix: {trail: 1s}}, {id: b}]",
        ),
        (
            Code.TRAIL_TOO_LONG,
            "shots: [{id: a, handles: 1s, mix: {trail: «10ms»}}]",
            "credits: [Ann]\nshots: [{id: a, handles: 1s, mix: {trail: 10ms}}]",
        ),
        (
            Code.TRAIL_TOO_LONG,
            "shots: [{id: a, handles: 1s, hold: 1s, mix: {trail: «10ms»}}, {id: b}]",
            "shots: [{id: a, handles: 1s, hold: 1s}, {id: b}]",
        ),
        (
            Code.TRAIL_TOO_LONG,
            "shots: [{id: a, handles: 2s, mix: {trail: «1.5s»}}, {id: b, duration: 1s}, {id: c}]",
            "shots: [{id: a, handles: 2s, mix: {trail: 1.5s}}, {id: b, duration: 2s}, {id: c}]",
        ),
        (
            Code.TRACK_TOO_LATE,
            "shots: [{id: a, mix: {tracks: [x.wav, {file: x.wav, at: «4s»}]}}]",
            "shots: [{id: a, hold: 1s, mix: {tracks: [x.wav, {file: x.wav, at: 4s}]}}]",
        ),
        (
            Code.MUSIC_FADE_TOO_LONG,
            "mix: {music: {file: x.mp3, fade_in: 2s, fade_out: «2.1s»}}\nshots: [{id: a}]",
            "mix: {music: {file: x.mp3, fade_in: 2s, fade_out: 2s}}\nshots: [{id: a}]",
        ),
        (
            Code.MUSIC_FADE_TOO_LONG,
            "mix: {music: {file: x.mp3, fade_in: «4.1s»}}\nshots: [{id: a}]",
            "mix: {music: {file: x.mp3, fade_in: 4s}}\nshots: [{id: a}]",
        ),
        (
            Code.BAD_LOUDNESS,
            "mix: {loudness: «-40.1»}\nshots: [{id: a}]",
            "mix: {loudness: -40}\nshots: [{id: a}]",
        ),
        (
            Code.BAD_LOUDNESS,
            "mix: {loudness: «-4 LUFS»}\nshots: [{id: a}]",
            "mix: {loudness: false}\nshots: [{id: a}]",
        ),
        (
            Code.BAD_LOUDNESS,
            "mix: {true_peak: «0.1»}\nshots: [{id: a}]",
            "mix: {true_peak: 0}\nshots: [{id: a}]",
        ),
        (
            Code.BAD_LOUDNESS,
            "mix: {true_peak: «-21 dBTP»}\nshots: [{id: a}]",
            "mix: {true_peak: -20 dBTP}\nshots: [{id: a}]",
        ),
    ],
)
def test_a_slip_and_the_film_beside_it(code, guilty, innocent):
    """The one finding is at the guilty value; the film that just does has no finding."""
    text, (place,) = marked(HEAD + guilty)
    assert findings(text) == [(code, place)]
    assert findings(HEAD + innocent) == []


@pytest.mark.parametrize(
    ("shots", "words"),
    [
        ("{id: a, handles: 1s, mix: {lead: 1s}}", "the film begins with it"),
        ("{id: a, mix: {lead: 1s}}", "the film begins with it"),
        ("{id: b}, {id: a, mix: {lead: 1s}}", "its clip has 0s before"),
        ("{id: b, duration: 1s}, {id: a, handles: 2s, mix: {lead: 2s}}", "1s of picture come"),
        ("{id: a, handles: 1s, mix: {trail: 1s}}", "the film ends with it"),
        ("{id: a, mix: {trail: 1s}}", "the film ends with it"),
        ("{id: a, mix: {trail: 1s}}, {id: b}", "its clip has 0s after"),
        ("{id: a, handles: 2s, mix: {trail: 2s}}, {id: b, duration: 1s}", "1s of picture come"),
        ("{id: a, handles: 2s, hold: 1s, mix: {trail: 2s}}, {id: b}", "last picture is held"),
    ],
)
def test_the_finding_says_what_is_in_the_way(shots, words):
    """The clip, the film's end, a neighbour or a hold: each wants another cure."""
    (finding,) = check_film(subject(f"{HEAD}shots: [{shots}]"))
    assert words in finding.message


def test_a_default_that_many_shots_inherit_is_found_once_for_each():
    """A lead that suits no shot is said of every shot that has it."""
    text = HEAD + "defaults: {mix: {lead: 1s}}\nshots: [{id: a}, {id: b, handles: 1s}, {id: c}]"
    assert [code for code, _ in findings(text)] == [Code.LEAD_TOO_LONG] * 2
