"""`storyboard why`: what a build would do about a shot, and why, before a cent is spent."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from fakes.command import answer
from fakes.owned import own
from fakes.rehearsal import MODEL, SPARE, environment, shop, write_film
from fakes.simulator import film_clip, simulated
from storyboard.model.errors import ExitCode

CHAIN = "  - {id: s2, image: {from: s1, frame: last}, action: It sleeps.}\n"


def edit(old, new, path="film.yaml"):
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new, 1))


@pytest.fixture(scope="module")
def bought(tmp_path_factory):
    """A project whose three shots were bought from a simulator; return it and that address."""
    film = write_film(tmp_path_factory.mktemp("why") / "project", shots=2)
    with film.open("a") as file:
        file.write(CHAIN)
    with pytest.MonkeyPatch.context() as patch, simulated(shop(), film_clip) as simulator:
        patch.chdir(film.parent)
        patch.setenv("STORYBOARD_CACHE", str(tmp_path_factory.mktemp("cache")))
        for name, value in environment(simulator.base_url).items():
            patch.setenv(name, value)
        ran = answer("build", "film.yaml", "--yes")
        assert ran.code == ExitCode.OK, ran.err
    return film.parent, simulator.base_url


@pytest.fixture
def project(bought, tmp_path, monkeypatch):
    """A copy of the project that was bought; the test stands in it."""
    folder, base_url = bought
    shutil.copytree(folder, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    for name, value in environment(base_url).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "project"


def why(shot):
    """Return what is said of a shot as text and as data, which say the same."""
    text, data = answer("why", "film.yaml", shot), answer("why", "film.yaml", shot, "--json")
    assert (text.code, data.code) == (ExitCode.OK, ExitCode.OK), text.err + data.err
    shots = json.loads(data.out)["shots"]
    assert all(each["reason"] in text.out for each in shots)
    return text.out, shots[0]


@pytest.mark.usefixtures("project")
def test_an_owned_shot_says_which_take_it_is_when_it_was_bought_and_for_how_much():
    """It costs nothing, and nothing differs."""
    text, data = why("s0")
    assert text.startswith(f"s0  = cached  {MODEL}  1s\n")
    assert "take 1, bought 20" in text
    assert "UTC for $0.10\n" in text
    assert "  cost  nothing\n" in text
    assert (data["step"], data["number"], data["against"]["price_usd"]) == ("reuse", 1, "0.10")


@pytest.mark.usefixtures("project")
def test_a_changed_prompt_is_shown_line_by_line():
    """What was said before, what is said now, and what that costs."""
    edit("box number 0", "the bed")
    text, data = why("s0")
    assert "~ generate (changed: prompt; take 1 stands in)" in text
    assert "    -- The cat jumps on box number 0.\n    +- The cat jumps on the bed.\n" in text
    assert "  cost  $0.10\n" in text
    assert (data["why"], data["changed"], data["stands_in"]) == ("changed", ["prompt"], 1)
    assert "+- The cat jumps on the bed." in data["prompt"]


@pytest.mark.usefixtures("project")
def test_a_changed_still_is_shown_with_its_path_and_sizes():
    """The old one's size too, where its bytes are still in the film."""
    Image.new("RGB", (1280, 720), "navy").save("0.png")
    text, data = why("s0")
    assert "  image  0.png\n    - sha256:" in text
    assert "  1280x720\n" in text
    (image,) = data["inputs"]
    assert (image["path"], image["size_before"], image["size_after"]) == ("0.png", None, "1280x720")
    edit("0.png", "1.png")
    edit("id: s1, image: 1.png", "id: s1, image: 0.png")
    assert why("s1")[1]["inputs"][0]["size_before"] == "640x360"


@pytest.mark.usefixtures("project")
def test_another_model_is_named():
    """Both of them, with every other input that it changes."""
    edit("id: s0,", f"id: s0, model: {SPARE},")
    text, data = why("s0")
    assert f"  model\n    - {MODEL}\n    + {SPARE}\n" in text
    assert [each["name"] for each in data["inputs"]] == ["model"]
    assert "  cost  $0.15\n" in text


@pytest.mark.usefixtures("project")
def test_a_chain_says_which_shot_has_another_clip():
    """A shot that itself has not changed is made anew because of the one it starts from."""
    edit("box number 1", "the bed")
    text, data = why("s2")
    assert "  image  s1, which it starts from, has another clip\n" in text
    assert data["inputs"][0]["start"] == "s1"
    assert data["prompt"] == []


@pytest.mark.usefixtures("project")
def test_a_new_shot_says_that_it_is_new():
    """There is nothing to hold it against."""
    edit("shots:\n", "shots:\n  - {id: s9, image: 3.png, action: It runs.}\n")
    text, data = why("s9")
    assert "no clip was ever bought for it" in text
    assert (data["why"], data["against"], data["recorded"]) == ("new", None, True)


@pytest.mark.usefixtures("project")
def test_a_further_take_is_shown_under_its_shot():
    """With what it costs."""
    edit("id: s0,", "id: s0, takes: 2,")
    text, data = why("s0")
    assert "one more take of it is asked for" in text
    assert (data["why"], data["retake"], data["take"]) == ("retake", True, 2)


