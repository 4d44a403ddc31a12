"""Saved plans: `build --plan` carries out what `plan -o` wrote, or refuses change by change."""

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from fakes.command import answer
from fakes.rehearsal import KEY, MODEL, SPARE, attempts, environment, shop, write_film
from fakes.simulator import film_clip, simulated
from fakes.wavespeed import unused_port
from storyboard.app import saved_plan
from storyboard.model.errors import ExitCode
from storyboard.simulator.faults import read_faults

SAVE = ("plan", "film.yaml", "-o", "film.plan.json")
BUILD = ("build", "film.yaml", "--plan", "film.plan.json", "--yes")
CHECKED = ("build", "film.yaml", "--plan", "film.plan.json", "--dry-run")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film of three shots, each with a fallback, and a key that nobody answers to."""
    film = write_film(tmp_path / "project", shots=3, fallback=True)
    monkeypatch.chdir(film.parent)
    for name, value in environment(f"http://127.0.0.1:{unused_port()}").items():
        monkeypatch.setenv(name, value)
    return film


@pytest.fixture
def selling(project, monkeypatch):
    """Let a simulator sell to the project; return its address."""
    del project
    opened = []

    def sell(**changes):
        opened.append(simulated(shop(**changes), film_clip))
        simulator = opened[-1].__enter__()
        monkeypatch.setenv("WAVESPEED_BASE_URL", simulator.base_url)
        return simulator

    yield sell
    for each in opened:
        each.__exit__(None, None, None)


def edit(path, old, new):
    def change():
        text = Path(path).read_text()
        assert old in text
        Path(path).write_text(text.replace(old, new, 1))

    return change


def repaint():
    Image.new("RGB", (640, 360), "navy").save("1.png")


def card(model, old, new):
    return edit(f"cards/{model.replace('/', '-')}.yaml", old, new)


def drop_the_last_shot():
    lines = Path("film.yaml").read_text().splitlines(keepends=True)
    Path("film.yaml").write_text("".join(lines[:-1]))


def swap_two_shots():
    *head, second, third = Path("film.yaml").read_text().splitlines(keepends=True)
    Path("film.yaml").write_text("".join((*head, third, second)))


CHANGES = {
    "the action": (edit("film.yaml", "box number 1", "the bed"), "s1: action changed"),
    "an inherited field": (
        edit("film.yaml", "{duration: 1s}", "{duration: 1s, lighting: candles}"),
        "s0: lighting changed",
    ),
    "the film's look": (edit("film.yaml", "title:", "look: ink\ntitle:"), "s2: look changed"),
    "the title": (edit("film.yaml", "A rehearsal", "Another"), "the film: title changed"),
    "the budget": (
        edit("film.yaml", "shots:", "budget: {cost: 9}\nshots:"),
        "the film: budget.cost changed",
    ),
    "how it is cut": (
        edit("film.yaml", "1.png,", "1.png, trim: {out: 0.5s},"),
        "s1: trim.in, trim.out changed",
    ),
    "the model": (edit("film.yaml", f"model: {MODEL}", f"model: {SPARE}"), "s0: model"),
    "the fallback": (edit("film.yaml", f"[{SPARE}]", "[]"), "s1: fallback changed"),
    "how many takes": (edit("film.yaml", "1.png,", "1.png, takes: 2,"), "s1: takes changed"),
    "another still": (edit("film.yaml", "1.png", "3.png"), "s1: image"),
    "a still's bytes": (repaint, "1.png has other bytes"),
    "a new shot": (
        edit("film.yaml", "shots:\n", "shots:\n  - {id: s9, image: 3.png, action: It sleeps.}\n"),
        "s9 is new",
    ),
    "a shot less": (drop_the_last_shot, "s2 is gone"),
    "another name": (edit("film.yaml", "id: s1", "id: jump"), "jump was called s1"),
    "another place": (swap_two_shots, "has moved"),
    "a price": (
        card(MODEL, '"0.10"', '"0.12"'),
        f"{MODEL} costs $0.12 a second instead of $0.10",
    ),
    "a lower price": (
        card(MODEL, '"0.10"', '"0.08"'),
        f"{MODEL} costs $0.08 a second instead of $0.10",
    ),
    "a fallback's price": (
        card(SPARE, '"0.15"', '"0.20"'),
        "spare costs $0.20 a second instead of $0.15",
    ),
    "a card": (
        card(MODEL, "sound: true", "sound: true\nprompt_limit: 2000"),
        f"the card of {MODEL} changed: prompt_limit",
    ),
}
"""What may be changed, and what the refusal says of it."""


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
def test_a_plan_that_has_changed_is_refused_by_name(change, told):
    """Every difference is named, in text and in JSON alike, before anything is asked for."""
    assert answer(*SAVE).code == ExitCode.OK
    assert answer(*CHECKED).code == ExitCode.OK
    change()
    text, data = answer(*BUILD), answer(*BUILD, "--json")
    assert (text.code, data.code) == (ExitCode.SPENDING_REFUSED, ExitCode.SPENDING_REFUSED)
    assert text.err.startswith(
        "error[plan-changed]: the film is not as it was planned in film.plan"
    )
    error = json.loads(data.out)["error"]
    assert error["code"] == "plan-changed"
    assert any(told in line for line in error["message"].splitlines()), error["message"]
    assert all(line.strip() in text.err for line in error["message"].splitlines())


def include():
    *head, line = Path("film.yaml").read_text().splitlines(keepends=True)
    Path("last.yaml").write_text(
        "id: film\nshots:\n" + "".join(each for each in (*head[-2:], line))
    )
    Path("film.yaml").write_text(
        "".join(head[:-2]).replace("shots:\n", "scenes:\n  - include: last.yaml\n")
    )


def move_a_still():
    Path("stills").mkdir()
    shutil.move("1.png", "stills/jump.png")
    edit("film.yaml", "1.png", "stills/jump.png")()


def write_defaults_out():
    text = Path("film.yaml").read_text().replace("defaults: {duration: 1s}\n", "")
    Path("film.yaml").write_text(text.replace("action:", "duration: 1s, action:"))


SAME = {
    "a comment": edit("film.yaml", "title:", "# a remark\ntitle:"),
    "the order of keys": edit("film.yaml", "id: s1, image: 1.png,", "image: 1.png, id: s1,"),
    "quotes": edit("film.yaml", "title: A rehearsal", 'title: "A rehearsal"'),
    "an include": include,
    "a still's name": move_a_still,
    "written defaults": write_defaults_out,
    "notes and tags": edit("film.yaml", "id: s1,", "id: s1, notes: mind the paw, tags: [cat],"),
    "when a card was checked": card(MODEL, "2026-11-22", "2026-11-23"),
}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_only_looks_different_is_no_change(change):
    """A plan is of what the film says, not of how its files say it."""
    answer(*SAVE)
    change()
    ran = answer(*CHECKED)
    assert ran.code == ExitCode.OK, ran.err


def test_the_film_may_be_renamed(project):
    """A plan is held against the film it is given; of another one it says whose it is."""
    answer(*SAVE)
    project.rename("other.yaml")
    words = ("build", "other.yaml", *CHECKED[2:])
    assert answer(*words).code == ExitCode.OK
    edit("other.yaml", "box number 1", "the bed")()
    assert "in film.plan.json, which is of film.yaml:" in answer(*words).err


@pytest.mark.usefixtures("project")
def test_several_changes_are_all_named():
    """Nobody has to plan again and again to find out."""
    answer(*SAVE)
    for change in ("the action", "a still's bytes", "a card", "the title"):
        CHANGES[change][0]()
    told = json.loads(answer(*BUILD, "--json").out)["error"]["message"].splitlines()
    assert told[1:] == [
        "  the film: title changed",
        "  s1: action changed",
        "  1.png has other bytes",
        f"  the card of {MODEL} changed: prompt_limit",
    ]


def test_an_interrupted_build_goes_on_with_the_same_plan(project, selling):
    """What was bought since is no difference; what failed is ordered again, and then no more."""
    simulator = selling(faults=read_faults(["fate=failed-5000"]))
    edit("film.yaml", f"[{SPARE}]", "[]")()
    answer(*SAVE)
    first = answer(*BUILD)
    assert first.code == ExitCode.SHOTS_FAILED, first.err
    second, third = answer(*BUILD), answer(*BUILD)
    assert (second.code, third.code) == (ExitCode.OK, ExitCode.OK), second.err
    owned = [each for each in attempts(project, simulator.base_url) if each.job.state == "owned"]
    assert len(owned) == 3
    assert "nothing spent" in third.err


def test_a_retake_is_taken_once_however_often_the_plan_is_carried_out(project, selling):
    """A saved plan lists its takes: the same command buys no further one."""
    simulator = selling()
    answer("build", "film.yaml", "--yes")
    answer(*SAVE, "--retake", "s0")
    assert answer(*BUILD).code == ExitCode.OK
    assert len(attempts(project, simulator.base_url)) == 4
    again = answer(*BUILD)
    assert again.code == ExitCode.OK, again.err
    assert len(attempts(project, simulator.base_url)) == 4
    answer("build", "film.yaml", "--yes", "--retake", "s0")  # control: the option takes another
    assert len(attempts(project, simulator.base_url)) == 5


def test_only_what_was_chosen_is_bought(project, selling):
    """The shots are those of the plan, whatever its selector would choose by now."""
    simulator = selling()
    answer(*SAVE, "--only", "state:new,!s2")
    assert answer(*BUILD).code != ExitCode.SPENDING_REFUSED
    assert answer(*BUILD).code != ExitCode.SPENDING_REFUSED
    assert {each.order.shot for each in attempts(project, simulator.base_url)} == {"s0", "s1"}


def test_a_clip_that_is_gone_is_not_bought_again_unasked(project, selling):
    """It was cached in the plan; buying it would spend what nobody saw."""
    simulator = selling()
    answer("build", "film.yaml", "--yes")
    edit("film.yaml", "box number 1", "the bed")()
    answer(*SAVE)
    for folder in project.parent.glob(".storyboard/rehearsals/*"):
        shutil.rmtree(folder)
    project.with_name("film.lock.yaml").unlink(missing_ok=True)
    told = json.loads(answer(*BUILD, "--json").out)["error"]["message"]
    assert "s0 has to be made anew ($0.10): its clip is gone" in told
    assert "s1" not in told
    assert attempts(project, simulator.base_url) == ()


def test_without_the_check_a_changed_plan_would_be_bought(project, selling, monkeypatch):
    """Control: it is the check that keeps the money, and nothing else."""
    simulator = selling()
    answer(*SAVE)
    CHANGES["the action"][0]()
    assert answer(*BUILD).code == ExitCode.SPENDING_REFUSED
    assert attempts(project, simulator.base_url) == ()
    monkeypatch.setattr(saved_plan, "_refuse", lambda *_: None)
    assert answer(*BUILD).code == ExitCode.OK
    assert len(attempts(project, simulator.base_url)) == 3


def test_the_check_is_made_again_under_the_lock(project, selling, monkeypatch):
    """Between looking and buying another build may have come: what is bought is checked itself."""
    simulator = selling()
    answer(*SAVE, "--only", "s0")
    real = saved_plan.film_options_of

    def everything(*words):
        return saved_plan.replace(real(*words), only=())

    monkeypatch.setattr(saved_plan, "film_options_of", everything)
    told = answer(*BUILD)
    assert told.code == ExitCode.SPENDING_REFUSED
    assert "s1 is to be bought ($0.10), and was not" in told.err
    assert attempts(project, simulator.base_url) == ()


@pytest.mark.usefixtures("project")
def test_a_saved_plan_is_no_leave_to_spend():
    """It says what to do; without a terminal it still takes --yes, and limits still hold."""
    answer(*SAVE)
    assert answer(*BUILD[:-1], "--json").out.count("not-confirmed") == 1
    over = answer(*BUILD, "--max-cost", "0.20", "--json")
    assert json.loads(over.out)["error"]["code"] == "over-run-limit"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "words",
    [("--variant", "x"), ("--set", "a=b"), ("--only", "s1"), ("--retake", "s1"), ("--again", "s1")],
)
def test_other_options_than_the_plans_are_a_misuse(words):
    """The plan has its options; the same ones may be given again."""
    answer(*SAVE)
    ran = answer(*BUILD, *words, "--json")
    assert (ran.code, json.loads(ran.out)["error"]["code"]) == (ExitCode.USAGE, "usage")
    assert words[0] in json.loads(ran.out)["error"]["message"]
    answer(*SAVE, "--only", "s0")
    assert answer(*CHECKED, "--only", "s0").code == ExitCode.OK


STRANGE = {
    "nothing": "",
    "text": "film",
    "a list": "[1]",
    "a plan that was not saved": None,
    "depth": "[" * 100_000,
    "another document": '{"schema": "storyboard/diff-1"}',
}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_a_file_that_is_no_saved_plan_is_refused(text):
    """It may be a stranger's: whatever is in it, a sentence says that it is none."""
    Path("film.plan.json").write_text(
        answer("plan", "film.yaml", "--json").out if text is None else text
    )
    ran = answer(*BUILD)
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "film.plan.json is no saved plan" in ran.err
    assert "hint: `storyboard plan FILM -o FILE` saves one in a new file" in ran.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("place", [("saved", "orders"), ("edition", "shots"), ("saved", "cards")])
