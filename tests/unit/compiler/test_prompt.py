"""One prompt per shot, through the template the shot names; what a prompt says, and never says."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.prompt_films import FULL, MIA, NOWHERE, SHIPPED, Templates, film_of, shot_of, text_of
from storyboard.compiler.prompts.render import Prompt, render_prompts
from storyboard.compiler.prompts.views import FIELDS, LISTS, ROOTS
from storyboard.model.money import Millis
from storyboard.model.story import Camera, Character, Line, Location, Sound
from storyboard.model.vocabulary import ANGLE, COMPOSITION, MOVE, SIZE, SPEED, SUPPORT

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "prompts"
TEMPLATES = ("cinematic", "sections", "plain")

CASES = {
    "everything": (FULL, {"heading": "INT. PARLOUR - NIGHT"}),
    "silent": ({"location": "parlour", "action": "the clock strikes\n"}, {"time_of_day": "dusk"}),
    "nowhere": ({"action": "A cat sleeps", "camera": Camera(size="ws")}, {"heading": "EXT. SEA"}),
    "short-forms": (
        {
            "action": "- She takes four steps\n- pauses\n- pulls the curtain",
            "camera": Camera(text="handheld, close on the hands,"),
            "sound": Sound(text="rain on glass."),
            "dialogue": (Line("MIA: Who's there?\nNARRATOR: No one.\nSilence, please"),),
        },
        {},
    ),
    "heard": (
        {
            "characters": ("mia",),
            "dialogue": (Line("Wait—", "ben", "o.s.", "whispering"), Line("Go.", "ben", "v.o.")),
            "sound": Sound(music="slow strings"),
            "camera": Camera(moves=("static",), speed="slow", support="tripod", lens="anamorphic"),
        },
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whole_prompts(case, request):
    """The prompts of a few very different shots are these, word for word."""
    fields, scene = CASES[case]
    film = film_of(*(shot_of(name, template=name, **fields) for name in TEMPLATES), scene=scene)
    prompts = render_prompts(film, SHIPPED).value
    text = "\n\n".join(f"=== {prompt.template}\n\n{prompt.text}" for prompt in prompts) + "\n"
    expected = GOLDEN / case / "expected.txt"
    if request.config.getoption("--update-golden"):
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")


def test_every_shot_has_a_prompt():
    """Each shot gets a prompt, in film order, also one that is skipped."""
    film = film_of(shot_of("a"), shot_of("b", skip=True, template="plain"))
    prompts = render_prompts(film, SHIPPED).value
    assert [(each.shot, each.template) for each in prompts] == [("a", "cinematic"), ("b", "plain")]


def test_a_template_is_named_with_or_without_its_ending():
    """`cinematic` and `cinematic.j2` are one template."""
    film = film_of(shot_of("a", template="plain.j2"))
    assert render_prompts(film, SHIPPED).value == (
        Prompt(
            "a",
            render_prompts(film_of(shot_of("a", template="plain")), SHIPPED).value[0].text,
            "plain",
        ),
    )


def test_rendering_does_no_io(no_io):
    """Templates come from the source that was handed in, and from nowhere else."""
    film = film_of(shot_of(**FULL))
    with no_io():
        assert render_prompts(film, SHIPPED).ok


def test_a_template_is_asked_for_once():
    """A thousand shots ask for their template, and each of its parts, once."""
    templates = Templates({"mine": "{% include '_people.j2' %}"}, SHIPPED)
    film = film_of(*(shot_of(f"s{number}", template="mine") for number in range(50)))
    assert render_prompts(film, templates).ok
    assert templates.asked == ["mine", "_people"]


def test_white_space_is_tidied():
    """No trailing spaces, at most one blank line in a row, no newline at the end."""
    assert text_of("\n\n a \t\n\n\n\n b  \n\n") == "a\n\n b"


def test_the_users_template_extends_a_shipped_one():
    """A template beside the film can replace a block of a built-in one, and call the original."""
    text = text_of(
        '{% extends "cinematic" %}{% block style %}Ink. {{ super() }}{% endblock %}', **FULL
    )
    assert text.startswith(
        "Ink. Style: warm tungsten, 35 mm, shallow depth of field.\n\nThe setting"
    )


def test_an_import_brings_macros():
    """Macros of another template are imported by its name."""
    templates = Templates(
        {
            "mine": '{% from "_m" import m %}{{ m(shot.mood) }}',
            "_m": "{% macro m(x) %}<{{ x }}>{% endmacro %}",
        }
    )
    film = film_of(shot_of(template="mine", mood="calm"))
    assert render_prompts(film, templates).value[0].text == "<calm>"


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_never_sent(template):
    """Ids, tags, notes, the model, the length and the size are not in a prompt."""
    film = film_of(shot_of("an-id-of-mine", template=template, **FULL), scene={"notes": "a secret"})
    text = render_prompts(film, SHIPPED).value[0].text
    assert not re.search(r"secret|an-id-of-mine|a/model|8 seconds|8s|8000|720|1280|16:9", text)


def test_ids_tags_and_notes_cannot_be_sent():
    """No template can reach them: they are not among the fields."""
    names = {name for fields in FIELDS.values() for name in fields}
    assert names.isdisjoint({"id", "ids", "tags", "notes", "origin", "inputs", "model"})


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_silent_shot_names_one_small_sound(template):
    """A shot without words or sounds still says what little is heard."""
    film = film_of(shot_of(template=template, action="A cat sleeps."))
    assert "Quiet room tone." in render_prompts(film, SHIPPED).value[0].text


def test_a_move_that_was_not_written_is_not_made_up():
    """Without a move in the storyboard the prompt says nothing of one."""
    assert text_of("[{{ camera.move }}]") == "[]"
    assert text_of("{{ camera.move }}", camera=Camera(moves=("static",), speed="slow")) == (
        "the camera holds still"
    )


def test_the_time_of_day_comes_from_the_heading():
    """INT. PARLOUR - NIGHT says night; a heading that ends in a place says nothing."""
    for heading, time in (
        ("INT. A - B - LATE AFTERNOON", "late afternoon"),
        ("EXT. X - LATER", ""),
    ):
        film = film_of(shot_of(template="mine"), scene={"heading": heading})
        templates = Templates({"mine": "[{{ scene.time_of_day }}]"})
        assert render_prompts(film, templates).value[0].text == f"[{time}]"


def test_beats():
    """An action's beats are its sentences, its lines or its list items."""
    template = "{{ shot.beats | join('|') }}"
    for action, beats in (
        ("She runs. She stops.", "She runs.|She stops."),
        ("Mr. Fox says “No.” Dr. J. Ox nods.", "Mr. Fox says “No.”|Dr. J. Ox nods."),
        ("- one\n- two\n", "one|two"),
        ("1. one\n2. two", "one|two"),
        ("One beat\nAnother beat", "One beat|Another beat"),
        (
            "A long line of prose that an editor wrapped here because\nit was long.",
            "A long line of prose that an editor wrapped here because it was long.",
        ),
        ("她转身。她笑了。", "她转身。|她笑了。"),
        ("It costs 3.50 e.g. here", "It costs 3.50 e.g. here"),
        ("", ""),
    ):
        assert text_of(template, action=action) == beats


