"""`--only` narrows every command that reads a film, and harms nothing of the whole one."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.command import answer
from fakes.owned import colours, own
from fakes.rehearsal import MODEL, SPARE, write_film
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.media.probe import probe
from storyboard.app.clock import SystemClock
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import plan_film
from storyboard.cli.main import COMMANDS, program
from storyboard.compiler.select import STATES, parse
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.money import MicroUsd

FPS = 12
FILM = f"""\
storyboard: 1
title: A rehearsal
format: {{aspect: "16:9", resolution: 480p, fps: {FPS}}}
model: {MODEL}
defaults: {{duration: 1s}}
scenes:
  - id: one
    shots:
      - {{id: s0, image: 0.png, action: A cat sits., tags: [hero]}}
      - {{id: s1, image: 1.png, action: A cat sleeps.}}
  - id: two
    shots:
      - {{id: s2, image: 1.png, action: A cat eats., tags: [hero, late], model: {SPARE}}}
      - id: s3
        image: 0.png
        action: A cat jumps.
        transition: {{type: dissolve, duration: 0.5s}}
      - {{id: s4, image: 0.png, action: A cat flies., skip: true, tags: [never]}}
"""

NO_FILM = {
    "new": "there is no film yet",
    "explain": "explains a finding",
    "clean": "deletes by project, not by shot",
    "adopt": "is of one attempt",
    "forget": "is of one attempt",
    "models": "lists models",
    "schema": "prints a schema",
    "simulate": "serves orders of any film",
    "doctor": "looks at the machine",
}
"""The commands that have no shots to choose from, and why."""


@pytest.fixture
def film(tmp_path, monkeypatch):
    """Four shots of a second in two scenes, and one that is skipped; the test stands there."""
    source = write_film(tmp_path / "project", shots=1)
    source.write_text(FILM)
    monkeypatch.chdir(source.parent)
    return source


def ran(*words, code=ExitCode.OK):
    done = answer(*words)
    assert done.code == code, done.out + done.err
    return done


def document(*words, code=ExitCode.OK):
    return json.loads(ran(*words, "--json", code=code).out)


def planned(*words):
    plan = document("plan", "film.yaml", *words)
    return {shot["id"]: shot for shot in plan["shots"]}, plan["totals"]


def results(film):
    folder = film.parent / "build"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def change(film, old, new):
    text = film.read_text()
    assert old in text
    film.write_text(text.replace(old, new))


ENTRIES = {name: entry for section in COMMANDS for name, entry in section.entries.items()}


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_that_reads_a_film_takes_it(name):
    """Each in the table, but those that are listed here with a reason."""
    command = program.get_command(None, name)
    options = {each for parameter in command.params for each in parameter.opts}
    assert ("--only" in options) is (name not in NO_FILM)


def test_the_reasons_are_of_commands():
    """The control: the list of exceptions names nothing that is not there."""
    assert set(NO_FILM) < set(ENTRIES)


@pytest.mark.parametrize(
    ("selectors", "chosen"),
    [
        (["s1"], ["s1"]),
        (["one/s1,two"], ["s1", "s2", "s3"]),
        (["s[0-2]"], ["s0", "s1", "s2"]),
        (["tag:hero", "!two"], ["s0"]),
        (["model:spare"], ["s2"]),
        (["state:new"], ["s0", "s1", "s2", "s3"]),
    ],
)
@pytest.mark.usefixtures("film")
def test_a_plan_is_of_the_chosen_shots(selectors, chosen):
    """They cost what they cost; the film runs as long as it runs."""
    shots, totals = planned(*(word for each in selectors for word in ("--only", each)))
    assert list(shots) == chosen
    cost = sum(150_000 if name == "s2" else 100_000 for name in chosen)
    assert totals["cost_usd"] == f"{cost / 1e6:.2f}"
    assert totals["generate"] == len(chosen)
    assert totals["runtime_ms"] == planned()[1]["runtime_ms"]


def test_a_plan_takes_as_long_as_its_orders(film):
    """Not as long as those of the whole film, which an account may have to wait for."""
    for card in (film.parent / "cards").iterdir():
        card.write_text(card.read_text() + "typical_latency: {seconds: 60, source: a test}\n")
    (film.parent / "storyboard.toml").write_text('[account]\nlevel = "bronze"\n')
    assert planned()[1]["wall_clock_s"] == 120
    assert planned("--only", "two")[1]["wall_clock_s"] == 60


def test_states_are_those_of_the_plan(film):
    """What is owned, what has changed since, and what would be made."""
    own(film, "s0", "s2")
    assert list(planned("--only", "state:owned")[0]) == ["s0", "s2"]
    assert list(planned("--only", "!state:cached")[0]) == ["s1", "s3"]
    assert list(planned("--only", "state:new,s0")[0]) == ["s0", "s1", "s3"]
    ran("plan", "film.yaml", "--animatic", "--only", "state:owned", code=ExitCode.USAGE)


CHAIN = ("image: 1.png, action: A cat sleeps.", "image: {from: s0}, action: A cat sleeps.")


def test_a_shot_brings_those_that_it_starts_from(film):
    """They have to be bought before it can be; what is owned does not."""
    change(film, *CHAIN)
    change(film, "image: 1.png, action: A cat eats.", "image: {from: s1}, action: A cat eats.")
    assert list(planned("--only", "s2")[0]) == ["s0", "s1", "s2"]
    assert list(planned("--only", "s1")[0]) == ["s0", "s1"]
    assert list(planned("--only", "s0")[0]) == ["s0"]
    own(film, "s0")
    assert list(planned("--only", "s1")[0]) == ["s1"]
    own(film, "s1")
    assert list(planned("--only", "s2")[0]) == ["s2"]


def test_a_shot_that_is_owned_brings_none(film):
    """Nothing of it has to be made, so nothing that it starts from."""
    change(film, *CHAIN)
    own(film, "s1")
    shots, totals = planned("--only", "s1")
    assert list(shots) == ["s1"]
    assert totals["cost_usd"] == "0.00"


def test_a_clip_that_two_shots_share_is_ordered_by_the_one_that_is_chosen(film):
    """In the whole film the first one orders it, and the second would reuse it."""
    change(film, "A cat jumps.", "A cat sits.")
    assert planned()[0]["s3"]["step"] == "reuse"
    shots, totals = planned("--only", "s3")
    assert shots["s3"]["step"] == "generate"
    assert totals["cost_usd"] == "0.10"
    assert planned("--only", "s0,s3")[1]["cost_usd"] == "0.10"


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("oen", 'error[unknown-shot]: no shot or scene is called "oen"', 'did you mean "one"?'),
        ("tag:none", 'error[not-applicable]: no shot is chosen by "tag:none"', "hero, late"),
        ("tags:a", 'error[usage]: "tags:a" begins with no word that selects', '"tag:"'),
        ("state:fialed", 'error[usage]: no state is called "fialed"', "state:failed"),
        ("s0,", 'error[usage]: the selector "s0," has an empty term', "single commas"),
        ("s4", "error[not-applicable]: s4 is skipped", None),
        ("s0,two/s4", "error[not-applicable]: s4 is skipped", None),
        ("tag:never", "error[not-applicable]: s4 is skipped", None),
    ],
)
@pytest.mark.parametrize(
    "command", ["check", "prompts", "plan", "status", "costs", "animatic", "cut", "sheet"]
)
def test_what_chooses_nothing_is_refused(film, command, selector, message, hint):
    """By every command, before it does anything; a skipped shot is in no film."""
    done = ran(command, "film.yaml", "--only", selector, code=ExitCode.USAGE)
    assert message in done.err
    assert hint is None or hint in done.err
    assert done.out == ""
    assert results(film) == []


WRONG = ("action: A cat eats.", "actoin: A cat eats.")
UNKNOWN = ("action: A cat eats.", "action: A cat eats., characters: [mia]")


def check(*words, code=ExitCode.OK):
    return ran("check", "film.yaml", *words, code=code)


def test_a_check_shows_what_lies_in_the_chosen_shots(film):
    """Its exit code follows, and what is elsewhere is counted."""
    change(film, *UNKNOWN)
    change(
        film, "title: A rehearsal", "title: A rehearsal\ncharacters: {tom: {description: a cat}}"
    )
    done = check("--only", "two", code=ExitCode.INVALID_STORYBOARD)
    assert "unknown-character" in done.out
    assert "unused-character" not in done.out
    assert done.err == "1 finding is elsewhere, outside the chosen shots\n"
    done = check("--only", "one")
    assert done.out == "no problems in the chosen shots\n"
    assert done.err == "2 findings are elsewhere, outside the chosen shots\n"


def test_a_check_for_programs_is_narrowed_too(film):
    """The document has only what is shown."""
    change(film, *UNKNOWN)
    assert document("check", "film.yaml", "--only", "one")["errors"] == 0
    found = document("check", "film.yaml", "--only", "two", code=ExitCode.INVALID_STORYBOARD)
    assert found["errors"] == 1


def test_a_film_that_has_no_shots_yet_shows_everything(film):
    """A key that nobody knows stops it before anything could be chosen."""
    change(film, *WRONG)
    done = check("--only", "one", code=ExitCode.INVALID_STORYBOARD)
    assert "unknown-key" in done.out
    assert "film.yaml: shots cannot be chosen before it is mended" in done.err


def test_a_film_that_cannot_be_planned_shows_everything_for_a_state(film):
    """Nobody can tell which shots are new while something is wrong."""
    change(film, *UNKNOWN)
    done = check("--only", "state:new,one", code=ExitCode.INVALID_STORYBOARD)
    assert "unknown-character" in done.out
    assert "shots cannot be chosen before it is mended" in done.err


def test_of_several_films_one_has_to_have_such_shots(film):
    """The others are passed over; where none has, it is refused."""
    other = film.with_name("other.yaml")
    other.write_text(FILM.replace("hero", "villain").replace("action: A cat sits.", "duration: 2s"))
    done = ran("check", "film.yaml", "other.yaml", "--only", "tag:hero")
    assert done.out == "no problems in the chosen shots\n"
    assert "elsewhere" in done.err
    ran("check", "film.yaml", "other.yaml", "--only", "tag:nobody", code=ExitCode.USAGE)


@pytest.mark.usefixtures("film")
def test_prompts_are_of_the_chosen_shots():
    """Beside the one that is named, which has to be among them."""
    found = document("prompts", "film.yaml", "--only", "tag:hero")
    assert [each["id"] for each in found["shots"]] == ["s0", "s2"]
    found = document("prompts", "film.yaml", "s2", "--only", "tag:hero")
    assert [each["id"] for each in found["shots"]] == ["s2"]
    done = ran("prompts", "film.yaml", "s1", "--only", "tag:hero", code=ExitCode.USAGE)
    assert '"s1" is not among the shots that --only chooses' in done.err


def spend(film, shot, *events):
    """Write an order of a shot into the ledger, as it is now."""
    plan, _ = plan_film(compile_film_at(str(film), FilmOptions()))
    (wanted,) = [each for each in plan.shots if each.id == shot]
    order = Order(wanted.key, shot, "film.yaml", wanted.model, MicroUsd(100_000), "{}")
    with SqliteLedger(film.parent / ".storyboard/ledger.db", SystemClock().now, "a test") as books:
        attempt = books.reserve(order, Caps())
        for event in events:
            books.record(attempt.id, event)


def test_status_is_of_the_chosen_shots(film):
    """Its exit code too: what waits for a person elsewhere is not asked for."""
    spend(film, "s0", job.LostTrack("reset"))
    own(film, "s2")
    found = document("status", "film.yaml", "--only", "two")
    assert [(each["shot"], each["condition"]) for each in found["shots"]] == [
        ("s2", "owned"),
        ("s3", "missing"),
    ]
    found = document("status", "film.yaml", "--only", "state:flight", code=ExitCode.SHOTS_FAILED)
    assert [each["shot"] for each in found["shots"]] == ["s0"]


def test_status_leaves_old_orders_of_other_shots_out(film):
    """An order that no shot asks for any more is its shot's."""
    spend(film, "s0", job.LostTrack("reset"))
    change(film, "A cat sits.", "A cat sits still.")
    assert document("status", "film.yaml", "--only", "two")["others"] == []
    found = document("status", "film.yaml", "--only", "s0", code=ExitCode.SHOTS_FAILED)
    assert len(found["others"]) == 1


@pytest.mark.usefixtures("film")
def test_status_names_a_build_of_the_same_choice():
    """What it says to type does not buy more than was asked about."""
    assert "storyboard build film.yaml --only two" in ran(
        "status", "film.yaml", "--only", "two"
    ).err + (ran("status", "film.yaml", "--only", "two").out)


def test_costs_are_of_the_chosen_shots(film):
    """Each shot's orders, whatever they were for."""
    for shot in ("s0", "s2"):
        spend(film, shot, job.Sent(f"p-{shot}"), job.Finished(), job.Saved("aa"))
    found = document("costs", "film.yaml", "--only", "two")
    assert [each["name"] for each in found["rows"]] == ["s2"]
    assert len(document("costs", "film.yaml")["rows"]) == 2


@pytest.mark.parametrize("command", ["status", "costs"])
@pytest.mark.usefixtures("film")
def test_a_folder_has_no_shots_to_choose(command):
    """It may hold many films: the choice has to be of one."""
    done = ran(command, ".", "--only", "s0", code=ExitCode.USAGE)
    assert "no film is named" in done.err


@pytest.mark.slow
def test_a_cut_of_some_shots_is_an_excerpt(film):
    """Just their frames, under a name of its own: the film that is there stays as it is."""
    own(film, "s0", "s1", "s2", "s3")
    ran("cut", "film.yaml")
    whole = (film.parent / "build/film.mp4").read_bytes()
    done = ran("cut", "film.yaml", "--only", "s0,s2")
    assert done.out == "build/film.excerpt.mp4\n"
    assert "24 frames; 2 of 2 shots owned" in done.err
    assert colours(film.parent / "build/film.excerpt.mp4") == ["white"] * FPS * 2
    assert (film.parent / "build/film.mp4").read_bytes() == whole
    assert (film.parent / "build/film.excerpt.mp4").read_bytes() != whole
    assert "nothing had changed" in ran("cut", "film.yaml", "--only", "s0,s2").err


