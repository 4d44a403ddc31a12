"""The schema phase: the gate and the findings agree, and findings read well and point right."""
# ruff: noqa: E501  the tables of findings read best with one finding a line

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.compiler.schema.branches import faults
from storyboard.compiler.schema.check import check_schema, fits
from storyboard.compiler.schema.findings import explain
from storyboard.compiler.schema.words import resolved
from storyboard.compiler.syntax.parser import parse
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source
from storyboard.model.tree import Key, Mapping, Scalar, Sequence

ROOT = Path(__file__).resolve().parents[3]
FILM = json.loads((ROOT / "schemas" / "storyboard.schema.json").read_text("utf-8"))

GOOD = """
storyboard: 1
title: The Yarn
language: de-AT
format: {aspect: "16:9", resolution: 720p, fps: 30000/1001}
model: openai/sora-2/image-to-video
fallback: [bytedance/seedance-2.0/image-to-video]
budget: {cost: 6.00, runtime: 60s}
template: cinematic
look: warm tungsten, 35 mm, shallow depth of field
palette: [amber, walnut brown]
characters:
  mia: {description: a grey tabby kitten with a white chin, voice: high and playful}
  tom: an old man in a green cardigan
locations:
  parlour: {description: a candle-lit parlour, ambience: a clock ticks, lighting: low-key}
  garden: a walled garden
vars: {product: Aurora tea, price: 4.5, sold: true}
variants:
  german: {language: de, vars: {product: Tee}, shots: {pounce: {dialogue: Miau}}}
defaults: {duration: 8s, camera: {support: handheld}}
scenes:
  - id: parlour
    heading: INT. PARLOUR - NIGHT
    location: parlour
    time_of_day: night
    characters: [mia]
    shots:
      - id: pounce
        image: stills/pounce.png
        action: The kitten pounces on the yarn.
        sound: {ambience: the clock, effects: [soft pats of paws]}
        dialogue: [{character: mia, line: "Mrow!", parenthetical: delighted, delivery: V.O.}, Mew.]
        camera: {size: CU, composition: ots, angle: low, move: [push-in], lens: 35, aperture: 2.8}
        lighting: candle light from the left
        duration: 00:00:08:12
        trim: {in: 0.5s, out: 7}
        transition: {type: dissolve, duration: 0.5s}
        takes: 3
        seed: 7
        inputs: {generate_audio: false, styles: [warm]}
      - {id: hug, image: {from: pounce, frame: last}, camera: Slow push in., transition: cut}
  - include: scenes/garden.yaml
"""


def check(text, schema=FILM):
    """Check a text against a schema."""
    root = parse(Source("film.yaml", text)).value
    assert root is not None
    return check_schema(root, schema)


def check_marked(text):
    """Check a text in which «» stands round the place that the one finding must point at."""
    plain = text.replace("«", "").replace("»", "")
    (finding,) = check(plain)
    assert (finding.span.start, finding.span.end) == (text.index("«"), text.index("»") - 1)
    return finding


def film(rest):
    """Make a film of a few lines: what it must have, and the rest."""
    shots = "" if "shots:" in rest or "scenes:" in rest else "shots: [{id: a}]\n"
    return f"storyboard: 1\ntitle: T\n{shots}{rest}\n"


def shot(fields):
    """Make a film of one shot with these fields."""
    return film(f"shots:\n  - id: a\n    {fields}")


def test_the_whole_language_passes():
    """A film that uses every field has no findings."""
    assert check(GOOD) == ()


class TestPlaces:
    """Each finding points at the guilty key or value and says what to type."""

    @pytest.mark.parametrize(
        ("text", "message", "advice"),
        [
            (
                film("«wibble»: 3"),
                "a film has no field `wibble`",
                "its fields are: storyboard, title",
            ),
            (film("«lok»: warm"), "a film has no field `lok`", "did you mean `look`?"),
            (film("«size»: cu"), "a film has no field `size`", "`size` belongs under `camera`"),
            (
                film("«aspect_ratio»: x"),
                "a film has no field `aspect_ratio`",
                "`aspect` belongs under `format`",
            ),
            (shot("«size»: cu"), "a shot has no field `size`", "`size` belongs under `camera`"),
            (shot("«prompt»: x"), "a shot has no field `prompt`", "did you mean `action`?"),
            (
                shot("«title»: x"),
                "a shot has no field `title`",
                "`title` belongs at the top of the film",
            ),
            (
                shot("camera: {«suport»: x}"),
                "`camera` has no field `suport`",
                "did you mean `support`?",
            ),
            (
                shot("camera: {«effects»: []}"),
                "`camera` has no field `effects`",
                "`effects` belongs under `sound`",
            ),
            (
                shot("transition: {type: cut, «speed»: 1}"),
                "a transition with its duration has no field `speed`",
                "`speed` belongs under `camera`",
            ),
            (
                film("characters: {mia: {«descripton»: x}}"),
                "`mia` has no field `descripton`",
                "did you mean `description`?",
            ),
            (
                film("credits: {«line»: [x]}"),
                "`credits` has no field `line`",
                "did you mean `lines`?",
            ),
            (
                film("defaults: {«action»: x}"),
                "`defaults` has no field `action`",
                "`action` belongs in a shot",
            ),
        ],
    )
    def test_unknown_key(self, text, message, advice):
        """An unknown key is shown itself, with the key that was meant or where it belongs."""
        finding = check_marked(text)
        assert finding.code is Code.UNKNOWN_KEY
        assert finding.message == message
        assert finding.help.startswith(advice)

    @pytest.mark.parametrize(
        ("text", "message", "advice"),
        [
            ("«title»: T\nshots: []\n", "a film needs `storyboard`", "for example `storyboard: 1`"),
            (
                "«storyboard»: 1\ntitle: T\n",
                "a film needs `scenes` or `shots`",
                "for example `scenes: [{id: parlour",
            ),
            (film("shots: [{«action»: x}]"), "a shot needs `id`", "for example `id: pounce`"),
            (film("shots: [«{}»]"), "a shot needs `id`", "for example `id: pounce`"),
            (
                film("scenes: [{«id»: a}]"),
                "a scene needs `shots`",
                "for example `shots: [{id: pounce",
            ),
            (
                shot("dialogue: [{«character»: mia}]"),
                "a line of dialogue needs `line`",
                "for example `line:",
            ),
            (film("mix: {music: {«gain»: 3}}"), "`music` needs `file`", "for example `file: sound"),
            (
                film("credits: [Ann, {«role»: x}]"),
                "an item of `credits` needs `name`",
                "for example `name: ",
            ),
        ],
    )
    def test_missing_key(self, text, message, advice):
        """A missing key is shown at the first key of the mapping that lacks it."""
        finding = check_marked(text)
        assert finding.code is Code.MISSING_KEY
        assert finding.message == message
        assert finding.help.startswith(advice)

    @pytest.mark.parametrize(
        ("text", "message", "advice"),
        [
            (film("look: «7»"), "`look` must be text, not the number 7", 'put it in quotes: "7"'),
            (film("look: «true»"), "`look` must be text, not true", 'put it in quotes: "true"'),
            (film("look: «[a]»"), "`look` must be text, not a list", "for example"),
            (film("budget: {cost: «$6.00»}"), "`cost` must be an amount of dollars such as 6.00, not the text `$6.00`", "for example 6.0"),
            (film("palette: «amber»"), "`palette` must be a list of colours, not the text `amber`", "for example [amber, walnut brown, cream]"),
            (film("locations: «[a]»"), "`locations` must be a mapping of locations by id, not a list", "for example {parlour: "),
            (film("shots: [«foo»]"), "an item of `shots` must be a shot, not the text `foo`", "for example {id: pounce"),
            (film("format: {resolution: «720»}"), "`resolution` must be a resolution, not the number 720", "did you mean `720p`?"),
            (film("scenes: [«{}»]"), "an item of `scenes` must be a scene or an include, not a mapping", None),
            (shot("camera: {move: «{a: b}»}"), "`move` must be a camera move or a list of them, not a mapping", "for example push-in"),
            (shot("dialogue: «{line: hi}»"), "`dialogue` must be text or a list of lines, not a mapping", "for example [{character: mia"),
            (shot('skip: «"no"»'), "`skip` must be true or false, not the text `no`", "for example true"),
            (shot("takes: «2.5»"), "`takes` must be a whole number from 1 to 20, not the number 2.5", "for example 3"),
        ],
    )  # fmt: skip
    def test_wrong_type(self, text, message, advice):
        """A value of the wrong kind is shown itself, in the words of what was wanted."""
        finding = check_marked(text)
        assert finding.code is Code.WRONG_TYPE
        assert finding.message == message
        assert (finding.help or "").startswith(advice or "")

    @pytest.mark.parametrize(
        ("text", "message", "advice"),
        [
            ("storyboard: «2»\ntitle: T\nshots: []\n", "`storyboard` must be 1, the only version of the language so far, not 2", "write 1"),
            (shot("duration: «eight»"), "`duration` must be a time such as 8s or 1m30s, not `eight`", "for example 8s"),
            (shot("duration: «-1»"), "`duration` must be a time such as 8s or 1m30s, not -1", "for example 8s"),
            (shot("duration: «0s»"), "`duration` must be a time such as 8s or 1m30s, longer than nothing, not `0s`", "for example 8s"),
            (shot("camera: {size: «closeup»}"), "`size` must be a shot size, not `closeup`", "did you mean `close-up`?"),
            (shot("camera: {size: «huge»}"), "`size` must be a shot size, not `huge`", "one of: ews, vws, ws, fs, mls, ms, mcu, cu, bcu, ecu, insert"),
            (shot("camera: {move: [push-in, «wobble»]}"), "an item of `move` must be a camera move, not `wobble`", "one of: static, pan-left"),
            (shot("transition: «disolve»"), "`transition` must be a transition, not `disolve`", "did you mean `dissolve`?"),
            (shot("takes: «30»"), "`takes` must be a whole number from 1 to 20, not 30", "for example 3"),
            (shot("trim: «{}»"), "`trim` is empty", "for example {in: 0.5s, out: 7s}"),
            (film("scenes: [{id: a, shots: «[]»}]"), "`shots` is empty", "for example [{id: pounce"),
            (film('template: «""»'), "`template` is empty", "for example cinematic"),
            (film("credits: {lines: «[]»}"), "`lines` is empty", "for example [{role: directed by"),
            (film("mix: {music: «https://a.b/c.mp3»}"), "`music` must be the path of a sound file, the fields of the music, or false, not `https://a.b/c.mp3`", "for example {file: sound/waltz.mp3"),
            (film("mix: {music: {file: «http://a.b/c.mp3»}}"), "`file` must be the path of a sound file, not `http://a.b/c.mp3`", "for example sound/"),
            (shot("mix: {tracks: [«https://a.b/c.mp3»]}"), "an item of `tracks` must be the path of a sound file, or a track's fields, not `https://a.b/c.mp3`", "for example {file: sound/"),
            (shot('dialogue: [{line: «" "»}]'), "`line` is empty", "for example"),
            (film("shots: [{id: «Two Shots»}]"), "`id` must be a name of small letters, digits, - and _, not `Two Shots`", "write `two-shots`"),
            (film("characters: {«Mia K»: x}"), "`Mia K` must be a name of small letters, digits, - and _", "write `mia-k`"),
            (film("vars: {«a b»: x}"), "`a b` must be a variable's name of letters, digits and _", "for example product"),
            (film("scenes: []\n«shots»: []"), "a film has `scenes` or `shots`, not both", "take `shots` out, or move what it holds under `scenes`"),
        ],
    )  # fmt: skip
    def test_wrong_value(self, text, message, advice):
        """A value that is not taken is shown itself, with the nearest that is or an example."""
        finding = check_marked(text)
        assert finding.code is Code.WRONG_VALUE
        assert finding.message == message
        assert finding.help.startswith(advice)

    @pytest.mark.parametrize("field", ["duration", "action", "camera", "takes", "image"])
    def test_no_value(self, field):
        """A key without a value is told what to write."""
        (finding,) = check(shot(f"{field}:"))
        assert finding.message == f"`{field}` has no value"
        assert finding.help.startswith("write ")

    def test_long_values_are_cut(self):
        """A value that would fill the screen is shown by its beginning."""
        (finding,) = check(shot("duration: " + "very " * 50))
        assert finding.message.endswith("very very…`")

    def test_all_at_once_in_file_order(self):
        """Every finding is shown, each once, in the order of the file."""
        text = film("lok: x\nshots:\n  - {id: A, size: cu}\n  - {action: 5}\nbudget: {cost: x}")
        found = check(text)
        assert [each.code.value for each in found] == [
            "unknown-key", "wrong-value", "unknown-key", "missing-key", "wrong-type", "wrong-type",
        ]  # fmt: skip
        assert sorted(found, key=lambda each: each.span.start) == list(found)

    def test_a_misspelt_key_is_not_missing_too(self):
        """A required key that was misspelt is one finding, not two."""
        (finding,) = check("storyboard: 1\ntitel: T\nshots: []\n")
        assert finding.help == "did you mean `title`?"

    def test_an_included_file_is_named(self):
        """A finding in an included scene points into that file, after those of the film."""
        film_tree = parse(Source("film.yaml", film("scenes: []\nlok: x"))).value
        scene = parse(Source("scenes/a.yaml", "id: A\nshots: [{id: a}]\n")).value
        scenes = film_tree.nodes["scenes"]._replace(nodes=(scene,))
        root = film_tree._replace(nodes={**film_tree.nodes, "scenes": scenes})
        assert [each.span.path for each in check_schema(root, FILM)] == [
            "film.yaml",
            "scenes/a.yaml",
        ]

    def test_a_key_without_a_place_points_at_its_mapping(self):
        """A tree that was put together, not read, still gets a place for every finding."""
        root = parse(Source("film.yaml", film("lok: x"))).value._replace(keys={})
        (finding,) = check_schema(root, FILM)
        assert finding.span == root.span


