"""`storyboard diff` as a film-maker uses it: against a revision, a saved plan and the lock."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from fakes.command import answer, storyboard
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import plan_film
from storyboard.compiler.lock import write_lock
from storyboard.model.errors import ExitCode
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/diff.schema.json").read_text("utf-8"))
FILM = """\
storyboard: 1
title: The Yarn
format: {aspect: "16:9", resolution: 480p, fps: 24}
model: bytedance/seedance-2.0/image-to-video
defaults: {duration: 4s, image: a.png}
scenes:
  - id: parlour
    shots:
      - {id: stalk, action: A cat stalks.}
      - {id: pounce, action: A cat pounces.}
  - id: kitchen
    shots:
      - {id: hug, action: A cat purrs.}
"""
FILM = FILM.replace(", image: a.png}", "}").replace("{id: ", "{image: a.png, id: ")
PRICE = 480_000


def git(*words):
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words],
        check=True,
        capture_output=True,
    )


def commit(message="a version"):
    git("add", "-A")
    git("commit", "-q", "-m", message)


def edit(old, new, path="film.yaml"):
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A film of three shots, committed; the test stands beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Image.new("RGB", (854, 480), "firebrick").save("a.png")
    Path("film.yaml").write_text(FILM)
    Path("storyboard.toml").touch()
    git("init", "-q", "-b", "main")
    commit()
    return folder


def diff(*words, film="film.yaml"):
    return answer("diff", film, *words)


def document(*words):
    """Return the difference as a program reads it."""
    ran = diff(*words, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def told(found):
    return {
        shot["id"]: (shot["change"], [each["name"] for each in shot["fields"]], shot["cost_usd"])
        for shot in found["shots"]
        if shot["change"] != "kept" or shot["moved_from"] or shot["renamed_from"]
    }


PRICED = f"{PRICE / 1e6:.2f}"


def test_a_changed_shot_is_shown_with_what_it_costs():
    """Beside the last commit, unless another version is named."""
    edit("A cat pounces.", "A cat leaps.")
    ran = diff()
    assert ran.code == ExitCode.OK, ran.err
    assert ran.out.startswith("film.yaml: HEAD → the work tree\n")
    assert f"  ~ pounce  changed: action  ${PRICED}\n" in ran.out
    assert "A cat pounces. → A cat leaps." in ran.out
    assert "+ - A cat leaps." in ran.out
    assert "shots   1 changed, 2 as they were" in ran.out
    assert f"the change makes 1 clip anew: ${PRICED}" in ran.out
    assert "to buy  $1.44 by a build now" in ran.out
    assert "+ - A cat leaps." not in diff("--no-prompts").out


def test_the_exit_code_can_say_whether_anything_changed():
    """8 where something did; a comment is nothing."""
    assert diff("--detailed-exitcode").code == ExitCode.OK
    edit("title: The Yarn", "title: The Yarn # or The Thread")
    ran = diff("--detailed-exitcode")
    assert (ran.code, "no shot has changed" in ran.out) == (ExitCode.OK, True)
    edit("title: The Yarn", "title: The Thread")
    assert diff("--detailed-exitcode").code == ExitCode.CHANGES_PENDING
    assert diff().code == ExitCode.OK


def test_a_film_split_into_files_is_the_same_film():
    """Where its scenes stand plays no part, nor does the folder of an included file."""
    head, _, kitchen = FILM.partition("  - id: kitchen\n")
    Path("scenes").mkdir()
    Path("scenes/kitchen.yaml").write_text(
        "id: kitchen\n" + kitchen.replace("    shots", "shots").replace("a.png", "../a.png")
    )
    Path("film.yaml").write_text(head + "  - include: scenes/kitchen.yaml\n")
    assert document()["same"]


def test_renamed_moved_and_recut_shots_cost_nothing():
    """Only what an order holds is paid for."""
    edit("      - {image: a.png, id: pounce, action: A cat pounces.}\n", "")
    text = Path("film.yaml").read_text()
    Path("film.yaml").write_text(
        f"{text}      - {{image: a.png, id: leap, action: A cat pounces.}}\n"
    )
    edit("id: stalk,", "id: stalk, trim: {in: 1s},")
    found = document()
    assert told(found) == {
        "stalk": ("changed", ["trim.in"], "0.00"),
        "leap": ("kept", [], "0.00"),
    }
    (leap,) = (shot for shot in found["shots"] if shot["id"] == "leap")
    assert (leap["renamed_from"], leap["moved_from"]) == ("pounce", "parlour")
    assert (found["before"]["runtime_ms"], found["after"]["runtime_ms"]) == (12_000, 11_000)


def test_another_picture_of_the_same_name_is_named():
    """Its bytes are compared, not its path."""
    Image.new("RGB", (854, 480), "teal").save("a.png")
    found = document()
    assert set(told(found)) == {"stalk", "pounce", "hug"}
    assert found["shots"][0]["fields"][0]["name"] == "image content"
    assert found["totals"]["cost_usd"] == "1.44"


def test_a_template_of_the_project_changes_every_prompt_it_writes():
    """No field of the film did, so the template is what is named."""
    Path("templates").mkdir()
    Path("templates/house.j2").write_text("{{ shot.action }}")
    edit("title:", "template: house\ntitle:")
    commit()
    Path("templates/house.j2").write_text("Look: {{ shot.action }}")
    assert {tuple(each[1]) for each in told(document()).values()} == {("template text",)}


def test_any_revision_can_be_compared_with():
    """By every name that git has for it."""
    edit("A cat pounces.", "A cat leaps.")
    commit()
    edit("A cat purrs.", "A cat sleeps.")
    commit()
    assert document("--against", "HEAD")["same"]
    assert set(told(document("--against", "HEAD~1"))) == {"hug"}
    assert set(told(document("--against", "main~2"))) == {"pounce", "hug"}


def test_a_film_that_was_not_there_is_all_new():
    """Every shot is added, and all of them are to be paid for."""
    Path("new.yaml").write_text(FILM)
    found = json.loads(diff("--json", film="new.yaml").out)
    assert found["totals"]["added"] == 3
    assert (found["before"]["price_usd"], found["totals"]["cost_usd"]) == ("0.00", "1.44")


def test_only_chosen_shots_are_shown():
    """What the others changed is neither listed nor added up."""
    edit("A cat ", "A dog ")
    found = document("--only", "pounce")
    assert [shot["id"] for shot in found["shots"]] == ["pounce"]
    assert (found["totals"]["cost_usd"], found["totals"]["to_buy_usd"]) == (PRICED, PRICED)
    assert diff("--only", "nobody").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("most", "code"),
    [("0.48", 0), ("$0.47", 5), ("34%", 0), ("33 %", 5), ("0", 5), ("100%", 0)],
)
def test_a_change_may_be_held_to_a_limit(most, code):
    """In dollars, or as a share of what the old film costs; the difference is shown either way."""
    edit("A cat pounces.", "A cat leaps.")
    plain, program = diff("--max-increase", most), diff("--max-increase", most, "--json")
    assert plain.code == program.code == code
    assert "shots   1 changed" in plain.out
    assert ("error[over-max-increase]: the change costs $0.48" in plain.err) == bool(code)
    assert json.loads(program.out)["limit"]["exceeded"] == bool(code)
    assert diff("--max-increase", most, "--detailed-exitcode").code == (code or 8)


@pytest.mark.parametrize("most", ["much", "-1", "-1%", "x%", "nan%", "inf%", "%"])
def test_a_limit_that_is_none_is_refused(most):
    """Before anything is compared."""
    ran = diff(f"--max-increase={most}")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")


def test_a_film_with_errors_shows_them():
    """As every command does; in JSON they take the place of the difference."""
    edit("action: A cat purrs.", "acton: A cat purrs.")
    ran = diff()
    assert (ran.code, ran.out) == (ExitCode.INVALID_STORYBOARD, "")
    assert "unknown-key" in ran.err
    assert json.loads(diff("--json").out)["schema"] == "storyboard/findings-1"


def test_an_older_version_with_errors_is_refused_by_name():
    """Its findings point into it, not into the file of today."""
    Path("film.yaml").write_text(FILM.replace("action: A cat purrs.", "acton: A cat purrs."))
    commit()
    Path("film.yaml").write_text(FILM)
    ran = diff()
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "film.yaml does not compile as it was in HEAD" in ran.err
    assert "--> HEAD:film.yaml:13:" in ran.err


CARD = """\
id: house
title: A model of our own
provider: wavespeed
status: {status}
lengths: [4]
inputs: [{{name: prompt, type: string, source: prompt}}]
prices: [{{per_second: 0.01}}]
source: a test
checked: 2026-01-01
"""


def test_a_version_whose_model_was_retired_can_be_compared_with():
    """Nothing of it is to be bought: what it would have cost is known."""
    Path("cards").mkdir()
    Path("cards/house.yaml").write_text(CARD.format(status="retired"))
    edit("bytedance/seedance-2.0/image-to-video", "house")
    commit()
    assert diff().code == ExitCode.INVALID_STORYBOARD
    Path("film.yaml").write_text(FILM)
    found = document()
    assert found["before"]["price_usd"] == "0.12"
    assert set(told(found)) == {"stalk", "pounce", "hug"}


def test_a_version_whose_model_nobody_knows_is_refused():
    """What it cost cannot be told, and no figure is made up for it."""
    edit("bytedance/seedance-2.0/image-to-video", "gone/model")
    commit()
    Path("film.yaml").write_text(FILM)
    ran = diff()
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "gone/model" in ran.err


def test_an_unknown_revision_is_refused():
    """Git is asked, and what it says is told."""
    assert diff("--against", "nobody").code == ExitCode.USAGE


def test_a_saved_plan_can_be_compared_with():
    """It holds all that the film was when it was saved, and needs no git."""
    assert answer("plan", "film.yaml", "-o", "film.plan.json").code == ExitCode.OK
    assert document("--against", "film.plan.json")["same"]
    edit("A cat pounces.", "A cat leaps.")
    found = document("--against", "film.plan.json")
    assert found["before"]["name"] == "film.plan.json"
    assert told(found) == {"pounce": ("changed", ["action"], PRICED)}
    assert found["shots"][1]["prompt"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"edition": []}', '{"edition": {"name": 1}}', "[" * 100_000, "\x00\xff"],
)
def test_a_file_that_is_no_saved_plan_is_refused(text):
    """Whatever is in it; the hint says what saves one."""
    Path("x.json").write_text(text)
    ran = diff("--against", "x.json")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "x.json is no saved plan" in ran.err


@pytest.mark.parametrize("name", ["gone.json", "gone.lock.yaml"])
def test_a_file_that_is_not_there_is_refused(name):
    """It is not taken for a revision."""
    ran = diff("--against", name)
    assert ran.code == ExitCode.ENVIRONMENT
    assert name in ran.err


def lock(*slates):
    Path("other.lock.yaml").write_text(write_lock(Lock(slates)))


def take(key, number=1):
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return Take(number, key, "0" * 64, "house", 4000, MicroUsd(PRICE), when)


def test_the_lock_can_be_compared_with():
    """What it holds is had; what it does not hold is what the change costs."""
    plan, _ = plan_film(compile_film_at("film.yaml", FilmOptions()))
    stalk, pounce, _ = (shot.key for shot in plan.shots)
    lock(
        Slate("gone", (take("a" * 64),)),
        Slate("pounce", (take(pounce), take("b" * 64, 2))),
        Slate("stalk", (take("c" * 64),)),
    )
    found = document("--against", "other.lock.yaml")
    assert told(found) == {
        "stalk": ("changed", [], PRICED),
        "hug": ("added", [], PRICED),
        "gone": ("removed", [], "0.00"),
    }
    lock(Slate("stalk", (take(stalk),)))
    assert set(told(document("--against", "other.lock.yaml"))) == {"pounce", "hug"}


def test_a_chain_is_compared_with_the_lock_by_the_take_it_starts_from():
    """The clip that a shot starts from is the one in the film, whichever take that is."""
    edit("{image: a.png, id: hug", "{image: {from: pounce}, id: hug")
    compilation = compile_film_at("film.yaml", FilmOptions())
    plan, _ = plan_film(compilation)
    slates = [Slate(shot.id, (take(shot.key),)) for shot in plan.shots]
    lock(*sorted(slates, key=lambda slate: slate.shot))
    assert document("--against", "other.lock.yaml")["same"]


def test_only_the_takes_that_a_lock_lacks_are_paid_for():
    """Of three takes one was bought; a take of an older version is none of them."""
    edit("id: pounce,", "id: pounce, takes: 3,")
    plan, _ = plan_film(compile_film_at("film.yaml", FilmOptions()))
    bases = {shot.id: shot.base for shot in plan.shots}
    lock(
        Slate("hug", (take(bases["hug"]),)),
        Slate("pounce", (take("d" * 64), take(bases["pounce"], 2))),
        Slate("stalk", (take(bases["stalk"]),)),
    )
    found = document("--against", "other.lock.yaml")
    assert (found["totals"]["clips"], found["totals"]["cost_usd"]) == (2, "0.96")
    assert not found["shots"][1]["remade"]


def test_a_lock_costs_what_is_asked_for_of_it():
    """Both takes of a shot that asks for two, and none that was set aside."""
    edit("id: pounce,", "id: pounce, takes: 2,")
    plan, _ = plan_film(compile_film_at("film.yaml", FilmOptions()))
    keys = {
        shot.id: [order.key for order in plan.orders if order.id == shot.id] for shot in plan.shots
    }
    keys["stalk"].append("d" * 64)
    lock(
        *(
            Slate(shot, tuple(take(key, number) for number, key in enumerate(keys[shot], 1)))
            for shot in sorted(keys)
        )
    )
    found = document("--against", "other.lock.yaml")
    assert found["same"]
    assert found["before"]["price_usd"] == found["after"]["price_usd"] == "1.92"


FALLBACK = "fallback: [bytedance/seedance-2.0-fast/image-to-video]\n"


def test_a_clip_that_a_fallback_made_is_had():
    """The lock has it under the fallback's order, and the shot does not ask for another."""
    edit("title:", FALLBACK + "title:")
    compilation = compile_film_at("film.yaml", FilmOptions())
    plan, _ = plan_film(compilation)
    slates = [Slate(shot.id, (take(shot.fallbacks[0].key),)) for shot in plan.shots]
    lock(*sorted(slates, key=lambda slate: slate.shot))
    assert document("--against", "other.lock.yaml")["same"]
    lock(*(replace(slate, takes=(take("e" * 64),)) for slate in slates[:1]))
    assert not document("--against", "other.lock.yaml")["same"]