@pytest.mark.slow
def test_an_excerpt_shows_its_shots_in_the_films_order(film):
    """Each from what is owned, or its animatic, for as long as in the film."""
    own(film, "s0", "s2")
    done = ran("cut", "film.yaml", "--only", "s2,s1")
    assert done.out == "build/film.excerpt.rough.mp4\n"
    assert "not owned, shown as animatic: s1 (new)\n" in done.err
    shown = colours(film.parent / "build/film.excerpt.rough.mp4")
    assert shown == ["teal"] * FPS + ["white"] * FPS


@pytest.mark.slow
def test_what_is_missing_elsewhere_does_not_matter(film):
    """An excerpt of what is owned is complete."""
    own(film, "s0")
    ran("cut", "film.yaml", "--missing", "refuse", code=ExitCode.SHOTS_FAILED)
    done = ran("cut", "film.yaml", "--missing", "refuse", "--only", "state:owned")
    assert done.out == "build/film.excerpt.mp4\n"


@pytest.mark.slow
def test_a_dissolve_at_the_edge_comes_out_of_black(film):
    """There is nothing to dissolve from, and the shot is as long as it is."""
    own(film, "s3")
    ran("cut", "film.yaml", "--only", "s3", "-o", "edge.mp4")
    assert probe("edge.mp4").frames == FPS
    assert colours(film.parent / "edge.mp4")[FPS // 2 :] == ["white"] * (FPS // 2)


@pytest.mark.slow
def test_a_dissolve_between_shots_that_were_apart_is_shown(film):
    """As in a film without the shots between them."""
    own(film, "s0", "s3")
    ran("cut", "film.yaml", "--only", "s0,s3", "-o", "joined.mp4")
    assert probe("joined.mp4").frames == 2 * FPS - FPS // 2


@pytest.mark.slow
def test_an_animatic_of_some_shots_is_an_excerpt(film):
    """And the next plan of the whole still knows what its animatic showed."""
    ran("animatic", "film.yaml")
    change(film, "image: 0.png, action: A cat sits.", "image: 2.png, action: A cat sits.")
    ran("animatic", "film.yaml", "--only", "s1")
    assert results(film) == ["film.animatic.mp4", "film.excerpt.animatic.mp4"]
    assert colours(film.parent / "build/film.excerpt.animatic.mp4") == ["teal"] * FPS
    assert "generate (changed" in ran("plan", "film.yaml", "--animatic").out


@pytest.mark.slow
def test_a_build_without_a_key_makes_the_excerpt(film):
    """It is an animatic, so it is that of the chosen shots."""
    done = ran("build", "film.yaml", "--only", "s1")
    assert done.out == "build/film.excerpt.animatic.mp4\n"


@pytest.mark.usefixtures("film")
def test_a_dry_run_is_the_plan_of_the_choice():
    """`build --dry-run` says what `plan` says."""
    dry = ran("build", "film.yaml", "--dry-run", "--only", "two").out
    assert dry == ran("plan", "film.yaml", "--only", "two").out


@pytest.mark.slow
def test_an_export_of_some_shots_is_an_excerpt(film):
    """Its list has just them, beginning at nothing."""
    done = ran("export", "film.yaml", "--format", "csv", "--format", "otio", "--only", "two")
    assert done.out == "build/film.excerpt.csv\nbuild/film.excerpt.otio\n"
    with (film.parent / "build/film.excerpt.csv").open(encoding="utf-8-sig", newline="") as rows:
        listed = [(row["Shot"], row["In"]) for row in csv.DictReader(rows)]
    assert [name for name, _ in listed] == ["s2", "s3"]
    assert listed[0][1] == "00:00:00:00"


@pytest.mark.slow
def test_a_sheet_of_some_shots_is_an_excerpt(film):
    """With their panels alone."""
    found = document("sheet", "film.yaml", "--only", "two")
    assert found["path"] == "build/film.excerpt.sheet.png"
    assert [shot["id"] for scene in found["scenes"] for shot in scene["shots"]] == ["s2", "s3"]
    assert results(film) == ["film.excerpt.sheet.png"]


@pytest.mark.slow
def test_a_shot_of_a_frame_that_would_not_show_is_refused(film):
    """Rounding is the film's clock's: at its new place it falls between two frames."""
    text = FILM.partition("scenes:")[0].replace("fps: 12", "fps: 25") + "shots:\n"
    for name, length in ("first", "40ms"), ("a", "60ms"), ("b", "40ms"):
        text += f"  - {{id: {name}, image: 0.png, action: A cat sits., duration: {length}}}\n"
    film.write_text(text)
    ran("export", "film.yaml", "--format", "csv")
    done = ran("export", "film.yaml", "--format", "csv", "--only", "a,b", code=ExitCode.USAGE)
    assert "b is too short to be seen in this excerpt" in done.err


@pytest.mark.slow
def test_without_a_choice_nothing_of_it_is_loaded(film):
    """A look at a whole film does not pay for it."""
    program = (
        "import sys\nfrom storyboard.cli.main import main\n"
        "try: main(['check', *sys.argv[1:]])\n"
        "except SystemExit: print('storyboard.compiler.select' in sys.modules)\n"
    )
    for words, loaded in ([], "False"), (["--only", "s0"], "True"):
        done = subprocess.run(
            [sys.executable, "-c", program, film, *words],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == loaded


PAGE = (Path(__file__).parents[2] / "docs/selectors.md").read_text(encoding="utf-8")


def rows(heading):
    """Return the first cells of the tables under a heading of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]


def test_every_state_is_on_the_page():
    """Each in its table, and nothing else."""
    assert sorted(re.findall("`(.*?)`", "".join(rows("States")))) == sorted(STATES)


def test_every_selector_on_the_page_is_one():
    """What stands there as an example can be typed."""
    written = re.findall("`(.*?)`", "".join(rows("Terms")))
    written += re.findall(r"--only '?([^\s']+)", PAGE.partition("## Terms")[0])
    assert len(written) > 15
    assert [each for each in written if parse(each).text != each] == []


def test_the_commands_on_the_page_take_it():
    """None stands there that has no shots to choose from."""
    listed = set(re.findall("`(.*?)`", "".join(rows("What a command does with it"))))
    assert {"check", "plan", "build", "cut"} < listed
    assert listed <= set(ENTRIES) - set(NO_FILM)