def test_a_saved_plan_that_was_tampered_with_is_refused(place):
    """Every part of it has its shape."""
    answer(*SAVE)
    document = json.loads(Path("film.plan.json").read_text())
    document[place[0]][place[1]] = [{"key": "../../etc"}]
    Path("film.plan.json").write_text(json.dumps(document))
    assert answer(*BUILD).code == ExitCode.INVALID_STORYBOARD


@pytest.mark.usefixtures("project")
def test_without_a_key_no_animatic_is_made_of_a_saved_plan(monkeypatch):
    """Nor is that offered: the plan is one to buy."""
    answer(*SAVE)
    monkeypatch.delenv("WAVESPEED_API_KEY", raising=False)
    ran = answer("build", "film.yaml", "--plan", "film.plan.json")
    assert ran.code == ExitCode.ENVIRONMENT
    assert "there is no key to buy with" in ran.err
    assert "animatic" not in ran.err


@pytest.mark.usefixtures("project")
def test_a_missing_plan_is_refused():
    """With a name that is there and alike."""
    Path("film-plan.json").touch()
    ran = answer(*BUILD)
    assert ran.code == ExitCode.ENVIRONMENT
    assert "film.plan.json does not exist" in ran.err
    assert 'did you mean "film-plan.json"?' in ran.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "words", [BUILD, SAVE, ("diff", "film.yaml", "--against", "film.plan.json")]
)
def test_a_plan_that_would_never_end_is_not_read(words):
    """Neither what is larger than any plan nor a pipe that nobody writes into is waited for."""
    with Path("film.plan.json").open("wb") as file:
        file.truncate(1 << 30)
    assert answer(*words).code in {ExitCode.ENVIRONMENT, ExitCode.USAGE}
    Path("film.plan.json").unlink()
    os.mkfifo("film.plan.json")
    assert answer(*words).code in {ExitCode.ENVIRONMENT, ExitCode.USAGE}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("taken", ["film.yaml", "0.png", "storyboard.toml", "cards"])
