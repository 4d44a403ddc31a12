"""Lowering: what each field of the tree means in the film."""

from fractions import Fraction

import pytest

from fakes.films import film as lowered
from fakes.films import marked, tree
from storyboard.compiler.fields import beside
from storyboard.compiler.lower import (
    DEFAULT_DURATION,
    DEFAULT_MODEL,
    DEFAULT_TEMPLATE,
    lower,
    picture_format,
)
from storyboard.model.diagnostic import Code
from storyboard.model.story import (
    ImageFile,
    ImageFrom,
    ImageUrl,
    Line,
    Sound,
    Transition,
    Trim,
)


def shot(fields, more=""):
    return lowered(f"title: T\n{more}\nshots: [{{id: a, {fields}}}]").shots[0]


def test_a_film_of_nothing_but_a_shot():
    """What is not written has a default, and everything else is empty."""
    whole = lowered("title: T\nshots: [{id: a}]")
    (only,) = whole.shots
    assert (whole.title, whole.language) == ("T", "en")
    assert (whole.format.size, whole.format.fps) == ("1280x720", 24)
    assert (whole.model, whole.template) == (DEFAULT_MODEL, DEFAULT_TEMPLATE)
    assert (only.model, only.template, only.duration) == (
        DEFAULT_MODEL,
        DEFAULT_TEMPLATE,
        DEFAULT_DURATION,
    )
    assert (only.image, only.trim, only.dialogue, only.takes, only.skip) == (
        None,
        None,
        (),
        1,
        False,
    )
    assert (only.scene, [scene.id for scene in whole.scenes]) == ("film", ["film"])
    assert (whole.budget.cost, whole.budget.runtime) == (None, None)


def test_a_film_without_shots_is_still_a_film():
    """An empty list is the checks' to complain of."""
    assert lowered("title: T\nscenes: []").shots == ()
    assert lowered("title: T").shots == ()


@pytest.mark.parametrize(
    ("aspect", "resolution", "size"),
    [
        ("16:9", "720p", "1280x720"),
        ("9:16", "720p", "720x1280"),
        ("1:1", "1080p", "1080x1080"),
        ("4:5", "1080p", "1080x1350"),
        ("2.39:1", "1080p", "2582x1080"),
        ("1.85:1", "720p", "1332x720"),
        ("16:9", "480p", "854x480"),
    ],
)
def test_a_pictures_size(aspect, resolution, size):
    """The resolution is the short side, and both sides are even."""
    shape = picture_format(aspect, resolution, "24")
    assert shape.size == size
    assert shape.width % 2 == shape.height % 2 == 0


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("24", Fraction(24)),
        ("24.0", Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("29.970", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ('"30000/1001"', Fraction(30000, 1001)),
        ("0x18", Fraction(24)),
    ],
)
def test_frame_rates_are_exact(written, rate):
    """The rates that television rounds are read as what they are, however they are spelled."""
    assert lowered(f"title: T\nformat: {{fps: {written}}}\nshots: []").format.fps == rate


@pytest.mark.parametrize("written", ['"1/4"', '"999999"', '"121"', '"999/1000"'])
def test_a_rate_that_is_none(written):
    """A fraction outside of what the schema allows as a number is found where it stands."""
    text, (place,) = marked(f"title: T\nformat: {{fps: «{written}»}}\nshots: []")
    ((finding),) = lower(tree(text)).diagnostics
    assert (finding.code, finding.span) == (Code.WRONG_VALUE, place)


@pytest.mark.parametrize(
    ("written", "micros"), [("6.00", 6_000_000), ("6.1", 6_100_000), ("0x10", 16_000_000), ("0", 0)]
)
def test_a_budget_is_exact(written, micros):
    """Any spelling of a number is an amount."""
    assert lowered(f"title: T\nbudget: {{cost: {written}}}\nshots: []").budget.cost == micros


