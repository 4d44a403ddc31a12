"""Orders: what a model is sent for a shot, and what it is not."""

from dataclasses import replace

import pytest

from fakes.films import HEAD, card, film, still
from storyboard.compiler.request import (
    SOURCES,
    AnimaticLook,
    animatic_still,
    card_inputs,
    order_animatic,
    order_clip,
)
from storyboard.model.card import CardInput
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey, clip_key
from storyboard.model.story import ImageFile, ImageFrom, ImageUrl

FILM = film(HEAD + "shots: [{id: a, image: a.png, action: runs, seed: 7}]")
STILLS = {"a.png": still("a.png"), "b.png": still("b.png")}
DRAWN = ("image", "action", "label", "dialogue", "ambience", "effects", "fps", "move")
ANIMATIC = card(
    id="animatic",
    provider="animatic",
    inputs=(
        *(CardInput(name, "string", name) for name in DRAWN),
        CardInput("burn_in", "boolean", default=False),
    ),
)


def order(whole=FILM, model=None, length=8000, prompt="P", clips=None, **changes):
    shot = replace(whole.shots[0], **changes)
    return order_clip(
        model or card(),
        shot,
        whole,
        prompt=prompt,
        length=Millis(length),
        stills=STILLS,
        clips=clips or {},
    )


def free(whole=FILM, look=None, **changes):
    """Order the first shot as an animatic; return what is drawn and heard."""
    shot = replace(whole.shots[0], **changes)
    return dict(order_animatic(ANIMATIC, shot, whole, STILLS, look or AnimaticLook()).inputs)


def test_what_is_sent():
    """Prompt, still by its content, bought length and the fields the card maps; nothing empty."""
    request = order()
    assert (request.model, request.length) == ("house", 8000)
    assert dict(request.inputs) == {
        "prompt": "P",
        "image": "sha256:sha-of-a.png",
        "duration": 8,
        "seed": 7,
        "resolution": "720p",
    }
    assert request.stills == (STILLS["a.png"],)


def test_a_length_in_whole_seconds_is_a_whole_number():
    """Models take 8, not 8.0; a broken length is a fraction."""
    assert repr(dict(order(length=8000).inputs)["duration"]) == "8"
    assert dict(order(length=8500).inputs)["duration"] == 8.5


def test_a_format_the_model_does_not_sell_leaves_its_default():
    """Our field is used only where the card's list has it."""
    small = film(HEAD + "format: {resolution: 480p}\nshots: [{id: a}]")
    assert dict(order(small).inputs)["resolution"] == "720p"
    large = film(HEAD + "format: {resolution: 1080p}\nshots: [{id: a}]")
    assert dict(order(large).inputs)["resolution"] == "1080p"


def test_inputs_of_the_shot_are_sent_as_they_stand():
    """`inputs:` wins over our field and over the card's default, and adds what has no field."""
    given = (("resolution", "1080p"), ("style", "noir"), ("unknown", 1))
    sent = dict(order(inputs=given).inputs)
    assert (sent["resolution"], sent["style"]) == ("1080p", "noir")
    assert "unknown" not in sent


@pytest.mark.parametrize("field", ["image", "end_image"])
@pytest.mark.parametrize(
    ("picture", "name"),
    [
        (ImageFile("b.png"), "sha256:sha-of-b.png"),
        (ImageFile("missing.png"), None),
        (ImageUrl("https://example.com/x.png"), "url:https://example.com/x.png"),
        (ImageFrom("b"), "clip:KEY-OF-B#last"),
        (ImageFrom("b", "first"), "clip:KEY-OF-B#first"),
        (ImageFrom("c"), None),
    ],
)
def test_a_picture_is_named_by_its_content(field, picture, name):
    """Bytes, an address, or a frame of the clip that another shot's own order names."""
    request = order(**{"image": None, field: picture}, clips={"b": ClipKey("KEY-OF-B")})
    assert dict(request.inputs).get("image" if field == "image" else "last_image") == name


@pytest.mark.parametrize(
    "change",
    [
        {"id": "z"},
        {"scene": "z"},
        {"notes": "z"},
        {"tags": ("z",)},
        {"takes": 3},
        {"duration": Millis(7000)},
        {"handles": Millis(10)},
        {"template": "z"},
        {"action": "z"},
        {"fallback": ("z",)},
        {"inputs": (("seed", 7),)},
    ],
)
def test_what_is_not_sent_does_not_change_the_key(change):
    """Names, places, notes, tags and what only shapes prompt or length leave the clip as it is."""
    assert clip_key(order(**change)) == clip_key(order())


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "Q"},
        {"length": 12000},
        {"model": card(id="other")},
        {"seed": 8},
        {"image": ImageFile("b.png")},
        {"end_image": ImageFile("b.png")},
        {"inputs": (("style", "noir"),)},
        {"inputs": (("audio", False),)},
    ],
)
def test_whatever_is_sent_changes_the_key(change):
    """Every input, the length and the model name another clip."""
    assert clip_key(order(**change)) != clip_key(order())


