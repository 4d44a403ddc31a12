"""The GitHub Action, run step by step on a stand-in for the runner, against a stand-in for GitHub.

`fakes.runner` says what of a runner there is; setting up Python and installing storyboard are left
out, since both are here. What GitHub itself makes of the calls no test here can say.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fakes.gh import GitHub
from fakes.runner import Runner, commands

REPOSITORY = Path(__file__).parents[2]
SCAFFOLD = REPOSITORY / "src/storyboard/scaffold"
TOKEN = "ghs_thetokenofthisjob"
WRITERS = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")


def git(folder, *words):
    done = subprocess.run(
        ["git", *WRITERS, *words], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "--message", "a change")


def change(film, before, after):
    text = film.read_text(encoding="utf-8")
    assert before in text
    film.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    """A pull request: the film as it was, and a second commit that makes a shot longer."""
    folder = tmp_path / "project"
    shutil.copytree(SCAFFOLD, folder)
    git(folder, "init", "-q")
    commit(folder)
    change(folder / "film.yaml", "duration: 5s", "duration: 8s")
    commit(folder)
    return folder


@pytest.fixture
def github(tmp_path):
    stand_in = GitHub(tmp_path / "github.json")
    stand_in.begin()
    stand_in.install(tmp_path / "tools")
    return stand_in


@pytest.fixture
def act(tmp_path, project, github):  # gh is on the PATH
    """Run the action on the project as it lies there, as often as the test likes."""
    runs = iter(range(9))

    def run(*, push=False, base=None, **given):
        base = base or git(project, "rev-parse", "HEAD~1")
        event = {} if push else {"pull_request": {"number": 7, "base": {"sha": base}}}
        temp = tmp_path / f"run{next(runs)}"
        return Runner(REPOSITORY, project, tmp_path / "tools", temp, event, TOKEN).run(**given)

    return run


@pytest.mark.slow
def test_a_change_is_told_in_a_comment_and_in_the_summary(act, github):
    """What it costs is an output; the job is well."""
    job = act()
    assert job.code == 0, job.log
    ((author, body),) = github.comments
    assert author == "github-actions"
    assert body.startswith("<!-- storyboard diff")
    assert "moonlit" in body
    assert body == job.summary
    assert job.outputs["changed"] == "true"
    assert re.fullmatch(r"\d+\.\d\d", job.outputs["cost"])
    assert f"\\${job.outputs['cost']}" in body
    assert TOKEN not in job.log + job.summary


@pytest.mark.slow
def test_the_comment_is_kept_up_to_date(act, github, project):
    """A second push writes the same comment anew; nobody gets a second one."""
    github.write_comment("a-reader", "A first look: fine.")
    act()
    change(project / "film.yaml", "a far owl", "a near owl")
    commit(project)
    job = act()
    assert job.code == 0, job.log
    (_, (_, body)) = github.comments
    assert "near owl" in body
    assert github.calls == ["find", "create", "find", "update"]


@pytest.mark.slow
def test_a_comment_of_somebody_elses_is_not_written_over(act, github):
    """Anybody can begin a comment with the line that ours begins with."""
    theirs = "<!-- storyboard diff of every film -->\nLooks good to me."
    github.write_comment("a-stranger", theirs)
    assert act().code == 0
    assert [author for author, _ in github.comments] == ["a-stranger", "github-actions"]
    assert github.comments[0][1] == theirs


@pytest.mark.slow
def test_nothing_is_said_where_nothing_has_changed(act, github, project):
    """A pull request that leaves the films alone gets no comment; the outputs say so."""
    (project / "README.md").write_text("A film.\n")
    commit(project)
    job = act()
    assert job.code == 0, job.log
    assert job.outputs == {"cost": "0.00", "changed": "false"}
    assert "Without a change: ` film.yaml `." in job.summary
    assert github.calls == ["find"]


@pytest.mark.slow
def test_a_wrong_film_fails_with_annotations(act, github, project):
    """Each finding stands beside its line; the comment says what is wrong, too."""
    change(project / "film.yaml", "{character: mia,", "{character: mai,")
    commit(project)
    job = act()
    assert job.code == 1
    assert job.steps[-1] == "Verdict"
    (error,) = [each for each in job.commands if each.startswith("::error ")]
    assert "file=film.yaml,line=" in error
    ((_, body),) = github.comments
    assert "error[unknown-character]" in body
    assert job.outputs == {"cost": "", "changed": ""}


@pytest.mark.slow
def test_a_film_that_was_wrong_may_be_mended(act, github, project):
    """The older version cannot be compared with; that is told, and stops nobody."""
    right = (project / "film.yaml").read_text(encoding="utf-8")
    change(project / "film.yaml", "{character: mia,", "{character: mai,")
    commit(project)
    (project / "film.yaml").write_text(right, encoding="utf-8")
    commit(project)
    job = act()
    assert job.code == 0, job.log
    ((_, body),) = github.comments
    assert "It cannot be compared." in body


@pytest.mark.slow
def test_a_change_over_the_limit_fails_once_it_was_commented(act, github):
    """The comment is there, with what is too much; then the job ends with 5."""
    job = act(max_increase="0.10")
    assert job.code == 5
    assert job.steps == ["Check and compare", "Comment", "Verdict"]
    ((_, body),) = github.comments
    assert "\\$0.10" in body
    assert act(max_increase="100%").code == 0


@pytest.mark.slow
def test_a_token_that_may_not_write_fails_nothing(act, github):
    """In a pull request from a fork the summary has the comparison, and says why."""
    github.begin(read_only=True)
    job = act()
    assert job.code == 0, job.log
    assert github.comments == []
    assert github.calls == ["find", "create"]
    (warning,) = [each for each in job.commands if each.startswith("::warning title=storyboard::")]
    assert warning.endswith("Resource not accessible by integration (HTTP 403)")
    assert "moonlit" in job.summary
    assert "no comment could be written" in job.summary


@pytest.mark.slow
def test_a_runner_without_gh_fails_nothing(act, tmp_path):
    """One of one's own may have none."""
    (tmp_path / "tools" / "gh").write_text("#!/nowhere/sh\n")
    job = act()
    assert job.code == 0, job.log
    assert "`gh` is not on this runner" in job.summary


