"""The command's shell: help, errors, exit codes, logs, streams; and the commands that only read."""

import io
import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
import pytest

from storyboard import __version__
from storyboard.app.resources import resource
from storyboard.cli.console import refuse, say, speak_utf8, wants_colour
from storyboard.cli.crash import redacted, write_log
from storyboard.cli.funnel import Misuse, run
from storyboard.cli.main import COMMANDS, main, program
from storyboard.model.diagnostic import Code
from storyboard.model.errors import (
    EnvironmentFault,
    ErrorCode,
    ExitCode,
    InvalidStoryboard,
    Locked,
    ShotsFailed,
    SpendingRefused,
    StoryboardError,
)
from storyboard.report.pages import first_sentence
from storyboard.report.refusal import Refusal

TABLE = [(name, entry) for section in COMMANDS for name, entry in section.entries.items()]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Keep logs out of the real home, and the terminal's switches out of the tests."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "TMPDIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "WAVESPEED_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def storyboard(capsys, *words):
    """Run a command line in this process: its exit code, stdout and stderr."""
    with pytest.raises(SystemExit) as leaving:
        main(words)
    return leaving.value.code, *capsys.readouterr()


def process(*words):
    """Run a command line as a process of its own."""
    command = [sys.executable, "-m", "storyboard", *words]
    return subprocess.run(command, capture_output=True, check=False)


def raising(error):
    def program():
        raise error

    return program


def logs(tmp_path):
    return sorted(tmp_path.rglob("crash-*.log"))


# --- help, version, completion


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_every_command_under_its_section(capsys, flag):
    """The help names each command once with its line, and says how to get completion."""
    code, out, err = storyboard(capsys, flag)
    assert (code, err) == (0, "")
    positions = [out.index(f"\n{section.title}:\n") for section in COMMANDS]
    assert positions == sorted(positions)
    for name, entry in TABLE:
        assert f"  {name:<8}  {entry.help}\n" in out
    assert "_STORYBOARD_COMPLETE=bash_source" in out


def test_without_a_command_the_help_is_talk(capsys):
    """No command is a wrong use: the help goes to stderr and the exit code says so."""
    code, out, err = storyboard(capsys)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.startswith("Usage: storyboard ")


def test_the_version(capsys):
    """The version is told in one line."""
    assert storyboard(capsys, "--version") == (0, f"storyboard {__version__}\n", "")


@pytest.mark.parametrize(("name", "entry"), TABLE)
def test_every_command_of_the_table_exists(name, entry):
    """Each row names a command that can be loaded and goes by that name."""
    command = getattr(import_module(entry.module), entry.attribute)
    assert isinstance(command, click.Command)
    assert command.name == name


LOADED = """
import sys
before = {*sys.modules}
from storyboard.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    print(*{*sys.modules} - before, file=sys.stderr)
"""
GIVEN = {*sys.stdlib_module_names, "click", "coverage"}
LIGHT = {
    "storyboard",
    "storyboard.cli",
    "storyboard.cli.console",
    "storyboard.cli.environment",
    "storyboard.cli.funnel",
    "storyboard.cli.main",
    "storyboard.model",
    "storyboard.model.errors",
    "storyboard.report",
    "storyboard.report.cells",
    "storyboard.report.paint",
    "storyboard.report.refusal",
}


def loaded(*words):
    """Return the modules a command line loads that are neither Python's own nor click's."""
    script = [sys.executable, "-c", LOADED, *words]
    done = subprocess.run(script, capture_output=True, check=True, text=True)
    return {name for name in done.stderr.split() if name.partition(".")[0] not in GIVEN}


