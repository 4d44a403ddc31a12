"""The house stands as it is drawn: floors, purity, sizes and public names.

Each rule is also held against a room that breaks it, so that a check that checks nothing fails.
"""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "storyboard"
PURE = ("model", "compiler", "cutting")
MODULES = sorted(PACKAGE.rglob("*.py"))
IMPURE = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "__import__"})
LONGEST = 400


def name_of(path):
    return str(path.relative_to(PACKAGE))


def impure_calls(text):
    """List the calls by name of what touches the world or runs text."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name))
    return [(call.lineno, call.func.id) for call in named if call.func.id in IMPURE]


def public_names(text):
    """Return a module's `__all__`, and what is defined and what imported at its top level."""
    offered, defined, imported = None, set(), set()
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                offered = ast.literal_eval(value)
            case ast.Assign(targets=targets):
                defined |= {
                    each.id
                    for target in targets
                    for each in ast.walk(target)
                    if isinstance(each, ast.Name)
                }
            case ast.AnnAssign(target=ast.Name(id=name)):
                defined.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                defined.add(name)
            case ast.ClassDef(name=name):
                defined.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                imported |= {(each.asname or each.name).partition(".")[0] for each in names}
    return offered, defined, imported


def wrong_names(text):
    """List what is wrong with a module's `__all__`; a module of words alone needs none."""
    offered, defined, imported = public_names(text)
    if offered is None:
        public = {name for name in defined if not name.startswith("_")}
        return [f"no __all__ for {', '.join(sorted(public))}"] if public else []
    unsorted = [] if offered == in_order(offered) else ["not sorted"]
    twice = [f"{name} twice" for name in set(offered) if offered.count(name) > 1]
    return unsorted + twice + [f"no {name}" for name in offered if name not in defined | imported]


def in_order(names):
    """Sort as the linter does: constants, then classes, then the rest, each by letters."""

    def rank(name):
        if name.isupper():
            return 0
        return 1 if name[0].isupper() else 2

    return sorted(names, key=lambda name: (rank(name), name))


def test_there_is_something_to_check():
    """The list of modules is the whole house, each pure room in it."""
    assert len(MODULES) > 60
    for room in PURE:
        assert sum(name_of(path).startswith(f"{room}/") for path in MODULES) > 1


def test_every_contract_between_the_rooms_is_kept():
    """import-linter reads all of the contracts that are written down, and breaks none."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = written["tool"]["importlinter"]["contracts"]
    assert len(contracts) > 5
    command = (
        "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kept = re.search(r"Contracts: (\d+) kept, (\d+) broken", done.stdout)
    assert kept is not None, done.stdout
    assert (int(kept[1]), int(kept[2])) == (len(contracts), 0)
    for contract in contracts:
        assert contract["name"] in done.stdout


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_does_not_touch_the_world(room):
    """Nothing in it opens, prints, asks, or runs text."""
    paths = sorted((PACKAGE / room).rglob("*.py"))
    assert paths
    found = {name_of(path): impure_calls(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize("name", sorted(IMPURE))
def test_an_impure_call_is_seen(name):
    """The control: each of the calls is found, however deep it stands."""
    text = f"def read():\n    return [lambda: {name}('x')]\n"
    assert impure_calls(text) == [(2, name)]
    assert impure_calls(f"{name} = 1\nfile.{name}()\n") == []


def test_no_module_is_too_long():
    """At four hundred lines it is time to ask what the second thing in a file is."""
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_public_names_are_sorted_and_there():
    """Every module says what it offers, in order, and has it."""
    found = {name_of(path): wrong_names(path.read_text(encoding="utf-8")) for path in MODULES}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('__all__ = ["b", "a"]\na = b = 1', "not sorted"),
        ('__all__ = ["a"]', "no a"),
        ('__all__ = ["a", "a"]\na = 1', "a twice"),
        ("def a(): ...", "no __all__ for a"),
    ],
)
def test_a_wrong_public_name_is_seen(text, fault):
    """The control: a name out of order, not there, said twice, or no list at all."""
    assert wrong_names(text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        '"""Words alone."""',
        "_private = 1",
        "from x import y",
        '__all__ = ["A", "B", "c"]\nA = 1\nfrom x import B\nimport c',
        '__all__ = ["Z", "Aa", "a"]\nZ: int = 1\nclass Aa: ...\nasync def a(): ...',
    ],
)
def test_a_right_public_name_is_left_alone(text):
    """Constants, classes and functions in their order, wherever they come from."""
    assert wrong_names(text) == []


def test_every_module_says_why_it_exists():
    """A docstring is the first thing in each."""
    silent = [
        name_of(path)
        for path in MODULES
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []
