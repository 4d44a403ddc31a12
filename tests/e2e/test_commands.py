"""The commands that read a film, used as a film-maker uses them."""

import json
from pathlib import Path

import av
import jsonschema
import pytest
from PIL import Image

from fakes.command import answer, interrupted
from storyboard.model.errors import ExitCode

SCHEMAS = Path(__file__).parents[2] / "schemas"
FILM = """\
storyboard: 1
title: "{{ what }}"
format: {aspect: "16:9", resolution: 480p, fps: 24}
model: bytedance/seedance-2.0/image-to-video
budget: {cost: 2.00}
vars: {what: A cat}
variants: {short: {shots: {b: {skip: true}}}}
defaults: {duration: 0.25s, image_is: x}
shots:
  - {id: a, image: a.png, action: "{{ what }} sits.", camera: {size: cu, move: push-in}}
  - {id: b, image: a.png, action: "{{ what }} sleeps.", sound: purring}
""".replace(", image_is: x", "")
KEY = "wsk_a-key-that-nobody-may-see"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film of two short shots in a project of its own; the test stands in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    Image.new("RGB", (854, 480), "teal").save(folder / "a.png")
    (folder / "film.yaml").write_text(FILM)
    (folder / "storyboard.toml").touch()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("project")
def test_a_plan_can_be_read_by_programs():
    """The JSON is in the published shape, money in decimal strings."""
    ran = answer("plan", "film.yaml", "--json")
    plan = json.loads(ran.out)
    jsonschema.validate(plan, json.loads((SCHEMAS / "plan.schema.json").read_text()))
    assert ran.code == ExitCode.OK
    assert [shot["cost_usd"] for shot in plan["shots"]] == ["0.48", "0.48"]
    assert [shot["bought_ms"] for shot in plan["shots"]] == [4000, 4000]


@pytest.mark.usefixtures("project")
def test_a_dry_build_is_the_plan():
    """`build --dry-run` prints what `plan` prints."""
    assert answer("build", "film.yaml", "--dry-run").out == answer("plan", "film.yaml").out


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_plan_over_budget_is_refused_alike_as_text_and_json(project, form):
    """Exit code 5, with the budget's own place, also when the film is remembered."""
    (project / "film.yaml").write_text(FILM.replace("cost: 2.00", "cost: 0.50"))
    for _ in range(2):
        ran = answer("plan", "film.yaml", *form)
        assert ran.code == ExitCode.SPENDING_REFUSED
        if form:
            (finding,) = json.loads(ran.out)["findings"]
            assert (finding["code"], finding["line"], finding["column"]) == ("over-budget", 5, 16)
            assert "a $0.48, b $0.48" in finding["help"]
        else:
            assert "film.yaml:5:16" in ran.err


@pytest.mark.usefixtures("project")
def test_what_was_remembered_is_what_was_found():
    """A second look, and one without memory, say the same to the letter."""
    first = answer("check", "film.yaml", "--format", "json")
    assert answer("check", "film.yaml", "--format", "json").out == first.out
    assert answer("check", "film.yaml", "--json", "--no-cache").out == first.out
    plan = answer("plan", "film.yaml", "--json").out
    assert answer("plan", "film.yaml", "--json").out == plan


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_findings_are_written_in_four_ways(project, form):
    """Each format names the finding, and each ends with exit code 1."""
    (project / "film.yaml").write_text(FILM.replace("action: ", "acton: ", 1))
    ran = answer("check", "film.yaml", "--format", form)
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "unknown-key" in ran.out
    if form in ("json", "sarif"):
        assert json.loads(ran.out)


@pytest.mark.parametrize("command", ["plan", "prompts", "build", "animatic", "sheet"])
def test_a_wrong_film_is_not_used(project, command):
    """Every command shows the findings and stops."""
    (project / "film.yaml").write_text(FILM.replace("action: ", "acton: ", 1))
    ran = answer(command, "film.yaml")
    assert (ran.code, ran.out) == (ExitCode.INVALID_STORYBOARD, "")
    assert "unknown-key" in ran.err
    assert not (project / "build").exists()