@pytest.mark.parametrize(
    ("written", "millis"),
    [("8", 8000), (".5", 500), ("8.", 8000), ("+8", 8000), ("1m30s", 90_000), ("0x10", 16_000)],
)
def test_a_duration_in_any_spelling(written, millis):
    """Whatever YAML reads as a number counts seconds."""
    assert shot(f"duration: {written}").duration == millis


def test_a_timecode_counts_at_the_films_rate():
    """The same timecode is another time at another rate; a frame too many is found in place."""
    assert shot('duration: "00:00:01:12"').duration == 1500
    assert shot('duration: "00:00:01:12"', "format: {fps: 25}").duration == 1480
    text, (place,) = marked('title: T\nshots: [{id: a, duration: «"00:00:01:24"»}]')
    ((finding),) = lower(tree(text)).diagnostics
    assert (finding.code, finding.span) == (Code.WRONG_VALUE, place)


def test_a_duration_of_nothing_is_not_the_default():
    """What rounds to nothing stays nothing, for the checks to find."""
    assert shot("duration: 0.0001").duration == 0


@pytest.mark.parametrize(
    ("written", "image"),
    [
        ("stills/a.png", ImageFile("stills/a.png")),
        ("./stills/../a.png", ImageFile("a.png")),
        ("https://example.com/a.png", ImageUrl("https://example.com/a.png")),
        ("HTTP://example.com/a.png", ImageUrl("HTTP://example.com/a.png")),
        ("{from: b}", ImageFrom("b", "last")),
        ("{from: b, frame: first}", ImageFrom("b", "first")),
    ],
)
def test_pictures(written, image):
    """A picture is a file, an address, or a frame of another shot."""
    assert shot(f"image: {written}, end_image: {written}").image == image
    assert shot(f"image: {written}, end_image: {written}").end_image == image


def test_a_frame_of_a_shot_may_name_its_scene():
    """SCENE/SHOT means the shot; one that is in another scene stays as it was written."""
    text = "title: T\nscenes: [{{id: s, shots: [{{id: a}}, {{id: b, image: {{from: {}}}}}]}}]"
    assert lowered(text.format("s/a")).shots[1].image == ImageFrom("a")
    assert lowered(text.format("t/a")).shots[1].image == ImageFrom("t/a")


@pytest.mark.parametrize(
    ("path", "relative", "result"),
    [
        ("film.yaml", "a.png", "a.png"),
        ("films/film.yaml", "stills/a.png", "films/stills/a.png"),
        ("films/film.yaml", "../a.png", "a.png"),
        ("films/film.yaml", "../../a.png", "../a.png"),
        ("films/film.yaml", "/a.png", "/a.png"),
        ("/films/film.yaml", "a.png", "/films/a.png"),
        ("/film.yaml", "a.png", "/a.png"),
        ("/film.yaml", "../a.png", "/a.png"),
        ("../film.yaml", "a.png", "../a.png"),
    ],
)
def test_a_path_is_beside_the_file_that_names_it(path, relative, result):
    """Relative to the file, as text, with the dots undone."""
    assert beside(path, relative) == result


def test_a_still_of_an_included_file_is_beside_that_file():
    """A path belongs to the file it is written in, wherever the film lies."""
    root = tree("title: T\nscenes: [{id: s, shots: [{id: a, image: a.png}]}]", "scenes/garden.yaml")
    assert lower(root).value.shots[0].image == ImageFile("scenes/a.png")


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("hello", (Line("hello"),)),
        ("[hello, there]", (Line("hello"), Line("there"))),
        (
            "[{character: mia, line: hi, delivery: VO, parenthetical: low}]",
            (Line("hi", "mia", "v.o.", "low"),),
        ),
        ("[]", ()),
    ],
)
def test_dialogue(written, lines):
    """A text, a list of texts, or lines with their speaker."""
    assert shot(f"dialogue: {written}").dialogue == lines


