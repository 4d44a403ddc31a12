"""Inheritance: film, scene, shot and variant, each field with the place it was written at."""

from dataclasses import replace

import pytest

from fakes.films import film, marked, tree
from storyboard.compiler.inherit import inherited_shot, overlay, with_variant
from storyboard.model.money import Millis
from storyboard.model.post import Card, Credit, Loudness, Music
from storyboard.model.tree import find, plain


def shot_of(text, name="a", **options):
    """Return a shot of a film, and the spans marked in its text."""
    plain_text, spans = marked(text)
    lowered = film(plain_text, **options)
    return next(shot for shot in lowered.shots if shot.id == name), spans


def test_the_nearest_layer_wins_and_says_where():
    """Film, film's defaults, scene's defaults, shot: a field comes from the last that has it."""
    layers = ["look: «film»", "defaults: {look: «defaults»}"]
    scene = "scenes: [{id: s, defaults: {look: «scene»}, shots: [{id: a, look: «shot»}]}]"
    for count, expected in enumerate(["film", "defaults"], 1):
        bare = "scenes: [{id: s, shots: [{id: a}]}]"
        shot, spans = shot_of("\n".join(["title: T", *layers[:count], bare]))
        assert (shot.look, shot.origin.at("look")) == (expected, spans[-1])
    without = scene.replace(", look: «shot»", "")
    shot, spans = shot_of("\n".join(["title: T", *layers, without]))
    assert (shot.look, shot.origin.at("look")) == ("scene", spans[-1])
    shot, spans = shot_of("\n".join(["title: T", *layers, scene]))
    assert (shot.look, shot.origin.at("look")) == ("shot", spans[-1])


@pytest.mark.parametrize("field", ["model", "template", "look"])
def test_what_a_film_says_of_all_its_shots(field):
    """Model, template and look stand at the top of a film and hold for every shot."""
    shot, (place,) = shot_of(f"title: T\n{field}: «x»\nshots: [{{id: a}}]")
    assert (getattr(shot, field), shot.origin.at(field)) == ("x", place)


def test_a_scenes_people_place_and_light():
    """Characters, location and lighting of a scene hold for its shots, over the film's defaults."""
    text = """\
title: T
defaults: {location: street, lighting: dim}
scenes:
  - id: s
    location: «hall»
    characters: [«mia»]
    lighting: bright
    shots: [{id: a}, {id: b, location: roof}]
  - {id: t, shots: [{id: c}]}
"""
    shot, (hall, mia) = shot_of(text)
    assert (shot.location, shot.origin.at("location")) == ("hall", hall)
    assert (shot.characters, shot.origin.at("characters", 0)) == (("mia",), mia)
    assert shot.lighting == "bright"
    assert shot_of(text, "b")[0].location == "roof"
    assert shot_of(text, "c")[0].location == "street"
    assert shot_of(text, "c")[0].lighting == "dim"


def test_camera_sound_and_inputs_merge_field_by_field():
    """A layer adds to what is beneath it; the same field is replaced, with its new place."""
    text = """\
title: T
defaults: {camera: {support: «handheld», size: ws}, sound: {music: waltz}, inputs: {x: 1, y: 1}}
scenes:
  - id: s
    defaults: {camera: {angle: low}}
    shots: [{id: a, camera: {size: «cu»}, sound: {ambience: rain}, inputs: {y: 2}}]
"""
    shot, (support, size) = shot_of(text)
    assert (shot.camera.support, shot.camera.angle, shot.camera.size) == ("handheld", "low", "cu")
    assert shot.origin.at("camera", "support") == support
    assert shot.origin.at("camera", "size") == size
    assert (shot.sound.music, shot.sound.ambience) == ("waltz", "rain")
    assert dict(shot.inputs) == {"x": 1, "y": 2}