def built(data):
    """Make a tree of plain data, as if it had been written in one place."""
    match data:
        case dict():
            keys = {key: Key("film.yaml", 0, 0) for key in data}
            return Mapping(
                {key: built(each) for key, each in data.items()}, keys, "film.yaml", 0, 0
            )
        case list():
            return Sequence(tuple(map(built, data)), "film.yaml", 0, 0)
        case _:
            return Scalar(data, str(data), "film.yaml", 0, 0)


NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.sampled_from(
    ["cu", "8s", "8s\n", "push-in", "a", "A b", "16:9", "1/0", "", " ", "V.O.", "9é"]
)
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS | st.text(max_size=8)
MAPPINGS = [FILM, *FILM["$defs"].values()]
FIELDS = sorted({name for each in MAPPINGS for name in each.get("properties", {})})
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def films(draw):
    """A film with some of its values, at any depth, put in from elsewhere."""
    data = json.loads(json.dumps(FILM["examples"][0]))
    data.update(draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=2)))
    fields = FILM["$defs"]["shot"]["properties"]
    for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=4)):
        examples = resolved(fields[name], FILM)["examples"]
        data["shots"] = [{"id": "a", name: draw(st.sampled_from(examples) | VALUES)}]
    return data


@given(films())
def test_the_gate_and_the_findings_agree(data):
    """The fast gate passes exactly the films of which the explanation has nothing to say."""
    assert fits(data, FILM) == (not explain(built(data), data, FILM))