@pytest.mark.slow
def test_help_loads_nothing_but_click_and_the_shell():
    """`--help` answers without loading a command, the compiler or any library but click."""
    assert loaded("--help") == LIGHT
    assert "storyboard.cli.tools" in loaded("explain"), "control: a command loads its module"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("storyboard expl", b"plain,explain\n"),
        ("storyboard --v", b"plain,--version\n"),
        ("storyboard schema pl", b"plain,plan\n"),
    ],
)
def test_completion_reads_the_table(monkeypatch, typed, offered):
    """The shell completes commands and options, and a command's own words."""
    monkeypatch.setenv("_STORYBOARD_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    assert process().stdout == offered


def test_the_table_is_all_there_is():
    """The group knows the commands of the table, and no other."""
    context = click.Context(program)
    assert program.list_commands(context) == [name for name, _ in TABLE]
    assert program.get_command(context, "xyzzy") is None


# --- wrong use


def test_an_unknown_command_is_answered_with_the_nearest(capsys):
    """A slip in a command's name is a usage error that names the command meant."""
    assert storyboard(capsys, "anmatic") == (
        ExitCode.USAGE,
        "",
        (
            'error[usage]: no command is called "anmatic"\n\n'
            "hint: did you mean `storyboard animatic`?\n"
        ),
    )


def test_a_command_like_no_other_is_answered_with_the_help(capsys):
    """Where no command is near, the hint leads to the list."""
    code, _, err = storyboard(capsys, "xyzzy")
    assert code == ExitCode.USAGE
    assert err.endswith("\nhint: `storyboard --help` shows how it is used\n")


@pytest.mark.parametrize("words", [("--colour",), ("schema", "--colour"), ("schema", "film")])
def test_wrong_options_and_arguments_are_usage_errors(capsys, words):
    """click's complaints come out in our form, with the command's own help as the hint."""
    code, out, err = storyboard(capsys, *words)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.startswith("error[usage]: ")
    command = " ".join(("storyboard", *words[:-1]))
    assert err.endswith(f"\n\nhint: `{command} --help` shows how it is used\n")


# --- the funnel


@pytest.mark.parametrize(
    "kind", [InvalidStoryboard, ShotsFailed, SpendingRefused, Locked, EnvironmentFault]
)
def test_a_refusal_is_a_sentence_a_hint_and_its_exit_code(capsys, kind):
    """Each refusal leaves with its own code; the hint stands after a blank line."""
    told, code = f"error[{kind.code}]: it cannot be\n", kind.code.exit_code
    assert run(raising(kind("it cannot be", hint="do this"))) == code
    assert capsys.readouterr() == ("", f"{told}\nhint: do this\n")
    assert run(raising(kind("it cannot be"))) == code
    assert capsys.readouterr() == ("", told)


def test_a_group_of_refusals_is_its_first(capsys, tmp_path):
    """What fails in several tasks at once is told once; with a bug among it, it is a bug."""
    refusals = [Locked("locked"), ExceptionGroup("more", [ShotsFailed("failed")])]
    assert run(raising(ExceptionGroup("tasks", refusals))) == ExitCode.LOCKED
    assert capsys.readouterr().err == "error[locked]: locked\n"
    mixed = ExceptionGroup("tasks", [Locked("locked"), KeyError("x")])
    assert run(raising(mixed)) == ExitCode.BUG
    assert logs(tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_says_that_the_same_command_resumes(capsys, tmp_path, error):
    """Ctrl-C ends in one sentence, code 130 and no log."""
    assert run(raising(error)) == ExitCode.INTERRUPTED
    assert capsys.readouterr() == (
        "",
        "\ninterrupted; nothing is lost, and the same command resumes\n",
    )
    assert logs(tmp_path) == []


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(None, 0), (ExitCode.CHANGES_PENDING, 8), (click.exceptions.Exit(5), 5)],
)
def test_what_a_command_returns_is_its_exit_code(outcome, code):
    """Nothing is success; a code is passed on, also through click."""
    program = raising(outcome) if isinstance(outcome, Exception) else lambda: outcome
    assert run(program) == code


def test_other_complaints_of_click_are_usage_errors(capsys):
    """A file that click cannot open is told as it is."""
    assert run(raising(click.FileError("film.yaml", "not there"))) == ExitCode.USAGE
    assert "film.yaml" in capsys.readouterr().err
    assert run(raising(Misuse("no", hint="yes"))) == ExitCode.USAGE
    assert capsys.readouterr().err == "error[usage]: no\n\nhint: yes\n"


def test_a_bug_leaves_a_log_and_no_traceback(capsys, tmp_path, monkeypatch):
    """The unforeseen ends in a sentence, code 3 and a log with all that is needed to find it."""
    monkeypatch.setattr(sys, "argv", ["storyboard", "plan", "my film.yaml"])
    assert run(raising(ZeroDivisionError("division by zero"))) == ExitCode.BUG
    (log,) = logs(tmp_path)
    assert capsys.readouterr() == (
        "",
        (
            "error[bug]: this is a bug in storyboard (ZeroDivisionError)\n\n"
            f"hint: please report it with the log {log}\n"
        ),
    )
    text = log.read_text("utf-8")
    assert f"storyboard {__version__}, Python 3." in text
    assert "command: storyboard plan 'my film.yaml'\n" in text
    assert "Traceback (most recent call last):\n" in text
    assert "ZeroDivisionError: division by zero\n" in text


