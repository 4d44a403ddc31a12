"""A selector chooses the shots that its words say, and says so where it chooses none."""

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.compiler.select import (
    STATES,
    BadSelector,
    Selectable,
    UnknownName,
    choose,
    parse,
    states_of,
)
from storyboard.compiler.steps import BOUGHT_ELSEWHERE
from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
)
from storyboard.model.request import ClipKey

SORA = "openai/sora-2/image-to-video"
SEEDANCE = "bytedance/seedance-2.0/image-to-video"
FREE = MicroUsd(0)


def one(name, scene, *tags, model=SORA, states=()):
    return Selectable(name, scene, tags, model, frozenset(states))


SHOTS = (
    one("stalk", "parlour", "hero", states=["cached"]),
    one("pounce", "parlour", states=["changed", "stale"]),
    one("garden", "parlour", "night"),
    one("chase", "garden", "hero", "night-2", model=SEEDANCE, states=["failed"]),
    one("moonlit", "garden", "night", states=["new"]),
)


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("pounce", "pounce"),
        ("parlour/pounce", "pounce"),
        ("p*", "pounce"),
        ("*o*", "pounce moonlit"),
        ("?????", "stalk chase"),
        ("[s-z]*", "stalk"),
        ("[!a-n]*", "stalk pounce"),
        ("parlour", "stalk pounce garden"),
        ("garden", "garden"),
        ("scene:garden", "chase moonlit"),
        ("garden/*", "chase moonlit"),
        ("*/[mp]*", "pounce moonlit"),
        ("scene:*", "stalk pounce garden chase moonlit"),
        ("tag:hero", "stalk chase"),
        ("tag:night*", "garden chase moonlit"),
        (f"model:{SEEDANCE}", "chase"),
        ("model:seedance-2.0", "chase"),
        ("model:sora-?", "stalk pounce garden moonlit"),
        ("model:*/image-to-video", "stalk pounce garden chase moonlit"),
        ("state:new", "moonlit"),
        ("state:stale", "pounce"),
        ("state:cached", "stalk"),
        ("state:owned", "stalk"),
        ("stalk,chase", "stalk chase"),
        (" stalk , tag: night ", "stalk garden moonlit"),
        ("!stalk", "pounce garden chase moonlit"),
        ("! stalk, !scene:garden", "pounce garden"),
        ("parlour,chase,!pounce", "stalk garden chase"),
        ("!pounce,parlour", "stalk garden"),
        ("tag:hero,tag:gone", "stalk chase"),
        ("!tag:gone", "stalk pounce garden chase moonlit"),
        ("!state:failed,!state:missing", "stalk pounce garden moonlit"),
    ],
)
def test_a_selector_chooses_what_it_says(selector, chosen, no_io):
    """The whole grammar, by example; a name is a shot's before it is a scene's."""
    with no_io():
        found = choose([parse(selector)], SHOTS)
    assert found == set(chosen.split())