def test_a_still_that_is_moved_is_the_same_still():
    """A picture's path is not in the key, its bytes are."""
    moved = order_clip(
        card(),
        replace(FILM.shots[0], image=ImageFile("else.png")),
        FILM,
        prompt="P",
        length=Millis(8000),
        stills={"else.png": replace(STILLS["a.png"], path="else.png")},
        clips={},
    )
    assert clip_key(moved) == clip_key(order())


CHAIN = film(
    HEAD + "shots: [{id: a, image: {from: b}}, {id: b, image: {from: c}}, {id: c, image: a.png}]"
)


def test_an_animatic_shows_the_still_that_a_chain_starts_from():
    """Frames of clips that are not made yet stand for the still at the chain's beginning."""
    assert animatic_still(CHAIN.shots[0], CHAIN) == ImageFile("a.png")
    assert free(CHAIN)["image"] == "sha256:sha-of-a.png"


def test_a_chain_without_end_or_beginning_shows_nothing():
    """A ring, or a chain from nowhere, has no still; looking for it ends."""
    ring = film(HEAD + "shots: [{id: a, image: {from: b}}, {id: b, image: {from: a}}]")
    assert isinstance(animatic_still(ring.shots[0], ring), ImageFrom)
    lost = film(HEAD + "shots: [{id: a, image: {from: z}}]")
    assert isinstance(animatic_still(lost.shots[0], lost), ImageFrom)
    assert "image" not in free(lost)


@pytest.mark.parametrize(
    ("changes", "labelled"),
    [
        ({}, False),
        ({"image": None}, True),
        ({"image": ImageFile("missing.png")}, True),
        ({"image": ImageUrl("https://example.com/x.png")}, True),
    ],
)
def test_a_slate_is_labelled_and_a_still_is_not(changes, labelled):
    """The shot's id and action are drawn, and in the key, only where they are seen."""
    sent = free(**changes)
    assert (sent.get("label"), sent.get("action")) == (("a", "runs") if labelled else (None, None))
    assert "burn_in" not in sent


def test_ids_are_burnt_in_when_asked():
    """A review copy carries the shot's id, and is another clip than the clean one."""
    sent = free(look=AnimaticLook(burn_in=True))
    assert (sent["burn_in"], sent["label"], "action" in sent) == (True, "a", False)
    assert "image" in sent


def test_slates_stand_for_stills_when_asked():
    """A film to be read: the slate with the action, whether or not there is a still."""
    sent = free(look=AnimaticLook(slates=True))
    assert (sent["label"], sent["action"], "image" in sent) == ("a", "runs", False)


@pytest.mark.parametrize(
    ("camera", "move"),
    [
        ("{move: roll}", "roll"),
        ("slow pan left", "pan-left"),
        ("{size: cu}", "static"),
        ("a quiet frame", "static"),
    ],
)
def test_the_animatic_moves_as_the_prose_says(camera, move):
    """Where the camera is described in a sentence, the move it names is made."""
    whole = film(HEAD + f"shots: [{{id: a, image: a.png, camera: {camera}}}]")
    assert free(whole)["move"] == move


def test_what_an_animatic_hears_and_shows():
    """Lines with the speaker's name, the place's sound, the exact rate and the one move."""
    whole = film(
        HEAD + "format: {fps: 23.976}\ncharacters: {mia: {description: x, name: Maria}}\n"
        "locations: {hall: {description: x, ambience: wind}}\n"
        "shots: [{id: a, location: hall, sound: {effects: [paws]}, camera: {move: roll},"
        " dialogue: [{character: mia, line: hi}, psst]}]"
    )
    sent = free(whole)
    assert sent["dialogue"] == [
        {"speaker": "Maria", "text": "hi", "delivery": "on-screen"},
        {"speaker": None, "text": "psst", "delivery": "on-screen"},
    ]
    assert (sent["ambience"], sent["effects"]) == ("wind", ["paws"])
    assert (sent["fps"], sent["move"]) == ("24000/1001", "roll")


def test_every_source_is_read_from_the_film():
    """Each word a card may name as a source gives something, if only nothing."""
    for name, read in SOURCES.items():
        model = card(inputs=(CardInput("x", "string", name),))
        assert card_inputs(model, FILM.shots[0], FILM) == {"x": read(FILM.shots[0], FILM)}