KEY = "wsk_live_0123456789abcdef"


@pytest.mark.parametrize(
    "secret", [KEY, "hunter2-hunter2", "Bearer abc.def", "https://me:hunter2@example.org/"]
)
def test_no_key_gets_into_a_log(tmp_path, monkeypatch, secret):
    """Keys by their form, the values of variables that hold keys, and passwords in URLs are out."""
    monkeypatch.setenv("WAVESPEED_API_KEY", "hunter2-hunter2")
    monkeypatch.setattr(sys, "argv", ["storyboard", "--set", f"key={secret}"])
    log = write_log(ValueError(f"refused: {secret}"))
    text = log.read_text("utf-8")
    assert "ValueError: refused: " in text
    for value in (KEY, "hunter2", "abc.def"):
        assert value not in text


def test_the_guard_against_keys_bites(monkeypatch):
    """Control: a word that is no secret stays, and is left out once a variable makes it one."""
    assert redacted("say hunter2-hunter2 twice") == "say hunter2-hunter2 twice"
    monkeypatch.setenv("MY_TOKEN", "hunter2-hunter2")
    assert redacted("say hunter2-hunter2 twice") == "say [left out] twice"


def test_the_home_folder_is_not_named_in_a_log(tmp_path):
    """A log can be pasted without telling who it is from."""
    assert redacted(f"{tmp_path / 'home'}/films/film.yaml") == "~/films/film.yaml"


def test_a_log_that_cannot_be_kept_goes_among_temporary_files(tmp_path, monkeypatch, capsys):
    """A state folder that cannot be written is no reason to lose the log."""
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    monkeypatch.setenv("HOME", str(blocked))
    assert run(raising(KeyError("x"))) == ExitCode.BUG
    (log,) = logs(tmp_path)
    assert log.parent == tmp_path / "tmpdir"
    monkeypatch.setattr("tempfile.tempdir", str(blocked))
    capsys.readouterr()
    assert run(raising(KeyError("x"))) == ExitCode.BUG
    assert capsys.readouterr().err.endswith("\nhint: no log could be written\n")


def test_a_log_names_the_versions_of_what_is_installed(monkeypatch):
    """What storyboard needs is listed with its version, or as missing."""
    needed = ["click>=8", "no-such-library>=1; python_version > '3'", ">=1"]
    monkeypatch.setattr("storyboard.cli.crash.metadata.requires", lambda _: needed)
    text = write_log(KeyError("x")).read_text("utf-8")
    assert f"packages: click {version('click')}, no-such-library missing\n" in text