@pytest.mark.slow
def test_a_push_has_no_pull_request_to_comment_on(act, github):
    """It is compared with the commit before, in the summary."""
    job = act(push=True)
    assert job.code == 0, job.log
    assert "moonlit" in job.summary
    assert github.calls == []


@pytest.mark.slow
def test_comments_can_be_turned_off(act, github):
    """The step is not even begun."""
    job = act(comment="false")
    assert job.steps == ["Check and compare", "Verdict"]
    assert github.calls == []


@pytest.mark.slow
def test_a_commit_that_was_not_checked_out_is_named(act, github, project):
    """Of a shallow checkout, as it is by default, the refusal says how to have a deeper one."""
    base = git(project, "rev-parse", "HEAD~1")
    whole = project.rename(project.with_name("whole"))
    git(whole.parent, "clone", "-q", "--depth", "1", whole.as_uri(), project)
    job = act(base=base)
    assert job.code == 2
    ((_, body),) = github.comments
    assert base in body
    assert "fetch-depth: 0" in body


@pytest.mark.slow
def test_chosen_films_have_a_comment_of_their_own(act, github, project):
    """One film to a line, whatever it is called; jobs for other films leave each other alone."""
    name = "a reel `x` --> $(touch pwned).yaml"
    shutil.copyfile(project / "film.yaml", project / name)
    change(project / "film.yaml", "a far owl", "a near owl")
    commit(project)
    assert act(films=f"{name}\n").code == 0
    job = act(films="film.yaml\n\n")
    assert job.code == 0, job.log
    first, second = (body.splitlines()[0] for _, body in github.comments)
    assert first == "<!-- storyboard diff of a reel %60x%60 -%2D%3E %24%28touch pwned%29.yaml -->"
    assert second == "<!-- storyboard diff of film.yaml -->"
    assert not (project / "pwned").exists()


@pytest.mark.slow
def test_costs_of_several_films_are_added_up(act, github, project):
    """Both are told in the one comment; a film that is new costs what all of it costs."""
    alone = act(comment="false").outputs["cost"]
    shutil.copyfile(project / "film.yaml", project / "second.yaml")
    change(project / "second.yaml", "a far owl", "a near owl")
    change(project / "film.yaml", "a far owl", "no owl")
    commit(project)
    job = act()
    assert job.code == 0, job.log
    ((_, body),) = github.comments
    assert body.index("film.yaml") < body.index("second.yaml")
    assert float(job.outputs["cost"]) > float(alone)


@pytest.mark.slow
def test_a_project_without_a_film_is_told_so(act, project, github):
    """As `check` does: nothing to check is not the same as nothing wrong."""
    (project / "film.yaml").unlink()
    commit(project)
    job = act()
    assert job.code == 2
    assert "there is no film here" in github.comments[0][1]


@pytest.mark.slow
def test_what_a_command_says_gives_the_runner_no_orders(act, tmp_path):
    """A line that looks like a workflow command is shown in the log, and not obeyed."""
    said = "::set-output name=code::0"
    program = tmp_path / "tools" / "storyboard"
    program.write_text(f"#!/bin/sh\n[ $1 = check ] || {{ echo '{said}' >&2; exit 7; }}\n")
    program.chmod(0o755)
    job = act()
    assert job.code == 7
    assert said in job.log.splitlines()
    assert job.commands == []
    assert commands(f"before\n{said}\n") == [said]