def test_a_damaged_lock_is_refused():
    """Half a file is not taken for half of the clips."""
    Path("other.lock.yaml").write_text("lock: [")
    assert diff("--against", "other.lock.yaml").code == ExitCode.INVALID_STORYBOARD
    Path("other.lock.yaml").write_text("lock: 1\n<<<<<<< HEAD\nshots: {}\n")
    ran = diff("--against", "other.lock.yaml")
    assert "other.lock.yaml is no lock: git left this file unmerged" in ran.err
    assert "hint: keep the takes of both sides" in ran.err


def test_the_comment_and_the_annotations_are_written_too():
    """For a pull request: the one as Markdown, the others beside the changed lines."""
    edit("A cat pounces.", "A cat leaps.")
    comment = diff("--format", "markdown").out
    assert comment.startswith("<!-- storyboard diff: film.yaml -->\n### `The Yarn`\n")
    assert diff("--format", "github").out == (
        "::warning file=film.yaml,line=10,title=shot pounce::changed: action; costs $0.48\n"
    )
    limited = diff("--format", "github", "--max-increase", "0.10")
    assert limited.out.endswith("::the change costs $0.48, over the limit of $0.10\n")


PAGE = (ROOT / "docs/reviewing.md").read_text("utf-8")
EDITS = (
    ("tumbles over with it, and hugs it with all four paws.", "misses, and slides off the rug."),
    (
        "angle: low, move: push-in, support: dolly}\n        # Eight",
        "angle: low, move: static}\n        # Eight",
    ),
    ("id: blanket", "id: asleep"),
    ("        action: Mia sits down", "        trim: {in: 0.5s}\n        action: Mia sits down"),
)