@pytest.mark.usefixtures("project")
def test_prompts_are_shown_for_all_shots_or_one():
    """By shot in JSON, alone as they would be sent; a slip is told what there is."""
    both = json.loads(answer("prompts", "film.yaml", "--json").out)
    assert [shot["id"] for shot in both["shots"]] == ["a", "b"]
    assert answer("prompts", "film.yaml", "b").out == both["shots"][1]["prompt"] + "\n"
    assert "── a ──" in answer("prompts", "film.yaml").out
    slip = answer("prompts", "film.yaml", "bb")
    assert slip.code == ExitCode.USAGE
    assert "the film has: a, b" in slip.err


@pytest.mark.usefixtures("project")
def test_variables_and_variants_are_chosen_on_the_command_line():
    """`--set` changes a value, `--variant` the film; what is not NAME=VALUE is a usage error."""
    prompt = answer("prompts", "film.yaml", "a", "--set", "what=A dog").out
    assert "A dog sits." in prompt
    plan = json.loads(answer("plan", "film.yaml", "--json", "--variant", "short").out)
    assert [shot["id"] for shot in plan["shots"]] == ["a"]
    assert answer("plan", "film.yaml", "--set", "what").code == ExitCode.USAGE
    assert answer("plan", "film.yaml", "--set", "waht=x").code == ExitCode.INVALID_STORYBOARD


@pytest.mark.slow
def test_an_animatic_is_made_once(project):
    """The film is where the last line says; a changed shot alone is made again, with its reason."""
    first = answer("animatic", "film.yaml")
    assert first.code == ExitCode.OK
    with av.open(project / first.out.strip()) as film:
        assert film.streams.video[0].frames == 12
    again = json.loads(answer("animatic", "film.yaml", "--json").out)
    assert (again["fresh"], [shot["made"] for shot in again["shots"]]) == (False, [False, False])
    (project / "film.yaml").write_text(FILM.replace("push-in", "pull-out"))
    plan = json.loads(answer("plan", "film.yaml", "--animatic", "--json").out)
    steps = [(shot["step"], shot["why"], shot["changed"]) for shot in plan["shots"]]
    assert steps == [("generate", "changed", ["move"]), ("reuse", None, [])]
    assert answer("animatic", "film.yaml", "--burn-in", "--slates").code == ExitCode.OK


@pytest.mark.slow
def test_a_build_that_buys_nothing_says_so_and_keeps_the_key_to_itself(project, monkeypatch):
    """Without a key the animatic is made; with one, but nobody to confirm, nothing is bought."""
    said = answer("build", "film.yaml")
    assert "No key" in said.err
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    said = answer("build", "film.yaml")
    assert said.code == ExitCode.SPENDING_REFUSED
    assert "nobody is there to confirm it" in said.err
    written = (
        said.out
        + said.err
        + "".join(path.read_text(errors="replace") for path in project.rglob("*") if path.is_file())
    )
    assert KEY not in written


@pytest.mark.slow
def test_a_decayed_clip_is_made_again_and_never_shown(project):
    """One bit that turned over in a kept clip: the clip is missing, and the film is cut anew."""
    answer("animatic", "film.yaml")
    clip = max((project / ".storyboard/animatic").glob("??/*.mp4"), key=lambda each: each.name)
    data = bytearray(clip.read_bytes())
    data[len(data) // 2] ^= 1
    clip.write_bytes(data)
    ran = answer("animatic", "film.yaml", "--json")
    assert ran.code == ExitCode.OK, ran.err
    assert [shot["made"] for shot in json.loads(ran.out)["shots"]].count(True) == 1
    again = json.loads(answer("animatic", "film.yaml", "--json").out)
    assert [shot["made"] for shot in again["shots"]] == [False, False]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["making 2 clips", "cutting the film"])
def test_an_interrupted_build_loses_nothing(project, own_home, moment):
    """Ctrl-C says that the same command resumes, leaves no scrap, and the same command does."""
    (project / "film.yaml").write_text(FILM.replace("duration: 0.25s", "duration: 3s"))
    ran = interrupted("build", "film.yaml", cwd=project, home=own_home, once=moment)
    assert ran.code == ExitCode.INTERRUPTED, ran
    assert "the same command resumes" in ran.err
    left = [path for path in project.rglob("*.mp4") if len(path.stem) != 64]
    assert left == [], "only whole clips, named by their content"
    assert answer("build", "film.yaml").code == ExitCode.OK


@pytest.mark.slow
def test_an_animatic_asks_for_nothing_that_only_money_needs(project):
    """A length no model sells, a format it refuses, a model that nobody knows: the film is made."""
    Image.new("RGB", (854, 480), "teal").save(project / "a.gif")
    film = FILM.replace("image: a.png", "image: a.gif").replace("model: bytedance", "model: nobody")
    (project / "film.yaml").write_text(film)
    assert answer("check", "film.yaml").code == ExitCode.INVALID_STORYBOARD
    assert answer("plan", "film.yaml", "--animatic").code == ExitCode.OK
    assert answer("build", "film.yaml").code == ExitCode.OK
    assert answer("build", "film.yaml", "--dry-run").code == ExitCode.INVALID_STORYBOARD


@pytest.mark.slow
def test_a_shot_that_asks_for_the_animatic_is_planned_as_owned(project):
    """The plan of a film that is to be bought knows which free clips are there."""
    film = FILM.replace("model: bytedance/seedance-2.0/image-to-video", "model: animatic")
    (project / "film.yaml").write_text(film)
    assert answer("build", "film.yaml").code == ExitCode.OK
    plan = json.loads(answer("plan", "film.yaml", "--json").out)
    assert [shot["step"] for shot in plan["shots"]] == ["reuse", "reuse"]


@pytest.mark.slow
def test_a_variant_has_a_film_of_its_own(project):
    """Building a variant leaves the film itself as it was."""
    whole = answer("build", "film.yaml").out.strip()
    short = answer("build", "film.yaml", "--variant", "short").out.strip()
    assert (whole, short) == ("build/film.animatic.mp4", "build/film.short.animatic.mp4")
    assert json.loads(answer("build", "film.yaml", "--json").out)["fresh"] is False
    assert answer("clean", "film.yaml").code == ExitCode.OK
    assert not list((project / "build").iterdir())


@pytest.mark.parametrize("link", [".storyboard", "build"])
@pytest.mark.parametrize("command", ["build", "clean", "sheet"])
def test_nothing_is_written_or_deleted_through_a_link_out_of_the_project(project, command, link):
    """A stranger's project may hold links: what they lead to is left alone."""
    outside = project.parent / "outside"
    precious = outside / "animatic" / "precious"
    precious.mkdir(parents=True)
    (project / link).symlink_to(outside)
    ran = answer(command, "film.yaml")
    assert ran.code in (ExitCode.ENVIRONMENT, ExitCode.OK)
    assert ran.code == ExitCode.ENVIRONMENT or (command, link) == ("sheet", ".storyboard")
    assert [path for path in outside.rglob("*") if path != precious] == [outside / "animatic"]


def test_a_sheet_takes_the_place_of_no_other_file(project):
    """A sheet is a PNG: a name that says otherwise, such as the film's own, is refused."""
    before = (project / "film.yaml").read_text()
    assert answer("sheet", "film.yaml", "-o", "film.yaml").code == ExitCode.USAGE
    assert (project / "film.yaml").read_text() == before


def test_cleaning_needs_a_film(project):
    """A slip in the name costs nobody's clips."""
    kept = project / ".storyboard/animatic/kept"
    kept.mkdir(parents=True)
    assert answer("clean", "nope.yaml").code == ExitCode.ENVIRONMENT
    assert kept.exists()


