"""Whatever a film holds, the command answers with findings and an exit code, never a traceback."""

import contextlib
import copy
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.case import lay_out
from fakes.command import answer
from storyboard.model import vocabulary

GOLDEN = Path(__file__).parents[1] / "golden" / "bad"
MODELS = ("openai/sora-2/image-to-video", "bytedance/seedance-2.0/image-to-video")
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() and "{{" not in text and "{%" not in text)


@contextlib.contextmanager
def project(text):
    """Lay a film out in a project of its own, and stand in it."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("storyboard.toml").touch()
        Path("film.yaml").write_text(text, encoding="utf-8")
        yield


def written(film):
    """Write a film as JSON, which is YAML in which nothing is ambiguous."""
    return json.dumps(film, ensure_ascii=False, indent=1)


CAMERAS = WORDS | st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from(sorted(vocabulary.SIZE.phrases)),
        "angle": st.sampled_from(sorted(vocabulary.ANGLE.phrases)),
        "move": st.sampled_from(sorted(vocabulary.MOVE.phrases)),
        "speed": st.sampled_from(sorted(vocabulary.SPEED.phrases)),
        "lens": st.integers(8, 400),
    },
)
SHOTS = st.fixed_dictionaries(
    {"action": WORDS},
    optional={
        "camera": CAMERAS,
        "sound": WORDS,
        "dialogue": WORDS | st.lists(WORDS, min_size=1, max_size=3),
        "duration": st.sampled_from(["4s", "8s", "00:00:06:00", 5, 4.5]),
        "look": WORDS,
        "mood": WORDS,
        "notes": WORDS,
        "tags": st.lists(st.sampled_from(["hero", "draft", "night-2"]), max_size=3, unique=True),
        "transition": st.sampled_from(["cut", "dissolve", "smash"]),
        "template": st.sampled_from(["cinematic", "sections", "plain"]),
        "seed": st.integers(0, 2**31 - 1),
        "takes": st.integers(1, 20),
    },
)


@st.composite
def films(draw):
    """A film that the language allows."""
    listed = draw(st.lists(SHOTS, min_size=1, max_size=6))
    shots = [{"id": f"shot-{index}", **shot} for index, shot in enumerate(listed)]
    film = {"storyboard": 1, "title": draw(WORDS), "model": draw(st.sampled_from(MODELS))}
    if draw(st.booleans()):
        return {**film, "scenes": [{"id": "one", "heading": draw(WORDS), "shots": shots}]}
    return {**film, "shots": shots}


MANGLED = st.sampled_from(
    [None, 7, -1.5, True, [], {}, ["x"], {"x": "y"}, "", "x" * 300, "\0", "*"]
)


@st.composite
def broken(draw):
    """A film with one place spoiled: a key renamed, a value swapped, or the text cut off."""
    film = copy.deepcopy(draw(films()))
    shot = draw(st.sampled_from(film.get("shots") or film["scenes"][0]["shots"]))
    match draw(st.sampled_from(["key", "value", "id", "title", "text"])):
        case "key":
            shot[draw(WORDS)] = draw(MANGLED)
        case "value":
            shot["duration"] = draw(MANGLED.filter(lambda value: value not in (7, None)))
        case "id":
            del shot["id"]
        case "title":
            del film["title"]
        case "text":
            return written(film) + draw(
                st.sampled_from(["}", "\n- x", "\n\tx: 1", "\na: &", '\n"x'])
            )
    return written(film)


TWO_HUNDRED = settings(max_examples=200)


@TWO_HUNDRED
@given(films())
def test_a_film_that_the_language_allows_is_checked_and_planned(film):
    """No error is found in it, every prompt is written and every shot priced."""
    with project(written(film)):
        ran = answer("check", "film.yaml", "--no-cache")
        assert ran.code == 0, ran.out + ran.err
        ran = answer("plan", "film.yaml", "--json", "--no-cache")
        assert ran.code == 0, ran.err
        assert len(json.loads(ran.out)["shots"]) == len(
            film.get("shots") or film["scenes"][0]["shots"]
        )


@TWO_HUNDRED
@given(broken())
def test_a_broken_film_ends_with_a_place(text):
    """Exit code 1, and every error says where."""
    with project(text):
        ran = answer("check", "film.yaml", "--format", "json", "--no-cache")
    assert ran.code == 1, (text, ran)
    errors = [each for each in json.loads(ran.out)["findings"] if each["severity"] == "error"]
    assert errors
    assert all(each["line"] and each["column"] for each in errors), errors


def by_hand():
    """Find the golden films that have an error, other than one of the command line."""
    for folder in sorted(GOLDEN.iterdir()):
        findings = json.loads((folder / "expected.json").read_text())
        if findings["errors"] and not (folder / "options.json").exists():
            yield folder


def test_at_least_sixty_films_were_broken_by_hand():
    """The golden films hold that many with an error; each is run by the golden tests too."""
    assert len(list(by_hand())) >= 60


@pytest.mark.parametrize("folder", list(by_hand()), ids=lambda folder: folder.name)
def test_a_film_broken_by_hand_exits_with_1(folder, tmp_path):
    """The command itself says so, with a place, in the words of the golden file."""
    lay_out(folder, tmp_path / "project")
    with contextlib.chdir(tmp_path / "project"):
        ran = answer("check", "film.yaml", "--format", "json", "--no-cache")
    assert ran.code == 1, ran.out + ran.err
    errors = [each for each in json.loads(ran.out)["findings"] if each["severity"] == "error"]
    assert all(each["line"] and each["column"] for each in errors)
