"""What changed between two editions of a film: which shots, in what, and at what cost."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.films import HEAD, card, film, still
from storyboard.compiler.difference import compare
from storyboard.compiler.edition import (
    edition_of_lock,
    edition_value,
    make_edition,
    read_edition,
)
from storyboard.compiler.offers import Script
from storyboard.model.card import AnyLength, CardInput, PriceRow
from storyboard.model.difference import Change, FieldChange
from storyboard.model.edition import Edition, EditionShot
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey

ROOT = Path(__file__).parents[3]
FREE = card(
    id="animatic",
    provider="animatic",
    lengths=AnyLength(Millis(40), Millis(60_000)),
    inputs=(CardInput("action", "string", "action"), CardInput("label", "string", "label")),
    prices=(PriceRow(MicroUsd(0)),),
)
OTHER = card(id="other")
CARDS = {each.id: each for each in (card(), OTHER, FREE)}
STILLS = {path: still(path) for path in ("a.png", "b.png")}
CAST = "characters: {mia: a grey kitten, ada: an old lady}\nlocations: {den: a dark den}\n"


def edition(text, name="new", template=None, stills=STILLS):
    """Make the edition of a film's text; a prompt says all that a template would."""
    whole = film(HEAD + text)

    def prompt(shot):
        people = [whole.character(each).description for each in shot.characters]
        return "\n".join([template or "P", shot.action or "", *people, shot.look or ""])

    prompts = {shot.id: prompt(shot) for shot in whole.shots}
    return make_edition(name, "film.yaml", Script(whole, prompts, stills, CARDS))


def shots(*lines):
    return "shots: [" + ", ".join(f"{{{line}}}" for line in lines) + "]"


def scenes(**scenes_):
    listed = (f"{{id: {name}, {shots(*lines)}}}" for name, lines in scenes_.items())
    return f"scenes: [{', '.join(listed)}]"


def difference(before, after, **world):
    return compare("film.yaml", edition(before, "old"), edition(after, "new", **world))


def told(found):
    """Put what became of each shot that changed into a few words."""
    return [_told(each) for each in found.shots if not each.same]


def _told(shot):
    names = tuple(each.name for each in shot.fields)
    parts = [shot.id, shot.change.value]
    parts += [f"was {shot.renamed_from}"] if shot.renamed_from else []
    parts += [f"from {shot.moved_from}"] if shot.moved_from else []
    return (" ".join(parts), names, shot.remade, shot.cost)


A, B, C = "id: a, action: A", "id: b, action: B", "id: c, action: C"

