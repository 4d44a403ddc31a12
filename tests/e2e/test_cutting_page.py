"""What docs/cutting.md shows is what the program does."""

import re
import shutil
import wave
from pathlib import Path

import pytest
from PIL import Image

from fakes.command import answer, storyboard
from storyboard.app.finish import BURNT
from storyboard.model.delivery import ASPECTS, PRESETS
from storyboard.model.diagnostic import Code
from storyboard.model.errors import ExitCode
from storyboard.model.vocabulary import TRANSITION

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/cutting.md").read_text(encoding="utf-8")
SCAFFOLD = REPOSITORY / "src/storyboard/scaffold"
SECOND = 48_000


def section(heading):
    """Return what stands under a heading."""
    _, found, rest = PAGE.partition(f"\n{heading}\n")
    assert found, f"docs/cutting.md has no {heading}"
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(heading):
    """Return the words in code in the first cell of each row of a section's table."""
    rows = [line for line in section(heading).splitlines() if line.startswith("| `")]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


@pytest.mark.slow
def test_the_session_prints_what_it_shows(tmp_path, own_home):
    """In a project that has just begun."""
    (block,) = (
        each for each in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) if "\n" in each[:-1]
    )
    command, _, shown = block.partition("\n")
    shutil.copytree(SCAFFOLD, tmp_path, dirs_exist_ok=True)
    ran = storyboard(*command.removeprefix("$ storyboard ").split(), cwd=tmp_path, home=own_home)
    assert shown in ran.err + ran.out


def test_the_film_with_everything_is_right(tmp_path, monkeypatch):
    """It has no errors once the files that it names are there."""
    (film,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "film.yaml").write_text(film)
    for name in re.findall(r"\w+/\w+\.\w+", film):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        if path.suffix == ".png":
            Image.new("RGB", (1280, 720), "teal").save(path)
        elif path.suffix == ".wav":
            with wave.open(str(path), "wb") as sound:
                sound.setparams((1, 2, SECOND, 0, "NONE", ""))
                sound.writeframes(bytes(2 * SECOND))
    monkeypatch.chdir(tmp_path)
    ran = answer("check", "film.yaml")
    assert (ran.code, ran.out) == (ExitCode.OK, "film.yaml: no problems\n")


def test_every_option_is_explained(tmp_path, own_home):
    """Those that `--help` offers, and no other."""
    offered = storyboard("cut", "--help", cwd=tmp_path, home=own_home).out
    named = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", offered, re.MULTILINE)) - {"--help"}
    explained = {word for word in first_cells("## Cutting what there is") if word[:2] == "--"}
    assert explained == named


def test_every_transition_and_every_preset_is_explained():
    """Each stands in its table once, and nothing else does."""
    assert sorted(first_cells("## Transitions")) == sorted(TRANSITION.phrases)
    rows = re.findall(r"^\| `(\w+)` \| `(\.\w+)` \|", section("## Presets"), re.MULTILINE)
    assert dict(rows) == {name: each.suffix for name, each in PRESETS.items()}


def test_the_words_of_the_page_are_the_programs():
    """What can be burnt in, the usual shapes, and the findings that it names."""
    assert all(f"`{word}`" in section("## Cutting what there is") for word in BURNT)
    assert ", ".join(ASPECTS) in section("## Shapes")
    named = set(re.findall(r"`(\w+-too-long)`", PAGE))
    assert named
    assert named <= {*Code}