def test_a_clone_without_its_clips_says_that_it_cannot_tell(project):
    """The lock knows that a take was bought, and no record says what it was made from."""
    for folder in (project / ".storyboard" / "rehearsals").iterdir():
        for path in folder.iterdir():
            if path.name != "locks":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    edit("box number 0", "the bed")
    text, data = why("s0")
    assert "this machine has no record of what that was made from" in text
    assert "storyboard diff film.yaml --against REV" in text
    assert data["recorded"] is False
    text, data = why("s1")
    assert text.startswith("s1  > fetch")
    assert "it is fetched, for nothing\n  take 1, bought 20" in text
    assert (data["recorded"], data["against"]["take"]) == (True, 1)


@pytest.mark.usefixtures("project")
def test_a_take_that_is_circled_in_spite_of_an_edit_is_not_called_unchanged():
    """Nothing is bought for it, and what is different is told."""
    edit("box number 0", "the bed")
    assert answer("circle", "film.yaml", "s0", "1").code == ExitCode.OK
    text, data = why("s0")
    assert text.startswith("s0  = cached")
    assert "take 1 is circled, though it was made from something else\n  take 1, bought" in text
    assert "    -- The cat jumps on box number 0.\n    +- The cat jumps on the bed.\n" in text
    assert (data["inputs"], data["cost_usd"], data["recorded"]) == ([], "0.00", True)


@pytest.mark.usefixtures("project")
def test_several_shots_are_added_up():
    """A selector may choose many; their costs stand together at the end."""
    edit("box number 0", "the bed")
    edit("box number 1", "the sofa")
    text = answer("why", "film.yaml", "state:changed").out
    assert text.endswith("\ncost      $0.30\n")
    assert "s0  ~" in text
    assert "s2  ~" in text


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("film.yaml", "s9"), ExitCode.USAGE),
        (("film.yaml", "tag:"), ExitCode.USAGE),
        (("film.yaml", "s0", "--only", "s1"), ExitCode.USAGE),
        (("nothing.yaml", "s0"), ExitCode.INVALID_STORYBOARD),
    ],
)
def test_a_shot_that_is_not_there_is_refused(words, code):
    """With the same code as everywhere else."""
    assert answer("why", *words).code == code


# --- what costs nothing


def rename():
    edit("id: s0", "id: leap")
    return "leap"


def comment():
    edit("shots:", "# a remark\nshots: # another")


def reorder_keys():
    edit("id: s0, image: 0.png,", "image: 0.png, id: s0,")


def requote():
    edit("action: The cat jumps on box number 0.", "action: 'The cat jumps on box number 0.'")


def anchor():
    edit("id: s0, image: 0.png,", "id: s0, image: &still 0.png,")
    edit("id: s1, image: 1.png,", "id: s1, image: 1.png, notes: *still,")


def write_defaults_out():
    edit("defaults: {duration: 1s}\n", "")
    edit("id: s0,", "id: s0, duration: 1s,")
    edit("id: s1,", "id: s1, duration: 1s,")
    edit("id: s2,", "id: s2, duration: 1s,")


def split():
    text = Path("film.yaml").read_text()
    head, _, shots = text.partition("shots:\n")
    lines = shots.splitlines(keepends=True)
    Path("first.yaml").write_text("id: one\nshots:\n" + lines[0])
    Path("film.yaml").write_text(
        f"{head}scenes:\n  - include: first.yaml\n  - id: two\n    shots:\n"
        + "".join(f"    {line}" for line in lines[1:])
    )


def reorder_scenes():
    split()
    text = Path("film.yaml").read_text()
    line = "  - include: first.yaml\n"
    Path("film.yaml").write_text(text.replace(line, "") + line)


def move_the_still():
    Path("stills").mkdir()
    shutil.move("0.png", "stills/cat.png")
    edit("0.png", "stills/cat.png")


NOTHING = [
    rename,
    comment,
    reorder_keys,
    requote,
    anchor,
    write_defaults_out,
    split,
    reorder_scenes,
    move_the_still,
]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("change", NOTHING, ids=lambda change: change.__name__)
def test_what_says_the_same_costs_nothing(change):
    """However the source is written and wherever its files lie, the clip is the shot's own."""
    name = change() or "s0"
    text, data = why(name)
    assert text.startswith(f"{name}  = cached")
    assert "  cost  nothing\n" in text
    assert (data["step"], data["cost_usd"]) == ("reuse", "0.00")
    assert data["renamed_from"] == ("s0" if name != "s0" else None)
    assert answer("plan", "film.yaml", "--detailed-exitcode").code == ExitCode.OK


def test_a_clip_that_no_lock_knows_is_owned_all_the_same(tmp_path, monkeypatch):
    """Clips of a project from before there were locks."""
    film = write_film(tmp_path / "old", shots=2)
    monkeypatch.chdir(film.parent)
    own(film, "s0")
    text, data = why("s0")
    assert text.startswith("s0  = cached")
    assert data["against"] is None