def test_short_forms_merge_like_long_ones():
    """A camera or sound in plain words is its `text`, beside the fields of other layers."""
    defaults = "title: T\ndefaults: {camera: {support: dolly}, sound: «rain»}"
    text = f"{defaults}\nshots: [{{id: a, camera: «slow»}}]"
    shot, (rain, slow) = shot_of(text)
    assert (shot.camera.support, shot.camera.text, shot.sound.text) == ("dolly", "slow", "rain")
    assert shot.origin.at("camera", "text") == slow
    assert shot.origin.at("sound", "text") == rain
    text = "title: T\ndefaults: {camera: slow}\nshots: [{id: a, camera: {support: dolly}}]"
    shot, _ = shot_of(text)
    assert (shot.camera.support, shot.camera.text) == ("dolly", "slow")


def test_a_mix_merges_field_by_field():
    """What a shot says of its sound is added to the defaults; its tracks replace theirs."""
    text = """\
title: T
defaults: {mix: {gain: «-3», lead: 1s, tracks: [rain.wav]}}
shots: [{id: a, mix: {lead: 2s, tracks: [door.wav]}}]
"""
    shot, (gain,) = shot_of(text)
    assert (shot.mix.gain, shot.mix.lead, len(shot.mix.tracks)) == (-3.0, 2000, 1)
    assert shot.origin.at("mix", "gain") == gain


@pytest.mark.parametrize(
    "field", ["transition", "trim", "dialogue", "palette", "tags", "fallback", "focus", "speed"]
)
def test_every_other_field_is_replaced_whole(field):
    """A list or mapping of a shot takes the place of the inherited one."""
    written = {
        "transition": ("{type: dissolve, duration: 2s}", "{type: wipe-left}"),
        "trim": ("{in: 1s, out: 2s}", "{in: 0.5s}"),
        "dialogue": ("[one, two]", "[three]"),
        "palette": ("[red, blue]", "[green]"),
        "tags": ("[hero]", "[night]"),
        "fallback": ("[x, w]", "[z]"),
        "focus": ("{x: 0.1, y: 0.2}", "{x: 0.9}"),
        "speed": ("2", "50%"),
    }
    below, above = written[field]
    both, _ = shot_of(
        f"title: T\ndefaults: {{{field}: {below}}}\nshots: [{{id: a, {field}: {above}}}]"
    )
    alone, _ = shot_of(f"title: T\nshots: [{{id: a, {field}: {above}}}]")
    assert getattr(both, field) == getattr(alone, field)


def test_nothing_takes_an_inherited_field_away():
    """A field written as null is no longer inherited."""
    shot, _ = shot_of(
        "title: T\nlook: noir\ndefaults: {camera: slow}\nshots: [{id: a, look: , camera: }]"
    )
    assert shot.look is None
    assert shot.camera.text is None


VARIANT = """\
title: T
look: noir
model: house
format: {aspect: "16:9", fps: 25}
budget: {cost: 5, runtime: 60s}
defaults: {camera: slow, duration: 8s}
scenes:
  - id: s
    shots:
      - {id: a, action: cat, camera: {size: cu}}
      - {id: b, action: dog}
  - id: t
    shots:
      - {id: c, action: cow}
variants:
  tall:
    title: U
    format: {aspect: "9:16"}
    budget: {runtime: 30s}
    defaults: {camera: {support: tripod}, duration: 4s}
    shots:
      a: {camera: {angle: low}, action: «Katze»}
      t/c: {skip: true}
"""


def test_a_variant_lies_on_the_film():
    """Its fields replace the film's; format, budget and defaults merge field by field."""
    text, _ = marked(VARIANT)
    whole, tall = film(text), film(text, variant="tall")
    assert (whole.title, tall.title) == ("T", "U")
    assert (tall.format.aspect, tall.format.fps) == ("9:16", 25)
    assert (tall.budget.cost, tall.budget.runtime) == (5_000_000, 30_000)
    assert (whole.variant, tall.variant) == (None, "tall")
    assert whole.variants == tall.variants == ("tall",)


POST = """\
title: T
mix: {{loudness: -23, music: {{file: a.mp3, gain: -20}}}}
title_card: {{title: U, subtitle: film}}
credits: {{heading: Credits, lines: [Ann]}}
metadata: {{author: Ann, year: 2026}}
shots: [{{id: a, mix: {{gain: -3}}}}]
variants: {{v: {{{}}}}}
"""