CASES = {
    "a comment and another order of keys": (
        shots("id: a, action: A, notes: ask") + " # once",
        "# now\n" + shots("notes: ask, action: A, id: a"),
        [],
    ),
    "one shot renamed": (
        shots(A, B),
        shots(A, "id: z, action: B"),
        [("z kept was b", (), False, 0)],
    ),
    "renamed and cut differently": (
        shots("id: a, action: A, trim: {in: 1s}"),
        shots("id: z, action: A"),
        [("z changed was a", ("trim.in",), False, 0)],
    ),
    "moved to another scene": (
        scenes(k=[A, B], l=[C]),
        scenes(k=[A], l=[B, C]),
        [("b kept from k", (), False, 0)],
    ),
    "reordered in its scene": (
        shots(A, B, C),
        shots(C, A, B),
        [("c kept from film", (), False, 0)],
    ),
    "another action": (
        shots(A, B),
        shots(A, "id: b, action: Z"),
        [("b changed", ("action",), True, 400_000)],
    ),
    "another still": (
        shots("id: a, image: a.png"),
        shots("id: a, image: b.png"),
        [("a changed", ("image", "image content"), True, 400_000)],
    ),
    "a character's description": (
        CAST + shots(f"{A}, characters: [mia]", f"{B}, characters: [ada]", C),
        CAST.replace("grey", "black")
        + shots(f"{A}, characters: [mia]", f"{B}, characters: [ada]", C),
        [("a changed", ("characters.mia.description",), True, 400_000)],
    ),
    "a voice that speaks in plain lines": (
        "characters: {mia: {description: a cat, voice: high}}\n"
        + shots('id: a, dialogue: "Mia: Here!"', 'id: b, dialogue: "Here!"'),
        "characters: {mia: {description: a cat, voice: low}}\n"
        + shots('id: a, dialogue: "Mia: Here!"', 'id: b, dialogue: "Here!"'),
        [("a changed", ("characters.mia.voice",), False, 0)],
    ),
    "another model": (
        shots(A),
        shots(f"{A}, model: other"),
        [("a changed", ("model",), True, 400_000)],
    ),
    "a longer clip": (
        shots(A),
        shots(f"{A}, duration: 8s"),
        [("a changed", ("duration",), True, 800_000)],
    ),
    "what is only cut differently": (
        shots(A, B),
        shots(f"{A}, trim: {{in: 1s, out: 3s}}", f"{B}, transition: dissolve, hold: 1s"),
        [
            ("a changed", ("trim.in", "trim.out"), False, 0),
            ("b changed", ("transition.type", "transition.duration", "hold"), False, 0),
        ],
    ),
    "more takes": (
        shots(A),
        shots(f"{A}, takes: 3"),
        [("a changed", ("takes",), False, 800_000)],
    ),
    "fewer takes": (
        shots(f"{A}, takes: 3"),
        shots(A),
        [("a changed", ("takes",), False, 0)],
    ),
    "several takes of something else": (
        shots(f"{A}, takes: 2"),
        shots("id: a, action: Z, takes: 2"),
        [("a changed", ("action",), True, 800_000)],
    ),
    "a copy of a shot": (
        shots(A),
        shots(A, "id: b, action: A"),
        [("b added", (), False, 0)],
    ),
    "two new shots that share a clip": (
        shots(A),
        shots(A, "id: v, action: Z", "id: z, action: Z"),
        [("v added", (), False, 400_000), ("z added", (), False, 0)],
    ),
    "two copies, one of them renamed": (
        shots(A, "id: b, action: A"),
        shots(A, "id: z, action: A"),
        [("z kept was b", (), False, 0)],
    ),
    "a removed shot stands where it stood": (
        scenes(k=[A, B], l=[C]),
        scenes(k=[A, "id: q, action: Q"], l=[C]),
        [("b removed", (), False, 0), ("q added", (), False, 400_000)],
    ),
    "a removed scene stands where it stood": (
        scenes(k=[A], l=[B], m=[C]),
        scenes(k=[A, "id: q, action: Q"], m=[C]),
        [("q added", (), False, 400_000), ("b removed", (), False, 0)],
    ),
    "a skipped shot is removed": (
        shots(A, B),
        shots(A, f"{B}, skip: true"),
        [("b removed", (), False, 0)],
    ),
    "what is free": (
        shots(f"{A}, model: animatic"),
        shots("id: a, action: Z, takes: 4, model: animatic"),
        [("a changed", ("action", "takes"), True, 0)],
    ),
    "another size of the whole film": (
        "format: {resolution: 720p}\n" + shots(A),
        "format: {resolution: 1080p}\n" + shots(A),
        [("a changed", ("order.resolution",), True, 400_000)],
    ),
    "a chain whose first clip is another": (
        shots(A, "id: b, image: {from: a}"),
        shots("id: a, action: Z", "id: b, image: {from: a}"),
        [
            ("a changed", ("action",), True, 400_000),
            ("b changed", ("image content",), True, 400_000),
        ],
    ),
    "a chain whose first shot has more takes": (
        shots(A, "id: b, image: {from: a}"),
        shots(f"{A}, takes: 2", "id: b, image: {from: a}"),
        [("a changed", ("takes",), False, 400_000)],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_change_is_named_and_priced(case):
    """Which shots changed, in which fields, whether they are made anew, and at what cost."""
    before, after, expected = case
    assert told(difference(before, after)) == expected


def test_a_field_has_both_its_texts():
    """As the language spells them, absent ones as None, in the language's order."""
    before = shots("id: a, action: A, duration: 4s, camera: {size: cu}, notes: ask")
    after = shots("id: a, action: Z, duration: 8s, camera: {size: ws, move: pan-left}")
    (found,) = difference(before, after).shots
    assert found.fields == (
        FieldChange("action", "A", "Z"),
        FieldChange("camera.size", "cu", "ws"),
        FieldChange("camera.move", None, "pan-left"),
        FieldChange("duration", "4s", "8s"),
        FieldChange("notes", "ask", None),
    )
    assert (found.runs_before, found.runs_after) == (4000, 8000)
    assert (found.price_before, found.price_after) == (400_000, 800_000)


def test_a_prompt_that_changed_is_shown_line_by_line():
    """With one line around what changed, and no header."""
    (found,) = difference(shots("id: a, action: A"), shots("id: a, action: Z")).shots
    assert found.prompt == ("@@ -1,2 +1,2 @@", " P", "-A", "+Z")


def test_other_bytes_under_the_same_name_are_named():
    """A still that was drawn anew makes its shots anew."""
    new = {**STILLS, "a.png": still("a.png", sha256="f" * 64)}
    (found,) = difference(
        shots("id: a, image: a.png"), shots("id: a, image: a.png"), stills=new
    ).shots
    assert found.remade
    assert found.fields == (
        FieldChange("image content", "sha256:sha-of-a.png", "sha256:ffffffffffff"),
    )


def test_a_prompt_that_nothing_in_the_film_changed_was_changed_by_its_template():
    """What is only cut differently explains no prompt, nor does the still."""
    after = shots("id: a, action: A, trim: {in: 1s}")
    (found,) = difference(shots("id: a, action: A"), after, template="Q").shots
    assert [each.name for each in found.fields] == ["trim.in", "template text"]


def test_a_prompt_that_the_films_own_words_may_have_changed_is_not_laid_to_its_template():
    """The title and the language are in the hands of templates too."""
    before, after = (
        edition(shots("id: a")),
        edition("language: de\n" + shots("id: a"), template="Q"),
    )
    found = compare("film.yaml", before, after)
    assert [each.name for each in found.fields] == ["language"]
    assert [each.name for each in found.shots[0].fields] == ["prompt"]


def test_the_films_own_fields_are_compared_too():
    """Title, format, sound, cards and budget change no shot, and are told."""
    after = (
        "language: de\nbudget: {cost: 2.00, runtime: 30s}\ntitle_card: {subtitle: S}\n"
        "credits: [{role: by, name: Ann}]\nmetadata: {year: 2026}\n"
        "mix: {loudness: false, music: m.wav}\n" + shots(A)
    )
    found = difference(shots(A), after)
    assert not found.same
    assert told(found) == []
    assert [(each.name, each.after) for each in found.fields] == [
        ("language", "de"),
        ("budget.cost", "$2.00"),
        ("budget.runtime", "30s"),
        ("mix.loudness", "off"),
        ("mix.music.file", "m.wav"),
        ("mix.music.gain", "-14 dB"),
        ("mix.music.duck", "-8 dB"),
        ("mix.music.fade_in", "0.5s"),
        ("mix.music.fade_out", "2s"),
        ("title_card.title", "T"),
        ("title_card.subtitle", "S"),
        ("title_card.duration", "3s"),
        ("credits.lines[1]", "by: Ann"),
        ("credits.duration", "3s"),
        ("metadata.year", "2026"),
    ]


def test_the_totals_are_those_of_both_films():
    """Price and running time before and after, and what the change alone costs."""
    found = difference(shots(A, B), shots(A, "id: b, action: Z, duration: 8s"))
    assert (found.price_before, found.price_after, found.cost) == (800_000, 1_200_000, 800_000)
    assert (found.runtime_before, found.runtime_after, found.clips) == (8000, 12_000, 1)
    assert (found.before, found.after, found.title) == ("old", "new", "T")


def test_a_clip_that_two_shots_share_is_priced_once():
    """With as many takes as the one of them asks for that asks for more."""
    assert edition(shots(A, f"{A}, takes: 3".replace("id: a", "id: b"))).price == 1_200_000


FULL = """\
characters: {mia: {name: Mia, description: a kitten, voice: high}}
locations: {den: {description: a den, ambience: rain, lighting: practical}}
scenes:
  - id: k
    heading: INT. DEN - NIGHT
    time_of_day: night
    shots:
      - id: a
        action: A
      - id: b
        image: https://example.test/a.png
        end_image: {from: a, frame: first}
        action: A
        sound: {text: hum, ambience: rain, effects: [tick, tock], foley: pats,
                music: flute, room_tone: low}
        dialogue: [{character: mia, line: Mrow, delivery: v.o., parenthetical: softly}, "Aside"]
        camera: {text: odd, size: cu, composition: single, angle: low, move: [push-in, tilt-up],
                 speed: slow, support: dolly, lens: 35, depth_of_field: deep, aperture: 2.8,
                 filter: mist}
        lighting: practical
        look: warm
        mood: calm
        palette: [red, blue]
        characters: [mia]
        location: den
        duration: 8s
        trim: {in: 1s, out: 7s}
        handles: 0.5s
        transition: {type: dissolve, duration: 0.25s}
        speed: 50%
        hold: 1s
        focus: left
        mix: {lead: 1s, trail: 2s, gain: -3, mute: true,
              tracks: [{file: x.wav, at: 1s, gain: 2, role: voice-over}]}
        takes: 2
        tags: [hero]
        notes: ask
        seed: 7
        inputs: {style: noir}
        model: house
        fallback: [other]
        template: plain
"""


def test_every_field_of_a_shot_is_one_of_its_editions():
    """All that the language has for a shot, as it spells them, and all that the shot inherits."""
    (_, full) = edition(FULL).shots
    roots = {re.split(r"[.\[]", name)[0] for name in full.fields}
    language = json.loads((ROOT / "schemas/storyboard.schema.json").read_text("utf-8"))
    assert {*language["$defs"]["shot"]["properties"]} - {"id", "skip"} <= roots
    expected = {
        "image": "https://example.test/a.png",
        "end_image": "the first frame of a",
        "sound": "hum",
        "sound.effects": "tick, tock",
        "dialogue[1].delivery": "v.o.",
        "dialogue[2].line": "Aside",
        "camera.move": "push-in, tilt-up",
        "trim.out": "7s",
        "transition.duration": "0.25s",
        "speed": "0.5",
        "focus": "0 across, 0.5 down",
        "mix.lead": "1s",
        "mix.mute": "true",
        "mix.tracks[1].file": "x.wav",
        "mix.tracks[1].gain": "2 dB",
        "mix.tracks[1].role": "voice-over",
        "inputs.style": "noir",
        "heading": "INT. DEN - NIGHT",
        "time_of_day": "night",
        "characters.mia.voice": "high",
        "locations.den.ambience": "rain",
    }
    assert expected.items() <= full.fields.items()
    assert full.fields["end_image content"].startswith("clip:")


def test_a_model_that_makes_no_picture_of_a_frame_has_no_content_for_it():
    """The animatic shows the still that a chain starts from."""
    text = shots("id: a, image: a.png", "id: b, model: animatic, image: {from: a}")
    assert "image content" not in edition(text).shots[1].fields


def test_paths_are_told_from_the_films_folder():
    """The same film compared from elsewhere has the same fields."""
    whole = film(HEAD + shots("id: a, image: a.png"))
    fields = [
        make_edition("x", f"{folder}film.yaml", Script(moved, {}, {}, CARDS)).shots[0].fields
        for folder, moved in (("", whole), ("x/", _moved(whole, "x/")))
    ]
    assert fields[0] == fields[1]


def _moved(whole, folder):
    (scene,) = whole.scenes
    (shot,) = scene.shots
    image = replace(shot.image, path=folder + shot.image.path)
    return replace(whole, scenes=(replace(scene, shots=(replace(shot, image=image),)),))


def test_a_film_is_the_same_as_itself():
    """Nothing at all has changed, and nothing costs."""
    text = CAST + scenes(k=[f"{A}, characters: [mia]", f"{B}, takes: 2"], l=[C])
    found = difference(text, text)
    assert found.same
    assert (found.cost, found.fields, len(found.shots)) == (0, (), 3)


def test_against_nothing_every_shot_is_added():
    """A film that was not there before costs what all its clips do."""
    after = edition(shots(A, B, "id: c, action: A"))
    found = compare("film.yaml", Edition("HEAD", ()), after)
    assert [each.change for each in found.shots] == [Change.ADDED] * 3
    assert found.cost == after.price == 800_000
    assert (found.price_before, found.runtime_before, found.fields) == (0, None, ())


def take(number, key, price=400_000):
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return Take(number, ClipKey(key), "0" * 64, "house", Millis(4000), MicroUsd(price), when)


def test_a_lock_has_a_shot_when_any_of_its_takes_is_what_the_shot_asks_for():
    """It knows clips and prices, and neither fields nor order: only what is not in it costs."""
    after = edition(scenes(k=[A, B], l=[C]))
    a = after.shots[0].base
    lock = Lock(
        (
            Slate("a", (take(1, "old"), take(2, a))),
            Slate("b", (take(1, "elder"),)),
            Slate("gone", (take(1, "gone", 700_000),)),
            Slate("nothing", ()),
        )
    )
    found = compare("film.yaml", edition_of_lock("film.lock.yaml", lock), after)
    assert told(found) == [
        ("b changed", (), True, 400_000),
        ("c added", (), False, 400_000),
        ("gone removed", (), False, 0),
    ]
    assert (found.price_before, found.runtime_before, found.fields) == (1_500_000, None, ())


def test_the_circled_take_of_a_lock_stands_for_its_shot():
    """Whatever is newer, the circled one is in the film, and all others are had too."""
    slate = Slate("a", (take(1, "one", 100), take(2, "two", 200)), circled=1)
    (shot,) = edition_of_lock("lock", Lock((slate,))).shots
    assert (shot.base, shot.price, shot.clips) == ("one", 100, ("one", "two"))


def test_a_renamed_shot_is_found_in_a_lock_by_its_clip():
    """Its takes go with it."""
    after = edition(shots("id: z, action: A"))
    lock = Lock((Slate("a", (take(1, after.shots[0].base),)),))
    assert told(compare("film.yaml", edition_of_lock("lock", lock), after)) == [
        ("z kept was a", (), False, 0)
    ]


texts = st.text(max_size=5)
editions = st.builds(
    Edition,
    texts,
    st.lists(
        st.builds(
            EditionShot,
            id=texts,
            scene=texts,
            base=texts.map(ClipKey),
            model=texts,
            bought=st.integers(0).map(Millis),
            price=st.integers(0, 10**15).map(MicroUsd),
            takes=st.integers(1, 20),
            runs=st.none() | st.integers(0).map(Millis),
            made_from=st.none() | st.dictionaries(texts, texts | st.integers() | st.booleans()),
            fields=st.none() | st.dictionaries(texts, texts),
            further=st.lists(texts.map(ClipKey), max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    fields=st.none() | st.dictionaries(texts, texts),
    runtime=st.none() | st.integers(0).map(Millis),
    ordered=st.booleans(),
)


@given(editions)
def test_an_edition_is_read_as_it_was_written(one):
    """Through JSON and back nothing is lost."""
    assert read_edition(json.loads(json.dumps(edition_value(one)))) == one


def test_what_is_no_edition_is_refused():
    """The control: each part that is left out or of another kind is told, by name."""
    good = edition_value(edition(shots(A)))
    for name in ("name", "shots", "ordered"):
        with pytest.raises(ValueError, match=name):
            read_edition({**good, name: None})
    (shot,) = good["shots"]
    for name in ("id", "base", "model", "bought_ms", "price_usd", "takes", "further"):
        with pytest.raises(ValueError, match=name):
            read_edition({**good, "shots": [{**shot, name: True}]})
    with pytest.raises(ValueError, match="no mapping"):
        read_edition({**good, "shots": ["a"]})
    with pytest.raises(ValueError, match="no mapping"):
        read_edition([good])
    for name, wrong in (("takes", -1), ("price_usd", "1e9"), ("price_usd", "-1.00")):
        with pytest.raises(ValueError, match=name):
            read_edition({**good, "shots": [{**shot, name: wrong}]})


def placed(*ids, scene="s"):
    return tuple(
        EditionShot(each, scene, ClipKey(each), "m", Millis(1), MicroUsd(1)) for each in ids
    )


def fewest_moves(before, after):
    """Try every set of shots that may have stayed, the largest first."""
    for size in range(len(after), -1, -1):
        for stayed in combinations(after, size):
            if [each for each in before if each in stayed] == list(stayed):
                return len(after) - size
    return len(after)


@given(st.permutations("abcdefg"), st.integers(0, 7))
def test_as_few_shots_as_possible_have_moved(order, kept):
    """Whatever the new order, and whatever else was taken out."""
    before, after = sorted(order), order[:kept]
    found = compare("f", Edition("x", placed(*before)), Edition("y", placed(*after)))
    moved = [each.id for each in found.shots if each.moved_from]
    assert len(moved) == fewest_moves([each for each in before if each in after], after)
    shown = [each.id for each in found.shots if each.change is not Change.REMOVED]
    assert shown == list(after)
    assert {each.id for each in found.shots} == {*before}


@given(
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.lists(st.sampled_from("abcdef"), unique=True),
)
def test_every_shot_of_both_films_is_told_once(before, after):
    """Added, removed or in both; what costs is what only the new film has."""
    found = compare("f", Edition("x", placed(*before)), Edition("y", placed(*after)))
    assert sorted(each.id for each in found.shots) == sorted({*before, *after})
    assert found.cost == len({*after} - {*before})