def test_the_reference_validator_alone_would_not_agree():
    """Control: without our reading of `$`, a time with a line break after it divides the two."""
    schema = {"pattern": FILM["$defs"]["time"]["pattern"]}
    assert jsonschema.Draft202012Validator(schema).is_valid("8s\n")
    assert not fits("8s\n", schema)
    assert list(faults("8s\n", schema))


def test_what_json_has_no_word_for_is_left_to_the_explanation():
    """Half a surrogate pair does not make the gate raise; the explanation tells what it is."""
    schema = {"additionalProperties": {"type": "string", "pattern": "^.$"}}
    assert not fits({"a": "\ud800"}, schema)
    assert check_schema(built({"a": "\ud800"}), schema) == ()


@pytest.mark.parametrize("text", ["1h" + " " * 50_000 + "x", "1" * 50_000 + "x", "1m " * 20_000])
def test_a_long_wrong_time_is_refused_at_once(text):
    """No text, however it is made, takes a pattern more than one pass or two."""
    (finding,) = check(shot(f'duration: "{text}"'))
    assert len(finding.message) < 200


def test_of_very_many_findings_a_thousand_are_shown():
    """A file of nothing but mistakes is answered at once, with as much as anybody reads."""
    found = check(film("".join(f"wrong{number}: 1\n" for number in range(3000))))
    assert len(found) == 1000


def test_a_fault_of_the_whole_file_has_a_subject():
    """A fault that is in no field is the file's."""
    root = parse(Source("film.yaml", "{}")).value
    (finding,) = check_schema(root, {"minProperties": 1})
    assert finding.message == "the file is empty"


def test_a_long_wrong_name_is_shown_by_its_beginning():
    """A key of any length makes a finding of one line."""
    found = check(film(f"{'x' * 900}: 1\ncharacters: {{{'X ' * 400}x: y}}"))
    assert [each.code.value for each in found] == ["unknown-key", "wrong-value"]
    for finding in found:
        assert len(finding.message) < 200
        assert len(finding.help) < 300