@pytest.mark.parametrize(
    ("variant", "changed"),
    [
        ("mix: {true_peak: -2}", {"loudness": Loudness(-23.0, -2.0)}),
        ("mix: {loudness: false}", {"loudness": Loudness(None)}),
        ("mix: {music: b.mp3}", {"music": Music("b.mp3")}),
        ("mix: {music: false}", {"music": None}),
        ("title_card: Das Garn", {"title_card": Card("title", Millis(3000), "Das Garn", "film")}),
        ("title_card: {duration: 1s}", {"title_card": Card("title", Millis(1000), "U", "film")}),
        ("title_card: true", {}),
        ("title_card: false", {"title_card": None}),
        (
            "credits: [Bo]",
            {"credits": Card("credits", Millis(3000), "Credits", credits=(Credit("Bo"),))},
        ),
        (
            "credits: {heading: Dank}",
            {"credits": Card("credits", Millis(3000), "Dank", credits=(Credit("Ann"),))},
        ),
        ("credits: false", {"credits": None}),
        ("metadata: {year: 2027}", {"metadata": (("author", "Ann"), ("year", "2027"))}),
    ],
)
def test_a_variants_sound_and_cards_lie_on_the_films(variant, changed):
    """Each merges field by field, in short forms too; music is replaced, and `false` takes away."""
    text = POST.format(variant)
    whole, other = film(text), film(text, variant="v")
    assert other == replace(whole, variant="v", **changed)


def test_a_variant_gives_a_film_what_it_lacks():
    """Cards, sound and facts of a variant's own need nothing beneath them."""
    fields = "title_card: Das Garn, credits: [Bo], metadata: {year: 2027}, mix: {music: a.mp3}"
    other = film(f"title: T\nshots: [{{id: a}}]\nvariants: {{v: {{{fields}}}}}", variant="v")
    assert (other.title_card.heading, other.credits.credits) == ("Das Garn", (Credit("Bo"),))
    assert (other.metadata, other.music) == ((("year", "2027"),), Music("a.mp3"))


def test_a_variants_shots_lie_on_the_shots():
    """An override merges like any other layer, also under SCENE/SHOT, and leaves the rest alone."""
    text, (katze,) = marked(VARIANT)
    a, b, c = film(text, variant="tall").shots
    assert (a.camera.size, a.camera.angle, a.camera.support) == ("cu", "low", "tripod")
    assert a.camera.text == b.camera.text == "slow"
    assert (a.action, a.origin.at("action")) == ("Katze", katze)
    assert (b.action, b.duration) == ("dog", 4000)
    assert (c.skip, c.action) == (True, "cow")
    assert a.origin.span == film(text).shots[0].origin.span


def test_an_override_counts_only_in_its_own_scene():
    """SCENE/SHOT means the shot of that scene and no other."""
    text = (
        "title: T\nscenes: [{id: s, shots: [{id: a}]}]\nvariants: {v: {shots: {t/a: {skip: true}}}}"
    )
    assert not film(text, variant="v").shots[0].skip


def test_a_variant_that_changes_nothing_changes_nothing():
    """What a variant does not name is as it was, so nothing of it is bought again."""
    root = tree(marked(VARIANT)[0] + "  same: {}\n")
    same = with_variant(root, "same")
    assert plain(same) == plain(root)
    assert with_variant(root, None) is root
    assert with_variant(root, "unknown") is root


def test_layers_are_left_as_they_were():
    """Laying one mapping on another changes neither."""
    root = tree("a: {camera: {size: ws}, x: 1}\nb: {camera: {angle: low}, y: 2}")
    before = plain(root)
    merged = overlay(find(root, "a"), find(root, "b"))
    assert plain(merged) == {"camera": {"size": "ws", "angle": "low"}, "x": 1, "y": 2}
    assert plain(root) == before
    with_variant(tree(marked(VARIANT)[0]), "tall")


def test_a_film_that_says_nothing_leaves_a_shot_nothing():
    """Without film fields or defaults a shot starts empty."""
    assert plain(inherited_shot(tree("title: T"), None, ())) == {}