def test_the_page_on_templates_lists_every_field():
    """docs/templates.md has a row for each name and field, and for no other."""
    page = (ROOT / "docs" / "templates.md").read_text("utf-8")
    table = page.partition("## What a template sees")[2].partition("## Filters")[0]
    listed = re.findall(r"^\| `([a-z_.\[\]]+)` \|", table, re.MULTILINE)
    expected = set(LISTS)
    for name, view in ROOTS.items():
        dot = "[]." if name in LISTS else "."
        expected |= {f"{name}{dot}{field}" for field in FIELDS[view]}
    assert sorted(listed) == sorted(expected)


WORDS = st.text("abc éß.,;:!?-'\"()\n\t日本。", max_size=24)
PHRASES = st.one_of(st.none(), WORDS, st.sampled_from(["a cat.", "warm light,", "Old man", "x"]))
CAMERAS = st.builds(
    Camera,
    text=PHRASES,
    size=st.sampled_from([None, *SIZE.phrases]),
    composition=st.sampled_from([None, *COMPOSITION.phrases]),
    angle=st.sampled_from([None, *ANGLE.phrases]),
    moves=st.lists(st.sampled_from([*MOVE.phrases]), max_size=2).map(tuple),
    speed=st.sampled_from([None, *SPEED.phrases]),
    support=st.sampled_from([None, *SUPPORT.phrases]),
    lens=st.sampled_from([None, "35", "35 mm", "anamorphic", "24-70", "macro lens"]),
    depth_of_field=st.sampled_from([None, "shallow", "deep focus"]),
    aperture=st.sampled_from([None, "2.8", "f/2.8", "T2"]),
    filter=st.sampled_from([None, "black mist", "polarising filter"]),
)
SOUNDS = st.builds(
    Sound,
    text=PHRASES,
    ambience=PHRASES,
    effects=st.lists(WORDS, max_size=2).map(tuple),
    foley=PHRASES,
    music=PHRASES,
    room_tone=PHRASES,
)
LINES = st.lists(
    st.builds(
        Line,
        text=WORDS,
        character=st.sampled_from([None, "mia", "ben"]),
        delivery=st.sampled_from(["on-screen", "v.o.", "o.s."]),
        parenthetical=PHRASES,
    ),
    max_size=3,
).map(tuple)
SHOTS = st.fixed_dictionaries(
    {
        "template": st.sampled_from(TEMPLATES),
        "action": PHRASES,
        "look": PHRASES,
        "mood": PHRASES,
        "lighting": PHRASES,
        "palette": st.lists(WORDS, max_size=3).map(tuple),
        "camera": CAMERAS,
        "sound": SOUNDS,
        "dialogue": LINES,
        "characters": st.sampled_from([(), ("mia",), ("ben", "mia"), ("nobody",)]),
        "location": st.sampled_from([None, "parlour"]),
        "duration": st.integers(0, 60_000).map(Millis),
    }
)