def test_several_selectors_narrow_each_other():
    """Where a comma adds, a second selector takes away."""
    assert choose([parse("tag:hero"), parse("garden/*")], SHOTS) == {"chase"}
    assert choose([parse("tag:hero"), parse("!garden/*")], SHOTS) == {"stalk"}
    assert choose([], SHOTS) == {shot.id for shot in SHOTS}


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("", 'the selector "" has an empty term', "single commas"),
        ("a,,b", "has an empty term", "single commas"),
        ("a,!", "has an empty term", "single commas"),
        ("!!a", '"!!a" is negated twice', '"!a"'),
        ("tags:hero", '"tags:hero" begins with no word that selects', 'did you mean "tag:"?'),
        ("x:y", '"x:y" begins with', "it is one of scene:, tag:, model:, state:"),
        ("address:a/b", "begins with no word", "it is one of"),
        ("shot:a", "begins with no word", "it is one of"),
        (":a", "begins with no word", "it is one of"),
        ("tag:", '"tag:" names no tag', "tag:hero"),
        ("!state: ", "names no state", "state:failed"),
        ("state:fialed", 'no state is called "fialed"', 'did you mean "state:failed"?'),
        ("state:*", 'no state is called "*"', "it is one of new, changed"),
    ],
)
def test_what_is_no_selector_is_refused(selector, message, hint):
    """By name, with what to type instead."""
    with pytest.raises(BadSelector) as refused:
        parse(selector)
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("pounec", 'no shot or scene is called "pounec"', 'did you mean "pounce"?'),
        ("stalk,gardn", 'no shot or scene is called "gardn"', 'did you mean "garden"?'),
        ("!pounec", 'no shot or scene is called "pounec"', 'did you mean "pounce"?'),
        ("zzz", '"zzz"', "its scenes are parlour, garden; its shots are stalk, pounce, garden"),
        ("Pounce", 'no shot or scene is called "Pounce"', 'did you mean "pounce"?'),
        ("parlour/chase", 'no shot is called "parlour/chase"', 'did you mean "garden/chase"?'),
        ("parlour/pouce", "no shot is called", 'did you mean "parlour/pounce"?'),
        ("nowhere/zzzzzz", "no shot is called", "its shots are parlour/stalk"),
        ("scene:parlor", 'no scene is called "parlor"', 'did you mean "scene:parlour"?'),
    ],
)
def test_a_name_that_is_not_there_is_a_slip(selector, message, hint):
    """Also in a list, and where it is taken away: a slip must not widen or narrow a choice."""
    with pytest.raises(UnknownName) as refused:
        choose([parse(selector)], SHOTS)
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("selectors", "message", "hint"),
    [
        (["z*"], 'no shot is chosen by "z*"', "its scenes are parlour, garden"),
        (["tag:heor"], 'by "tag:heor"', 'did you mean "tag:hero"?'),
        (["tag:gone"], 'by "tag:gone"', "its tags are hero, night, night-2"),
        (["model:veo*"], 'by "model:veo*"', "its models are sora-2, openai/sora-2"),
        (["state:flight"], 'by "state:flight"', "its states are cached, changed, stale"),
        (["stalk,!stalk"], 'by "stalk,!stalk"', "take everything away"),
        (["stalk", "chase"], 'by all of "stalk" and "chase"', "narrows"),
    ],
)
def test_a_choice_of_nothing_is_refused(selectors, message, hint):
    """With what was meant, or what there is: a few of it."""
    with pytest.raises(BadSelector) as refused:
        choose([parse(each) for each in selectors], SHOTS)
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_of_many_names_only_a_few_are_listed():
    """A film of a hundred shots does not fill the screen."""
    shots = [one(f"shot-{number}", "scene") for number in range(100)]
    with pytest.raises(UnknownName) as refused:
        choose([parse("nowhere-at-all")], shots)
    assert refused.value.hint.endswith("shot-4 and 95 more")


def test_a_film_without_tags_says_so():
    """There is nothing to list."""
    with pytest.raises(BadSelector) as refused:
        choose([parse("tag:hero")], [one("a", "b")])
    assert refused.value.hint == "it has no tags"


@pytest.mark.parametrize(
    ("selector", "needs"), [("a,tag:b", False), ("a,!state:new", True), ("scene:state", False)]
)
def test_only_states_take_a_plan(selector, needs):
    """Every other term is told from the film alone."""
    assert parse(selector).needs_states is needs


