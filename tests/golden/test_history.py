"""A film's history, commit by commit: what each change is said to be, and what it costs.

Every pair of commits has its golden text and JSON beside this file, in `history/`; the table below
says in a line what has to be in them. That the cost is true is shown another way too: with every
clip of the older version owned, a plan of the newer one costs just what the diff says.
"""

import io
import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from fakes.command import answer
from fakes.repository import Repository
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import clip_store, plan_film
from storyboard.model.errors import ExitCode

HERE = Path(__file__).parent / "history"
FIRST = """\
storyboard: 1
title: The Yarn
format: {aspect: "16:9", resolution: 720p, fps: 24}
model: openai/sora-2/image-to-video
budget: {cost: 20.00}
look: warm tungsten, 35 mm
characters:
  mia: {description: a grey tabby kitten with a white chin, voice: high and playful}
  ada: {description: an old lady in a green shawl}
locations:
  parlour: {description: a candle-lit Victorian parlour}
defaults: {duration: 4s}
scenes:
  - id: parlour
    heading: INT. PARLOUR - NIGHT
    location: parlour
    shots:
      - {id: stalk, image: stills/1.png, action: Mia stalks the yarn., characters: [mia]}
      - {id: pounce, image: stills/2.png, action: Mia pounces on it., characters: [mia]}
      - {id: tangle, image: stills/1.png, action: She sits., characters: [mia], location: parlour}
      - {id: knit, image: stills/3.png, action: Ada knits., characters: [ada]}
  - id: kitchen
    heading: INT. PARLOUR - NIGHT
    shots:
      - {id: milk, image: stills/3.png, action: Mia drinks., characters: [mia]}
      - {id: wash, image: stills/2.png, action: Mia washes., characters: [mia]}
      - {id: dream, image: stills/4.png, action: The fire burns down., duration: 8s}
"""


def still(colour):
    drawn = io.BytesIO()
    Image.new("RGB", (1280, 720), colour).save(drawn, "PNG")
    return drawn.getvalue()


class Story:
    """The repository in the making; each change is to the film as it is then."""

    def __init__(self, folder):
        self.repository = Repository(folder)
        self.text = FIRST
        for number, colour in enumerate(("crimson", "teal", "gold", "navy"), 1):
            self.repository.write(f"stills/{number}.png", still(colour))
        self.commit()

    def commit(self):
        self.repository.write("film.yaml", self.text)
        return self.repository.commit()

    def edit(self, old, new):
        assert self.text.count(old) == 1, old
        self.text = self.text.replace(old, new)

    def cut_out(self, shot):
        """Take a shot's line out of the film and return it."""
        (line,) = re.findall(rf"^ +- {{id: {shot},.*\n", self.text, re.MULTILINE)
        self.text = self.text.replace(line, "")
        return line


def comment_only(story):
    story.edit("look: warm", "# The look is the gaffer's.\nlook: warm")
    story.edit("characters: [ada]}", "characters: [ada]}  # slowly")


def rename(story):
    story.edit("id: pounce,", "id: leap,")


def move_between_scenes(story):
    line = story.cut_out("tangle")
    story.edit("      - {id: wash,", f"{line}      - {{id: wash,")


def edit_a_character(story):
    story.edit("with a white chin", "with a white chin and a red collar")


def swap_image_bytes(story):
    story.repository.write("stills/4.png", still("orchid"))


def change_model(story):
    story.edit(
        "action: Ada knits.", "model: bytedance/seedance-2.0/image-to-video, action: Ada knits."
    )


def reorder(story):
    line = story.cut_out("milk")
    story.edit("      - {id: dream,", f"{line}      - {{id: dream,")


def split_into_includes(story):
    kitchen = story.text[story.text.index("  - id: kitchen") :]
    story.text = story.text.replace(kitchen, "  - include: scenes/kitchen.yaml\n")
    scene = "".join(line[4:] for line in kitchen.splitlines(keepends=True))
    scene = scene.replace("stills/", "../stills/")
    story.repository.write("scenes/kitchen.yaml", scene)


def add_and_remove(story):
    story.cut_out("stalk")
    new = "      - {id: yawn, image: stills/1.png, action: Mia yawns., characters: [mia]}\n"
    story.edit("      - {id: knit,", f"{new}      - {{id: knit,")


def longer_and_trimmed(story):
    story.edit("action: Mia pounces on it.", "duration: 8s, action: Mia pounces on it.")
    story.edit("action: Mia yawns.", "trim: {in: 1s, out: 3s}, action: Mia yawns.")


def more_takes(story):
    story.edit("action: Mia yawns.", "takes: 3, action: Mia yawns.")


def other_spelling(story):
    """Key order, quotes, a default written out, a unit left out: the same film."""
    story.edit(
        'format: {aspect: "16:9", resolution: 720p, fps: 24}',
        "format: {fps: 24, resolution: '720p', aspect: '16:9'}",
    )
    story.edit("defaults: {duration: 4s}", "defaults: {duration: 4}")
    story.edit("title: The Yarn\n", "")
    story.edit("budget:", "title: 'The Yarn'\nbudget:")