def _same(text):
    return " ".join(text.split())


@settings(max_examples=40, deadline=None)
@given(shot=SHOTS, mia=WORDS.filter(str.strip), parlour=WORDS.filter(str.strip), heading=PHRASES)
def test_identity_is_repeated_word_for_word(shot, mia, parlour, heading):
    """Whoever is in a shot, and wherever it is, is described in the storyboard's own words."""
    film = film_of(
        shot_of(**shot),
        scene={"heading": heading},
        characters=(Character("mia", "Mia", mia, NOWHERE),),
        locations=(Location("parlour", parlour, NOWHERE),),
    )
    text = render_prompts(film, SHIPPED).value[0].text
    spoken = any(
        line.character == "mia" and line.delivery == "on-screen" for line in shot["dialogue"]
    )
    if "mia" in shot["characters"] or spoken:
        assert _same(mia).rstrip(" ,;:") in text
    if shot["location"]:
        assert _same(parlour).rstrip(" ,;:") in text


SLIPS = re.compile(
    r"  | \n|[.!…][,;:]|\n\n\n|\.\.|[!…]\.|[,;:][.,;:]|\s[.,;:!]|\( |\(\)|None|\bnone\b|[{}\[\]]"
)
TIDY = st.text("abcé ", min_size=1, max_size=16).map(_same).filter(bool)
ENDS = st.sampled_from(["", ".", "!", "…", ",", " ", "\n"])
CAREFUL = st.one_of(st.none(), st.builds(str.__add__, TIDY, ENDS))


@settings(max_examples=40, deadline=None)
@given(shot=SHOTS, texts=st.lists(CAREFUL, min_size=12, max_size=12), heading=CAREFUL)
def test_prompts_read_like_careful_prose(shot, texts, heading):
    """Whatever is left out or ends in a stop: nothing doubled, no dangling mark, no None."""
    action, look, mood, light, line, manner, ambience, music, foley, camera, colour, room = texts
    fields = {
        "action": action,
        "look": look,
        "mood": mood,
        "lighting": light,
        "palette": (colour,) if colour else (),
        "sound": Sound(None, ambience, (), foley, music, room),
        "dialogue": (Line(line, "mia", "v.o.", manner),) if line else (),
        "camera": Camera(
            text=camera,
            **{
                name: getattr(shot["camera"], name)
                for name in ("size", "angle", "moves", "speed", "support", "lens")
            },
        ),
    }
    film = film_of(shot_of(**(shot | fields)), scene={"heading": heading})
    text = render_prompts(film, SHIPPED).value[0].text
    assert not SLIPS.search(text)
    assert not re.search(r"[,;]$", text, re.MULTILINE)
    assert text == text.strip()


def test_mia_is_herself_in_every_shot():
    """Her description is the same characters in each of many shots and templates."""
    film = film_of(
        *(shot_of(f"s{n}", template=name, **FULL) for n, name in enumerate(TEMPLATES * 3))
    )
    assert all(MIA.description in each.text for each in render_prompts(film, SHIPPED).value)
