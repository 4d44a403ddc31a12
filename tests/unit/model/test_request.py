"""A clip's key: the same for the same order however it came about, another for any other order."""

import json
import string
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fakes.films import still
from storyboard.model.money import Millis
from storyboard.model.request import ClipRequest, clip_key, made_from

names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
inputs = st.dictionaries(names, values, max_size=5)
requests = st.builds(
    lambda model, given, length: ClipRequest(model, tuple(given.items()), Millis(length)),
    names,
    inputs,
    st.integers(1, 60_000),
)


@given(requests, st.randoms(use_true_random=False))
def test_the_order_of_inputs_does_not_matter(request, shuffler):
    """Inputs in any order, also inside a mapping, make the same key."""

    def shuffled(value):
        if isinstance(value, dict):
            entries = [(name, shuffled(each)) for name, each in value.items()]
            shuffler.shuffle(entries)
            return dict(entries)
        return [shuffled(each) for each in value] if isinstance(value, list) else value

    moved = list(request.inputs)
    shuffler.shuffle(moved)
    other = replace(request, inputs=tuple((name, shuffled(value)) for name, value in moved))
    assert clip_key(other) == clip_key(request)


@given(requests, requests)
def test_two_orders_share_a_key_only_if_they_are_the_same(one, other):
    """Model, length and every input, with its type, make the key."""

    def canonical(request):
        return json.dumps([request.model, request.length, dict(request.inputs)], sort_keys=True)

    assert (clip_key(one) == clip_key(other)) == (canonical(one) == canonical(other))


@given(requests, names, values)
def test_every_field_of_an_order_changes_the_key(request, name, value):
    """Another model, another length, another input or another value: another clip."""
    key = clip_key(request)
    assert clip_key(replace(request, model=request.model + "x")) != key
    assert clip_key(replace(request, length=Millis(request.length + 1))) != key
    given = dict(request.inputs)
    assert clip_key(replace(request, inputs=tuple({**given, "new input": value}.items()))) != key
    for each, written in given.items():
        without = {other: kept for other, kept in given.items() if other != each}
        assert clip_key(replace(request, inputs=tuple(without.items()))) != key
        changed = {**given, each: [written]}
        assert clip_key(replace(request, inputs=tuple(changed.items()))) != key


@given(requests)
def test_where_the_stills_lie_does_not_matter(request):
    """The key names a picture by its content, which is in the inputs, not by its path."""
    assert clip_key(replace(request, stills=(still("a.png"),))) == clip_key(request)


def test_a_key_is_what_it_has_always_been():
    """Clips that were paid for are found by this key: it may never change."""
    request = ClipRequest("house", (("prompt", "Grüße, 猫"), ("duration", 8)), Millis(8000))
    assert clip_key(request) == "173d42851e05c532b8214cecf2ee2a26f163bf8dd2754fe58b3a8f7a3121e876"


def test_text_that_is_no_unicode_has_a_key():
    """Half of a surrogate pair, as a command line may hold, is named like any other text."""
    broken = ClipRequest("house", (("prompt", "a\udcffb"),), Millis(8000))
    assert len(clip_key(broken)) == 64


@given(requests)
def test_what_a_clip_was_made_from_names_all_that_is_in_its_key(request):
    """Everything that can change the key has a name, so that a plan can say what changed."""
    made = made_from(request)
    assert made == {
        "model": request.model,
        "duration": request.length / 1000,
        **dict(request.inputs),
    }
    assert json.loads(json.dumps(made)) == made


def test_the_size_of_a_still_for_people():
    """A picture's size is width by height."""
    assert still("a.png", 1280, 720).size == "1280x720"