def test_a_title_cannot_speak_to_the_terminal(project):
    """An escape in a film's own words is a finding at its place, and is not passed on."""
    film = FILM.replace('title: "{{ what }}"', 'title: "\\e[31m{{ what }}"')
    (project / "film.yaml").write_text(film)
    ran = answer("build", "film.yaml")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "film.yaml:2:8" in ran.err
    assert "\x1b" not in ran.err


def test_a_still_cut_short_is_found_before_anything_is_made(project):
    """Half a picture is an error at its place, whatever was remembered of the whole one."""
    assert answer("check", "film.yaml").code == ExitCode.OK
    still = project / "a.png"
    still.write_bytes(still.read_bytes()[:-40])
    ran = answer("animatic", "film.yaml")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "image-unreadable" in ran.err
    assert not (project / "build").exists()


def test_a_projects_own_card_adds_a_model_or_replaces_one(project):
    """A YAML file in `cards/` is listed, planned with and priced by, whatever was remembered."""
    built_in = Path(__file__).parents[2] / "src/storyboard/cards/seedance-2.0.yaml"
    assert answer("plan", "film.yaml", "--json").code == ExitCode.OK
    (project / "cards").mkdir()
    cheaper = built_in.read_text().replace('per_second: "0.12"', 'per_second: "0.01"')
    assert cheaper != built_in.read_text()
    (project / "cards" / "ours.yaml").write_text(cheaper)
    plan = json.loads(answer("plan", "film.yaml", "--json").out)
    assert [shot["cost_usd"] for shot in plan["shots"]] == ["0.04", "0.04"]
    listed = json.loads(answer("models", "--json").out)
    assert json.dumps(listed).count('bytedance/seedance-2.0/image-to-video", "title') <= 1
    assert "cards/ours.yaml" in json.dumps(listed)


def test_a_wrong_card_is_not_passed_over(project):
    """`models` names the card and what is wrong with it."""
    (project / "cards").mkdir()
    (project / "cards" / "ours.yaml").write_text("id: x\n")
    ran = answer("models")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "cards/ours.yaml is wrong: a model card needs" in ran.err


def test_a_template_that_is_no_text_is_found(project):
    """A film's own template that cannot be read is a finding in that file."""
    (project / "own.j2").write_bytes(b"caf\xe9 {{ shot.action }}")
    (project / "film.yaml").write_text(FILM.replace("vars:", "template: own\nvars:"))
    ran = answer("check", "film.yaml")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "own.j2:1:4" in ran.out


def test_a_sheet_is_drawn(project):
    """Beside the other results, or where it is asked for."""
    assert answer("sheet", "film.yaml").out == "build/film.sheet.png\n"
    assert answer("sheet", "film.yaml", "-o", "wall.png", "--columns", "1").code == ExitCode.OK
    with Image.open("wall.png") as narrow, Image.open(project / "build/film.sheet.png") as wide:
        assert narrow.height > wide.height


def test_a_new_film_is_a_right_film(tmp_path, monkeypatch):
    """It has no finding at all; a folder with something in it is left alone."""
    monkeypatch.chdir(tmp_path)
    assert answer("new", "demo").out == "demo/film.yaml\n"
    assert answer("check", "demo/film.yaml").out == "demo/film.yaml: no problems\n"
    before = sorted(tmp_path.rglob("*"))
    assert answer("new", "demo").code == ExitCode.ENVIRONMENT
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_cleaning_leaves_bought_clips_and_the_source(project):
    """The animatic's clips and results go; clips that were bought are never touched."""
    answer("animatic", "film.yaml")
    bought = project / ".storyboard/clips/ab/abcd.mp4"
    bought.parent.mkdir(parents=True)
    bought.write_bytes(b"paid for")
    assert answer("clean", "film.yaml").code == ExitCode.OK
    assert bought.read_bytes() == b"paid for"
    left = {path.name for path in project.rglob("*") if path.is_file()}
    assert left == {"film.yaml", "a.png", "storyboard.toml", "abcd.mp4"}