def without(shot, text):
    """Take a shot out of a film's text."""
    before, found, rest = text.partition(f"      - id: {shot}\n")
    assert found
    return before.rstrip() + "\n\n" + rest[rest.index("  - id: kitchen") :]


def test_the_page_shows_what_is_printed(project):
    """docs/reviewing.md has the difference of the example film, letter for letter."""
    folder = Path("storyboards")
    shutil.copytree(ROOT / "storyboards/stills", folder / "stills")
    film = folder / "the-yarn.yaml"
    shutil.copy(ROOT / film, film)
    commit()
    for old, new in EDITS:
        edit(old, new, film)
    film.write_text(without("moonlit", film.read_text()))
    commit()
    (session,) = re.findall(r"```console\n\$ storyboard (diff .*)\n((?:.|\n)*?)```", PAGE)
    ran = answer(*session[0].split())
    assert ran.out == session[1]


def test_the_page_names_every_option(own_home, project):
    """Each option of the command stands in docs/reviewing.md."""
    offered = set(
        re.findall(r"^  (?:-\w, )?(--[\w-]+)", answer("diff", "--help").out, re.MULTILINE)
    )
    everywhere = {"--help", "--no-cache", "--variant", "--set", "--prompts"}
    assert {each for each in offered - everywhere if each not in PAGE} == set()


@pytest.mark.slow
def test_it_works_from_another_folder_in_a_process_of_its_own(project, own_home):
    """The film is named from where one stands."""
    edit("A cat pounces.", "A cat leaps.")
    elsewhere = project / "elsewhere"
    elsewhere.mkdir()
    ran = storyboard("diff", "../film.yaml", "--detailed-exitcode", cwd=elsewhere, home=own_home)
    assert ran.code == ExitCode.CHANGES_PENDING, ran.err
    assert "~ pounce  changed: action" in ran.out