def test_a_log_is_written_of_an_installation_without_its_records(monkeypatch):
    """A copy that was never installed can have bugs too."""

    def requires(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("storyboard.cli.crash.metadata.requires", requires)
    assert "packages: \n" in write_log(KeyError("x")).read_text("utf-8")


# --- streams


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error():
    """A closed pipe ends the command quietly, with the code a shell knows for it."""
    command = [sys.executable, "-m", "storyboard", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_a_pipe_broken_elsewhere_is_a_bug(tmp_path):
    """Control: only the pipe on stdout is a reader who left."""
    assert run(raising(BrokenPipeError(32, "Broken pipe"))) == ExitCode.BUG
    assert logs(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_disk_under_stdout_is_told():
    """What cannot be written is a fault of the environment, not a bug."""
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "storyboard", "schema"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == ExitCode.ENVIRONMENT
    said = b"error[environment]: the output cannot be written: No space left on device\n"
    assert done.stderr == said


@pytest.mark.slow
def test_output_is_utf8_in_any_locale(monkeypatch):
    """An old locale changes nothing in what is written."""
    for name, value in (("LC_ALL", "C"), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0")):
        monkeypatch.setenv(name, value)
    done = process("explain", "not-text")
    assert done.returncode == 0
    assert "Café" in done.stdout.decode("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="shells only")
def test_closed_streams_are_no_error():
    """A command without stdout and stderr does its work and ends well."""
    command = f"'{sys.executable}' -m storyboard explain >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0


def test_what_is_said_cannot_control_the_terminal(capsys):
    """Words of a file's or a server's making are shown, not obeyed."""
    refuse(Refusal(ErrorCode.BUG, "bad \x1b[2J", "do\x07\nthis \x9b"))
    assert capsys.readouterr().err == "error[bug]: bad ␛[2J\n\nhint: do␇\nthis �\n"


def test_a_stderr_that_is_gone_is_survived(monkeypatch):
    """Talk that nobody can hear does not change the exit code."""
    monkeypatch.setattr(sys, "stderr", Gone())
    assert run(raising(Locked("locked", hint="wait"))) == ExitCode.LOCKED


class Gone(io.StringIO):
    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize(
    ("stream", "switches", "coloured"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "0"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(monkeypatch, stream, switches, coloured):
    """A terminal gets colour, other streams none; NO_COLOR wins over everything."""
    for name, value in switches.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(stream) is coloured


def test_errors_in_a_terminal_are_coloured(monkeypatch):
    """The words `error` and `hint` stand out where colour is wanted."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    refuse(Refusal(ErrorCode.LOCKED, "no", "yes"))
    assert terminal.getvalue() == (
        "\x1b[1;31merror[locked]\x1b[0m: no\n\n\x1b[1;36mhint\x1b[0m: yes\n"
    )


def test_missing_streams_are_replaced(monkeypatch):
    """A stream that was closed before the start is one that nobody reads."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    speak_utf8()
    with sys.stdout, sys.stderr:
        sys.stdout.write("x")
        say("y")


# --- the commands that read


@pytest.mark.parametrize("word", ["unknown-shot", "Unknown_Shot", " UNKNOWN-SHOT "])
def test_explain_prints_the_page_of_a_code(capsys, word):
    """The page comes as it is written, however the code is spelt."""
    page = resource("findings", "unknown-shot.md")
    assert storyboard(capsys, "explain", word) == (0, page, "")


def test_explain_sets_the_page_in_a_terminal(monkeypatch):
    """In a terminal the page is set in type: no hash signs, no fences."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    with pytest.raises(SystemExit):
        main(["explain", "unknown-shot"])
    shown = terminal.getvalue()
    assert "unknown-shot" in shown
    assert "```" not in shown
    assert "# unknown" not in shown


def test_explain_without_a_code_lists_all(capsys):
    """Every code stands in a line with the first sentence of its page."""
    code, out, _ = storyboard(capsys, "explain")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [*Code]
    sentence = first_sentence(resource("findings", "unknown-shot.md"))
    assert ["unknown-shot", *sentence.split()] in [line.split() for line in out.splitlines()]


def test_explain_of_an_unknown_code_names_the_nearest(capsys):
    """A slip in a code is a usage error; a path is just an unknown code."""
    code, out, err = storyboard(capsys, "explain", "unknown-shto")
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.endswith("\nhint: did you mean `storyboard explain unknown-shot`?\n")
    code, _, err = storyboard(capsys, "explain", "../../README")
    assert code == ExitCode.USAGE
    assert err.endswith("\nhint: `storyboard explain` lists every code\n")


@pytest.mark.parametrize("name", ["storyboard", "plan", "error"])
def test_schema_prints_a_schema(capsys, name):
    """Each schema is printed as it is kept; the storyboard's without being asked for."""
    code, out, _ = storyboard(capsys, "schema", name)
    assert code == 0
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    if name == "storyboard":
        assert storyboard(capsys, "schema")[1] == out


def test_models_lists_the_cards(capsys, tmp_path):
    """The built-in cards are listed for people and for programs alike."""
    code, out, _ = storyboard(capsys, "models", str(tmp_path))
    assert code == 0
    code, document, _ = storyboard(capsys, "models", str(tmp_path), "--json")
    assert code == 0
    models = json.loads(document)["models"]
    assert "animatic" in [each["id"] for each in models]
    assert [line.split()[0] for line in out.splitlines() if line[:1].strip()] == [
        each["id"] for each in models
    ]


def test_a_broken_installation_is_told(monkeypatch, capsys, tmp_path):
    """A text that should have come with storyboard and did not is no bug, but is named."""
    monkeypatch.setattr("storyboard.app.resources._PACKAGE", tmp_path)
    monkeypatch.setattr("storyboard.app.resources._CHECKOUT", tmp_path)
    code, _, err = storyboard(capsys, "explain", "unknown-shot")
    assert code == ExitCode.ENVIRONMENT
    assert "findings/unknown-shot.md cannot be read: No such file" in err
    assert issubclass(EnvironmentFault, StoryboardError)
