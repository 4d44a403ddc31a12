"""What is decided after shooting: what each of its fields means, and that none of it is bought."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.films import card, film, tree
from storyboard.compiler.lower import lower
from storyboard.compiler.planner import Owned, Script, make_plan
from storyboard.compiler.prompts.render import render_prompts
from storyboard.compiler.schema.check import fits
from storyboard.model.account import Account
from storyboard.model.money import Millis
from storyboard.model.post import Card, Credit, Loudness, Mix, Music, Track
from storyboard.model.source import Source
from storyboard.model.tree import plain

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "schemas" / "storyboard.schema.json").read_text("utf-8"))
TEMPLATES = {path.stem: path.read_text("utf-8") for path in (ROOT / "templates").glob("*.j2")}


def taken(text):
    """Return whether the schema takes a film's text."""
    return fits(plain(tree("storyboard: 1\n" + text)), SCHEMA)


def whole(fields):
    text = f"title: The Yarn\n{fields}\nshots: [{{id: a}}]"
    assert taken(text)
    return film(text)


def shot(fields):
    text = f"title: T\nshots: [{{id: a, {fields}}}]"
    assert taken(text)
    return film(text).shots[0]


def refused(fields, *, in_shot=True):
    shots, top = (f", {fields}", "") if in_shot else ("", fields)
    return not taken(f"title: T\n{top}\nshots: [{{id: a{shots}}}]")


def test_a_film_that_says_nothing_of_it():
    """Shots run at their own speed, in the middle, to -16 LUFS, without music or cards."""
    made = whole("")
    (only,) = made.shots
    assert (only.speed, only.hold, only.focus, only.mix) == (1, 0, (0.5, 0.5), Mix())
    assert (made.loudness, made.music) == (Loudness(-16.0, -1.0), None)
    assert (made.title_card, made.credits, made.metadata) == (None, None, ())


