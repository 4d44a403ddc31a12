"""The GitHub Action as it is written: its metadata, its safety, and the pages that show its use."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fakes.runner import INSTALLS, evaluate, expand

REPOSITORY = Path(__file__).parents[2]
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]


def injections(action):
    """List the scripts of an action that have an expression in them."""
    return [step["run"] for step in action["runs"]["steps"] if "${{" in step.get("run", "")]


def test_the_metadata_has_the_shape_that_github_asks_for():
    """A name, a sentence, described inputs and outputs, and steps that each can be run."""
    assert set(ACTION) == {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert 0 < len(ACTION["description"]) < 125
    assert set(ACTION["branding"]) == {"icon", "color"}
    assert set(ACTION["inputs"]) == {
        *("films", "against", "max-increase", "comment", "python-version", "token")
    }
    for each in ACTION["inputs"].values():
        assert set(each) == {"description", "default"}
        assert isinstance(each["default"], str)
    assert set(ACTION["outputs"]) == {"cost", "changed"}
    for each in ACTION["outputs"].values():
        assert set(each) == {"description", "value"}
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS:
        assert set(step) <= {"name", "id", "if", "uses", "with", "shell", "env", "run"}
        assert ("uses" in step) is not ("run" in step)
        assert step.get("shell") == ("bash" if "run" in step else None)


def test_what_is_used_of_others_is_pinned():
    """An action of somebody else's stands with its version."""
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", each) for each in used)


def test_no_script_has_an_expression_in_it():
    """Inputs, branches and file names reach a script by `env`, and so are never a part of one."""
    assert [step for step in STEPS if "run" in step]
    assert injections(ACTION) == []


def test_an_expression_in_a_script_is_seen():
    """The control: one that is put there is found."""
    guilty = 'storyboard check "${{ inputs.films }}"'
    assert injections({"runs": {"steps": [{"run": guilty}, {"uses": "a@v1"}]}}) == [guilty]


def test_the_token_is_known_to_the_comment_alone():
    """What reads other people's films has none; and no key is asked for anywhere."""
    told = [step["name"] for step in STEPS if "inputs.token" in str(step)]
    assert told == ["Comment"]
    assert "secrets." not in str(ACTION)


def test_every_step_says_which_python_it_trusts():
    """Isolated: a `json.py` in somebody's project is not taken for the library's."""
    scripts = [step["run"] for step in STEPS if "python" in step.get("run", "")]
    assert len(scripts) == 3
    assert all(script.startswith("python -I ") for script in scripts)


@pytest.mark.slow
@pytest.mark.parametrize(("isolated", "sprung"), [(["-I"], False), ([], True)])
def test_a_project_cannot_pass_for_a_module(tmp_path, isolated, sprung):
    """A `pip.py` of somebody's is not run by the step that installs; not isolated, it would be."""
    (tmp_path / "pip.py").write_text("open('sprung', 'w').close()\n")
    command = [sys.executable, *isolated, "-m", "pip", "--version"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "sprung").exists() is sprung


def test_only_the_step_that_installs_is_left_out_here():
    """The runner of these tests replaces one script, and this is it."""
    (step,) = [step for step in STEPS if INSTALLS in step.get("run", "")]
    assert step["name"] == "Install storyboard"
    assert step["run"].endswith(' "$GITHUB_ACTION_PATH"')


@pytest.mark.parametrize(
    ("event", "against"),
    [({"pull_request": {"base": {"sha": "abc"}}}, "abc"), ({"before": "def"}, "HEAD~1")],
)
def test_what_is_compared_with(event, against):
    """A pull request is held against where it is to go, a push against the commit before."""
    default = ACTION["inputs"]["against"]["default"]
    assert expand(default, {"github": {"event": event}}) == against


def blocks(page):
    """Read each piece of YAML of a page that is there to be pasted."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    return [yaml.safe_load(each) for each in re.findall(r"```yml\n(.*?)```", text, re.DOTALL)]


def test_the_workflow_to_paste_is_one_that_works():
    """It asks for no more than it needs, fetches what is compared with, and names real inputs."""
    workflow, *_ = blocks("docs/ci.md")
    assert blocks("README.md") == [workflow]
    assert workflow[True] == "pull_request"  # YAML reads `on` as true
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    checkout, act = workflow["jobs"]["films"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert set(act["with"]) <= set(ACTION["inputs"])


def test_the_page_explains_each_input_and_output():
    """As the tables of docs/ci.md have them, and no others; it shows the hook that there is."""
    page = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
    head, _, rest = page.partition("| output |")
    assert re.findall(r"^\| `([\w-]+)` \|", head, re.MULTILINE) == list(ACTION["inputs"])
    outputs = rest.partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", outputs, re.MULTILINE) == list(ACTION["outputs"])
    (hooks,) = [each["repos"] for each in blocks("docs/ci.md") if "repos" in each]
    manifest = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [each["id"] for each in hooks[0]["hooks"]] == [each["id"] for each in manifest]


def test_no_key_is_where_a_pull_request_is():
    """The one workflow with a secret is run for the branch that is merged into."""
    bought = [each for each in blocks("docs/ci.md") if "secrets." in str(each)]
    assert [each[True] for each in bought] == [{"push": {"branches": ["main"]}}]


@pytest.fixture(scope="module")
def review():
    """The script of the step that checks and compares, as a module."""
    spec = importlib.util.spec_from_file_location("review", REPOSITORY / "action/review.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_comment_is_never_longer_than_github_takes(review):
    """Whole films are left out, and counted; what fits is left as it is."""
    films = ["ä" * 20_000] * 3
    text = review.fitted(["<!-- first -->\n", *films], review.LONGEST_COMMENT)
    assert len(text.encode()) <= review.LONGEST_COMMENT
    assert text.count("ä" * 20_000) == 1
    assert text.endswith("\n… and 2 more: `storyboard diff` tells of each.\n")
    assert review.fitted(["a\n", "b"], 1_000) == "a\n\nb\n"


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [([0], 0), ([0, 5], 5), ([5, 1, 0], 1), ([1, 3, 5], 3), ([0, 2], 2), ([1, 7], 7)],
)
def test_the_verdict_is_the_worst(review, codes, verdict):
    """What nobody foresaw, then a film that is wrong, then one over the limit."""
    assert review.worst(codes) == verdict


def test_expressions_are_evaluated_as_far_as_they_are_used():
    """The stand-in knows a handful of forms, and fails at any other."""
    context = {"inputs": {"a-b": "x", "empty": ""}}
    assert evaluate("inputs.a-b == 'x'", context) == "true"
    assert evaluate("inputs.a-b == 'y'", context) == "false"
    assert evaluate(" inputs.empty || 'z' ", context) == "z"
    assert expand("<${{ inputs.a-b }}>", context) == "<x>"
    with pytest.raises(ValueError, match="nobody foresaw"):
        evaluate("contains(inputs.a-b, 'x')", context)