NAMES = st.sampled_from(["a", "ab", "b-1", "ba", "c"])
PATTERNS = st.text("abc-1*?[]!", min_size=1, max_size=4).filter(lambda text: text[0] != "!")
TERMS = st.tuples(
    st.booleans(),
    st.sampled_from(["", "scene:", "tag:", "model:"]),
    PATTERNS | NAMES,
) | st.tuples(st.booleans(), st.just("state:"), st.sampled_from(STATES))
FILMS = st.lists(
    st.builds(
        Selectable,
        id=NAMES,
        scene=NAMES,
        tags=st.lists(NAMES, max_size=2).map(tuple),
        model=NAMES,
        states=st.frozensets(st.sampled_from(STATES), max_size=2),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda shot: shot.id,
)


def describes(prefix, pattern, shot, shots):
    """Hold a term against one shot, as the page says it."""
    literal = not set(pattern) & set("*?[")
    if prefix == "" and literal and not any(each.id == pattern for each in shots):
        prefix = "scene:"
    words = {
        "": (shot.id,),
        "scene:": (shot.scene,),
        "tag:": shot.tags,
        "model:": (shot.model,),
        "state:": shot.states,
    }[prefix]
    return any(fnmatchcase(word, pattern) for word in words)


@given(FILMS, st.lists(TERMS, min_size=1, max_size=4))
def test_choosing_is_what_each_term_says_of_each_shot(shots, terms):
    """Any of those wanted, or all where none is; then without any of those taken away."""
    selector = ",".join(f"{'!' if no else ''}{prefix}{pattern}" for no, prefix, pattern in terms)
    wanted = [term[1:] for term in terms if not term[0]]
    unwanted = [term[1:] for term in terms if term[0]]
    chosen = {
        shot.id
        for shot in shots
        if (not wanted or any(describes(*term, shot, shots) for term in wanted))
        and not any(describes(*term, shot, shots) for term in unwanted)
    }
    slip = any(
        prefix in {"", "scene:"}
        and not set(pattern) & set("*?[")
        and not any(describes(prefix, pattern, shot, shots) for shot in shots)
        for _, prefix, pattern in terms
    )
    if slip or not chosen:
        with pytest.raises(BadSelector):
            choose([parse(selector)], shots)
    else:
        assert choose([parse(selector)], shots) == chosen


@given(st.text(max_size=30))
def test_any_text_is_a_selector_or_refused(text):
    """Whatever is typed: no other exception, and a message that stands alone."""
    try:
        chosen = choose([parse(text)], SHOTS)
    except BadSelector as error:
        refused = error
    else:
        assert chosen
        return
    assert refused.message
    assert refused.hint


def order(name, step, **more):
    return PlannedShot(
        name, "scene", SORA, step, Millis(4000), Millis(4000), None, ClipKey(name), **more
    )


def test_each_step_of_a_plan_has_its_word():
    """Its further takes' words are a shot's too; a clip that another shot orders is not owned."""
    older = Take(1, ClipKey("old"), "", SORA, Millis(4000), FREE, None)
    plan = Plan(
        "film.yaml",
        (
            order("new", Generate(Why.NEW, FREE)),
            order("changed", Generate(Why.CHANGED, FREE), stands_in=older),
            order("missing", Generate(Why.CLIP_MISSING, FREE)),
            order("failed", Generate(Why.FAILED_BEFORE, FREE)),
            order("blocked", Blocked("refused", FREE)),
            order("elsewhere", Blocked(BOUGHT_ELSEWHERE, FREE)),
            order("resumed", Resume("p-1")),
            order("unclear", Reconcile("1")),
            order("cached", Reuse()),
            replace(order("shared", Reuse()), key=ClipKey("new")),
        ),
        Millis(0),
        takes=(replace(order("cached", Generate(Why.RETAKE, FREE)), key=ClipKey("take 2")),),
    )
    assert states_of(plan) == {
        "new": {"new"},
        "changed": {"changed", "stale"},
        "missing": {"missing"},
        "failed": {"failed"},
        "blocked": {"failed"},
        "elsewhere": {"missing"},
        "resumed": {"flight"},
        "unclear": {"flight"},
        "cached": {"cached", "retake"},
        "shared": {"new"},
    }
    assert frozenset().union(*states_of(plan).values()) == set(STATES)