def rename_and_edit_another(story):
    story.edit("id: leap,", "id: pounce,")
    story.edit("action: Mia yawns.", "action: Mia yawns and stretches.")


class Expected(NamedTuple):
    """What has to be said of a commit: what each shot is, and what the change costs."""

    change: object
    cost: str
    shots: dict[str, str]
    runtime: int = 0


COMMITS = (
    Expected(comment_only, "0.00", {}),
    Expected(rename, "0.00", {"leap": "kept, was pounce"}),
    Expected(move_between_scenes, "0.00", {"tangle": "kept, from parlour"}),
    Expected(
        edit_a_character,
        "2.00",
        dict.fromkeys(("stalk", "leap", "milk", "tangle", "wash"), "changed, anew"),
    ),
    Expected(swap_image_bytes, "0.80", {"dream": "changed, anew"}),
    Expected(change_model, "0.96", {"knit": "changed, anew"}),
    Expected(reorder, "0.00", {"milk": "kept, from kitchen"}),
    Expected(split_into_includes, "0.00", {}),
    Expected(add_and_remove, "0.40", {"stalk": "removed", "yawn": "added"}),
    Expected(
        longer_and_trimmed, "0.80", {"leap": "changed, anew", "yawn": "changed"}, runtime=2000
    ),
    Expected(more_takes, "0.80", {"yawn": "changed"}),
    Expected(other_spelling, "0.00", {}),
    Expected(
        rename_and_edit_another,
        "1.20",
        {"pounce": "kept, was leap", "yawn": "changed, anew"},
    ),
)
NAMES = [
    f"{number:02}-{each.change.__name__.replace('_', '-')}"
    for number, each in enumerate(COMMITS, 1)
]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """The repository, and the commit after each change."""
    story = Story(tmp_path_factory.mktemp("history") / "film")
    ids = []
    for each in COMMITS:
        each.change(story)
        ids.append(story.commit())
    return story.repository, ids


@pytest.fixture
def at(history, monkeypatch, tmp_path):
    """Check a commit out, and stand in its film's folder."""
    repository, ids = history
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("STORYBOARD_CACHE", str(tmp_path / "cache"))

    def check_out(number):
        repository.git("checkout", "--quiet", ids[number])

    return check_out


def in_words(shot):
    """Say in a few words what a diff says of a shot."""
    words = [shot["change"]]
    words += [f"was {shot['renamed_from']}"] if shot["renamed_from"] else []
    words += [f"from {shot['moved_from']}"] if shot["moved_from"] else []
    words += ["anew"] if shot["remade"] else []
    return ", ".join(words)


def same_as_golden(name, text, update):
    path = HERE / name
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"see {path}; pytest --update-golden accepts"


@pytest.mark.parametrize("number", range(len(COMMITS)), ids=NAMES)
def test_each_commit_is_told_exactly_so(number, at, pytestconfig):
    """Per shot added, removed, moved, renamed or changed; its fields, its prompt; the cost."""
    at(number)
    update = pytestconfig.getoption("--update-golden")
    text = answer("diff", "film.yaml", "--against", "HEAD~1")
    assert text.code == ExitCode.OK, text.err
    same_as_golden(f"{NAMES[number]}.txt", text.out, update)
    written = answer("diff", "film.yaml", "--against", "HEAD~1", "--json")
    same_as_golden(f"{NAMES[number]}.json", written.out, update)
    document, expected = json.loads(written.out), COMMITS[number]
    changed = {shot["id"]: in_words(shot) for shot in document["shots"] if in_words(shot) != "kept"}
    assert changed == expected.shots
    assert document["totals"]["cost_usd"] == expected.cost
    longer = document["after"]["runtime_ms"] - document["before"]["runtime_ms"]
    assert longer == expected.runtime
    assert document["same"] == (not expected.shots)


def own_everything(tmp_path):
    """Put a file in the store for every clip that the film asks for; a plan asks no more."""
    plan, _ = plan_film(compilation := compile_film_at("film.yaml", FilmOptions(cache=False)))
    store = clip_store(compilation, plan, free=False)
    for order in plan.orders:
        clip = tmp_path / "clip.mp4"
        clip.write_bytes(order.key.encode())
        store.keep(order.key, str(clip))


@pytest.mark.parametrize("number", range(1, len(COMMITS)), ids=NAMES[1:])
def test_what_a_change_is_said_to_cost_is_what_a_plan_costs(number, at, tmp_path):
    """With the clips of the commit before owned, and nothing else."""
    at(number - 1)
    own_everything(tmp_path)
    try:
        at(number)
        plan = json.loads(answer("plan", "film.yaml", "--json").out)
    finally:
        shutil.rmtree(".storyboard")
    assert plan["totals"]["cost_usd"] == COMMITS[number].cost