@pytest.mark.parametrize(
    ("written", "speed"),
    [
        ("0.5", Fraction(1, 2)),
        ("2", Fraction(2)),
        ("50%", Fraction(1, 2)),
        ('"12.5 %"', Fraction(1, 8)),
        ("1000%", Fraction(10)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_a_speed_is_exact(written, speed):
    """A number or a percentage, never a float."""
    assert shot(f"speed: {written}").speed == speed


@pytest.mark.parametrize("written", ["0.09", "10.1", "9%", "1001%", "1000.1%", '"2"', "fast", "-1"])
def test_a_speed_that_is_none(written):
    """From a tenth to ten times, and nothing else."""
    assert refused(f"speed: {written}")


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("centre", (0.5, 0.5)),
        ("center", (0.5, 0.5)),
        ("left", (0.0, 0.5)),
        ("right", (1.0, 0.5)),
        ("top", (0.5, 0.0)),
        ("bottom", (0.5, 1.0)),
        ("top-left", (0.0, 0.0)),
        ("top-right", (1.0, 0.0)),
        ("bottom-left", (0.0, 1.0)),
        ("bottom-right", (1.0, 1.0)),
        ("{x: 0.3, y: 0}", (0.3, 0.0)),
        ("{x: 0.3}", (0.3, 0.5)),
        ("{y: 1}", (0.5, 1.0)),
    ],
)
def test_a_focus_is_a_point(written, point):
    """A word for an edge or a corner, or numbers across and down."""
    assert shot(f"focus: {written}").focus == point


@pytest.mark.parametrize("written", ["middle", "{}", "{x: 1.1}", "{x: -0.1}", "[0, 1]", "0.5"])
def test_a_focus_that_is_none(written):
    """No point outside of the picture."""
    assert refused(f"focus: {written}")


def test_a_shots_mix():
    """Times, decibels in either spelling, and sounds beside the file that names them."""
    mix = shot(
        "hold: 1s, mix: {lead: 0.5s, trail: 250ms, gain: -3dB, mute: true, tracks: "
        "[sound/door.wav, {file: ./v.wav, at: 1s, gain: 2.5, role: voice-over}, {file: a.mp3}]}"
    ).mix
    assert (mix.lead, mix.trail, mix.gain, mix.mute) == (500, 250, -3.0, True)
    assert mix.tracks == (
        Track("sound/door.wav"),
        Track("v.wav", Millis(1000), 2.5, "voice-over"),
        Track("a.mp3", role="effect"),
    )


def test_a_hold_is_a_time():
    """A timecode counts at the film's rate, here too."""
    assert shot('hold: "00:00:01:12"').hold == 1500


@pytest.mark.parametrize("written", ["-3", '"-3dB"', "-3 dB", "-3.0", "-3.00 dB"])
def test_decibels_in_any_spelling(written):
    """With and without their unit."""
    assert shot(f"mix: {{gain: {written}}}").mix.gain == -3.0


@pytest.mark.parametrize("written", ["-61", "21", "-60.1dB", "20.1 dB", "-3 LUFS", '"-3"', "loud"])
def test_decibels_that_are_none(written):
    """From -60 to 20, however they are spelled."""
    assert refused(f"mix: {{gain: {written}}}")


@given(st.decimals(-99, 99, places=2), st.sampled_from(["", " "]))
def test_decibels_are_bounded_alike_as_text_and_as_number(gain, space):
    """A text is taken just where the number is, but for a plus or minus nothing."""
    number = fits(float(gain), {"$ref": "#/$defs/gain", "$defs": SCHEMA["$defs"]})
    text = fits(f"{gain}{space}dB", {"$ref": "#/$defs/gain", "$defs": SCHEMA["$defs"]})
    assert number == text


def test_sounds_of_an_included_file_are_beside_that_file():
    """A path belongs to the file it is written in."""
    text = "title: T\nmix: {music: a.mp3}\nshots: [{id: a, mix: {tracks: [../b.wav]}}]"
    made = lower(tree(text, "films/film.yaml")).value
    assert made.music.path == "films/a.mp3"
    assert made.shots[0].mix.tracks[0].path == "b.wav"


@pytest.mark.parametrize(
    ("written", "loudness"),
    [
        ("loudness: -23", Loudness(-23.0)),
        ("loudness: -23 LUFS", Loudness(-23.0)),
        ("loudness: -14.5LUFS, true_peak: -2", Loudness(-14.5, -2.0)),
        ("loudness: false", Loudness(None)),
        ('loudness: "off"', Loudness(None)),
        ("loudness: 0", Loudness(0.0)),
        ("true_peak: -1.5 dBTP", Loudness(-16.0, -1.5)),
    ],
)
def test_how_loud_a_film_is(written, loudness):
    """LUFS with or without the word; `false` and "off" leave every sound as it came."""
    assert whole(f"mix: {{{written}}}").loudness == loudness


@pytest.mark.parametrize(
    "written",
    ["loudness: true", "loudness: loud", "loudness: -16 dB", "true_peak: false", "music: true"],
)
def test_a_mix_that_is_none(written):
    """What is on needs a value."""
    assert refused(f"mix: {{{written}}}", in_shot=False)


def test_music():
    """A file alone is played as usual; each of its fields can be said."""
    assert whole("mix: {music: waltz.mp3}").music == Music("waltz.mp3")
    full = "{file: a.mp3, gain: -20, duck: -3 dB, start: 2s, fade_in: 0, fade_out: 1s}"
    assert whole(f"mix: {{music: {full}}}").music == Music(
        "a.mp3", -20.0, -3.0, Millis(2000), Millis(0), Millis(1000)
    )
    assert whole("mix: {music: false}").music is None
    assert refused("mix: {music: {file: a.mp3, duck: 3}}", in_shot=False)
    assert refused("mix: {music: {file: a.mp3, duck: 3dB}}", in_shot=False)
    assert refused("mix: {music: {gain: -20}}", in_shot=False)


@pytest.mark.parametrize(
    ("written", "card"),
    [
        ("true", Card("title", Millis(3000), "The Yarn")),
        ("false", None),
        ("Das Garn", Card("title", Millis(3000), "Das Garn")),
        (
            "{subtitle: a film, duration: 5s}",
            Card("title", Millis(5000), "The Yarn", "a film"),
        ),
        ("{title: Other}", Card("title", Millis(3000), "Other")),
        ("{duration: 0.0001}", Card("title", Millis(0), "The Yarn")),
    ],
)
def test_a_title_card(written, card):
    """`true` shows the film's title for three seconds; all of it can be said."""
    assert whole(f"title_card: {written}").title_card == card


@pytest.mark.parametrize(
    ("written", "card"),
    [
        ("[Ann Lee]", Card("credits", Millis(3000), credits=(Credit("Ann Lee"),))),
        (
            "[{role: by, name: Ann}, Bo, Cy, Di]",
            Card(
                "credits",
                Millis(4000),
                credits=(Credit("Ann", "by"), Credit("Bo"), Credit("Cy"), Credit("Di")),
            ),
        ),
        ("{heading: The End}", Card("credits", Millis(3000), "The End")),
        (
            "{lines: [Ann], duration: 9s}",
            Card("credits", Millis(9000), credits=(Credit("Ann"),)),
        ),
        ("false", None),
    ],
)
def test_credits(written, card):
    """The more lines, the longer they stand; a list is the lines alone."""
    assert whole(f"credits: {written}").credits == card


@pytest.mark.parametrize("written", ["true", "[]", "{}", "Ann Lee", "[{role: by}]", '[""]'])
def test_credits_that_are_none(written):
    """Credits name somebody."""
    assert refused(f"credits: {written}", in_shot=False)


def test_metadata():
    """Short texts by name, in the order written; a number is its shortest spelling."""
    made = whole("metadata: {author: ' Ann Lee ', year: 2026, copyright: © Ann}")
    assert made.metadata == (("author", "Ann Lee"), ("year", "2026"), ("copyright", "© Ann"))
    assert refused("metadata: {Author: Ann}", in_shot=False)
    assert refused("metadata: {author: [Ann]}", in_shot=False)
    assert refused(f"metadata: {{comment: {'x' * 501}}}", in_shot=False)


POST = [
    ("speed: 2", ""),
    ("speed: 50%", ""),
    ("hold: 3s", ""),
    ("focus: left", ""),
    ("mix: {gain: -3, mute: true, tracks: [a.wav]}", ""),
    ("transition: {type: wipe-down, duration: 0.25s}", ""),
    ("", "mix: {loudness: -23, music: a.mp3}"),
    ("", "title_card: {subtitle: a film}\ncredits: [Ann Lee]"),
    ("", "metadata: {author: Ann Lee}"),
]


SOLD = {"house": card(), "animatic": card(id="animatic", provider="animatic")}


class Templates:
    """The templates that come with the program."""

    def get(self, name):
        return Source(name, TEMPLATES.get(name, ""))

    def names(self):
        return tuple(TEMPLATES)


def bought(fields, top, model):
    """Return the keys of the clips that a film buys, their prompts and their price."""
    shots = f"{{id: a, action: runs, handles: 1s}}, {{id: b, action: sits, handles: 1s, {fields}}}"
    made = film(f"title: T\nmodel: {model}\n{top}\nshots: [{shots}]")
    prompts = {each.shot: each.text for each in render_prompts(made, Templates()).value}
    script = Script(made, prompts, {}, SOLD)
    plan = make_plan("film.yaml", script, owned=Owned(), account=Account("bronze", 5, 3))
    return [each.key for each in plan.shots], prompts, plan.cost


@pytest.mark.parametrize("model", ["house", "animatic"])
@pytest.mark.parametrize(("fields", "top"), POST)
def test_nothing_of_it_is_bought(fields, top, model):
    """No clip's key, no prompt and no price knows of it."""
    assert bought(fields, top, model) == bought("", "", model)


def test_what_is_bought_is_seen():
    """The control: what a model is sent changes a clip's key."""
    assert bought("seed: 1", "", "house")[0] != bought("", "", "house")[0]
    assert bought("duration: 5s", "", "animatic")[0] != bought("", "", "animatic")[0]
    assert bought("camera: slow", "", "house")[1] != bought("", "", "house")[1]