def test_whoever_speaks_on_screen_is_in_the_picture():
    """Speakers join those listed, once; a voice from elsewhere does not."""
    spoken = "[{character: tom, line: x}, {character: eve, line: z, delivery: o.s.}]"
    assert shot(f"characters: [mia, tom], dialogue: {spoken}").characters == ("mia", "tom")
    assert shot(f"dialogue: {spoken}").characters == ("tom",)


@pytest.mark.parametrize(
    ("written", "transition"),
    [
        ("cut", Transition("cut")),
        ("dissolve", Transition("dissolve", 500)),
        ("crossfade", Transition("dissolve", 500)),
        ("{type: fade}", Transition("dip-to-black", 500)),
        ("{type: dissolve, duration: 2s}", Transition("dissolve", 2000)),
        ("{type: dissolve, duration: 0}", Transition("dissolve")),
        ("{type: smash-cut, duration: 2s}", Transition("smash")),
    ],
)
def test_transitions(written, transition):
    """Half a second where nothing is said; a straight cut takes no time whatever is said."""
    assert shot(f"transition: {written}").transition == transition


def test_camera_words_are_the_trades_own():
    """Other spellings become the word, a number a focal length, and one move a list of one."""
    camera = shot(
        "camera: {size: CU, angle: birds-eye, move: dolly-in, support: sticks, lens: 35}"
    ).camera
    assert (camera.size, camera.angle, camera.moves) == ("cu", "overhead", ("push-in",))
    assert (camera.support, camera.lens) == ("tripod", "35 mm")
    assert shot("camera: {move: [pan-left, roll], lens: wide}").camera.moves == ("pan-left", "roll")
    assert shot("camera: {lens: wide}").camera.lens == "wide"


def test_light_of_a_known_kind_is_its_phrase():
    """A word of the vocabulary becomes what a prompt says; other words stay."""
    assert shot("lighting: low-key").lighting == "low-key lighting"
    assert shot("lighting: one candle").lighting == "one candle"


def test_the_rest_of_a_shot():
    """Every other field is taken as it stands, without white space around it."""
    full = shot(
        'action: " runs ", sound: {effects: [a, b], foley: c}, mood: d, palette: [e],'
        " trim: {in: 1s}, handles: 0.5s, takes: 3, skip: true, tags: [f], notes: g, seed: 0,"
        " inputs: {h: [1]}"
    )
    assert (full.action, full.mood, full.palette) == ("runs", "d", ("e",))
    assert full.sound == Sound(effects=("a", "b"), foley="c")
    assert (full.trim, full.handles, full.takes, full.skip) == (Trim(1000), 500, 3, True)
    assert (full.tags, full.notes, full.seed, full.inputs) == (("f",), "g", 0, (("h", [1]),))


def test_people_and_places():
    """A plain text is a description; a name is made of the id where none is given."""
    whole = lowered(
        "title: T\nshots: []\n"
        "characters: {old-tom: a cat, mia: {description: a kitten, name: Maria, voice: high}}\n"
        "locations: {hall: {description: dark, ambience: wind, lighting: backlit}}"
    )
    tom, mia = whole.characters
    assert (tom.name, tom.description, tom.voice) == ("Old Tom", "a cat", None)
    assert (mia.name, mia.description, mia.voice) == ("Maria", "a kitten", "high")
    (hall,) = whole.locations
    assert (hall.ambience, hall.lighting) == ("wind", "subjects lit from behind")


def test_scenes():
    """A scene has its own fields, and its shots know it."""
    whole = lowered(
        "title: T\nscenes: [{id: s, heading: INT. HALL, location: hall, time_of_day: night, "
        "notes: m, shots: [{id: a}]}]"
    )
    (scene,) = whole.scenes
    assert (scene.heading, scene.location, scene.time_of_day, scene.notes) == (
        "INT. HALL",
        "hall",
        "night",
        "m",
    )
    assert scene.shots[0].scene == "s"


def test_lowering_touches_nothing(no_io):
    """The film is made of the tree alone."""
    root = tree("title: T\nshots: [{id: a, image: a.png}]")
    with no_io():
        lower(root)