def test_a_plan_is_never_written_over_something_else(taken):
    """Only over an earlier saved plan."""
    before = Path(taken).read_bytes() if Path(taken).is_file() else None
    ran = answer("plan", "film.yaml", "-o", taken)
    assert ran.code == ExitCode.USAGE
    assert "is there, and is no saved plan" in ran.err
    assert before is None or Path(taken).read_bytes() == before
    assert answer(*SAVE).code == answer(*SAVE).code == ExitCode.OK


@pytest.mark.usefixtures("project")
def test_saving_shows_the_plan_all_the_same():
    """Text on stdout as without -o, and no other file is left beside it."""
    shown = answer("plan", "film.yaml").out
    assert answer(*SAVE).out == shown
    assert not [*Path().glob(".*.aside")]
    assert KEY not in Path("film.plan.json").read_text()
    assert answer("plan", "film.yaml", "--animatic", "-o", "x.json").code == ExitCode.USAGE


@pytest.mark.usefixtures("project")
def test_a_detailed_exit_code_says_whether_there_is_anything_to_do(selling):
    """8 while an order is open, 0 when all is cached, 5 over the budget."""
    selling()
    assert answer("plan", "film.yaml", "--detailed-exitcode").code == ExitCode.CHANGES_PENDING
    assert answer("plan", "film.yaml").code == ExitCode.OK
    answer("build", "film.yaml", "--yes")
    assert answer("plan", "film.yaml", "--detailed-exitcode").code == ExitCode.OK
    edit("film.yaml", "shots:", "budget: {cost: 0.10}\nshots:")()
    edit("film.yaml", "box number 1", "the bed")()
    over = answer("plan", "film.yaml", "--detailed-exitcode")
    assert over.code == ExitCode.SPENDING_REFUSED


def test_a_shot_that_another_one_starts_from_is_bought_once_though_it_has_more_takes(
    project, selling
):
    """It came along for the chosen one; its other takes were not in the plan and are not now."""
    simulator = selling()
    edit("film.yaml", "id: s0,", "id: s0, takes: 2,")()
    edit("film.yaml", "image: 1.png", "image: {from: s0, frame: last}")()
    answer(*SAVE, "--only", "s1")
    ran = answer(*BUILD)
    assert ran.code != ExitCode.SPENDING_REFUSED, ran.err
    assert [each.order.shot for each in attempts(project, simulator.base_url)] == ["s0", "s1"]
