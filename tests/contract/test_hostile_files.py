"""Files made to do harm end in findings, each within 2 seconds of processor time and 300 MB."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from storyboard.model.diagnostic import Code

# Each case in a process of its own, under limits that the system enforces: too much memory is a
# MemoryError, too much time is SIGXCPU. The processes are forked from one that has imported all.
_RUNNER = textwrap.dedent("""
    import json, os, resource as limits, sys
    from pathlib import Path
    from storyboard.adapters.files import Project
    from storyboard.compiler.lock import read_lock
    from storyboard.compiler.syntax.includes import assemble
    from storyboard.app.resources import resource

    def looked_at(name):
        project = Project(Path.cwd())
        if not name.endswith(".lock.yaml"):
            return assemble(name, project.read)
        return read_lock(project.read(name, None).value, json.loads(LOCKS))

    LOCKS = resource("schemas", "lock.schema.json")

    def limited(film):
        sys.settrace(None)  # what is measured is the program, not the coverage of it
        limits.setrlimit(limits.RLIMIT_AS, (300 << 20, 300 << 20))
        limits.setrlimit(limits.RLIMIT_CPU, (2, 3))
        if film == "memory":
            return bytes(400 << 20) and ""
        while film == "time":
            pass
        outcome = looked_at(film)
        return " ".join(sorted({each.code for each in outcome.diagnostics}))

    for film in sys.argv[1:]:
        if (child := os.fork()) == 0:
            try:
                print(film, limited(film), flush=True)
            except MemoryError:
                os._exit(1)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(film, "exit", status, flush=True)
""")


def _bomb(width, depth):
    rows = ["a0: &a0 [" + "x, " * width + "]"]
    rows += [f"a{i}: &a{i} [" + f"*a{i - 1}, " * width + "]" for i in range(1, depth)]
    return "\n".join(rows)


def _lock(takes):
    """Write a lock of one shot with as many takes, of which none is the circled one."""
    rest = "model: m, seen: null, seconds: 1, price_usd: '0.10', prediction: null"
    day = "bought_at: '2026-01-01T00:00:00Z'"
    rows = (
        f"    - {{take: {n}, key: a{n:063x}, clip: a{n:063x}, {rest}, {day}}}\n"
        for n in range(1, takes + 1)
    )
    circle = f"    circled: {takes + 1}\n    circled_for: a{0:063x}\n"
    return f"lock: 1\nshots:\n  a:\n{circle}    takes:\n{''.join(rows)}"


_MEGABYTE = 1 << 20
_TEXTS = {
    "alias-bomb": (_bomb(10, 30), Code.TOO_MANY_ALIASES),
    "merge-bomb": (
        "a: &a {" + "".join(f"k{i}: 1, " for i in range(9_000)) + "}\n"
        "b: {<<: [" + "*a, " * 100_000 + "]}",
        Code.TOO_MANY_ALIASES,
    ),
    "endless-alias": ("a: &a [*a]\n", Code.UNSUPPORTED_YAML),
    "scalar-of-50-MB": ("a: " + "x" * (50 * _MEGABYTE), Code.FILE_TOO_LARGE),
    "scalar-of-15-MB": ("x" * (15 * _MEGABYTE), Code.WRONG_TYPE),
    "digits-of-15-MB": ("a: " + "9" * (15 * _MEGABYTE), Code.AMBIGUOUS_SCALAR),
    "open-quote-of-15-MB": ('a: "' + "x" * (15 * _MEGABYTE), Code.YAML_SYNTAX),
    "empty-lines-of-15-MB": ("\n" * (15 * _MEGABYTE), Code.FILE_TOO_LARGE),
    "brackets": ("[" * 100_000, Code.TOO_DEEP),
    "braces": ("{a: " * 100_000, Code.TOO_DEEP),
    "dashes": ("- " * 100_000, Code.TOO_DEEP),
    "questions": ("? " * 100_000, Code.TOO_DEEP),
    "values-of-15-MB": ("a:\n" + "- x\n" * (15 * _MEGABYTE // 4), Code.FILE_TOO_LARGE),
    "most-values": ("a: [" + "[x]," * 490_000 + "]", Code.FILE_TOO_LARGE),
    "most-keys": ("a: b\n" * 490_000, Code.DUPLICATE_KEY),
    "most-doubts": ("a:\n" + "- on\n" * 490_000, Code.AMBIGUOUS_SCALAR),
    "tag-lines-of-15-MB": (
        "".join(f"%TAG !{i}! x\n" for i in range(1_000_000)),
        Code.UNSUPPORTED_YAML,
    ),
    "most-takes.lock.yaml": (_lock(12_000), Code.BAD_LOCK),
    "bomb.lock.yaml": (_bomb(10, 30), Code.BAD_LOCK),
    "nul": ("a: 1\nb: \0\n", Code.NOT_TEXT),
    "zeros-of-15-MB": ("\0" * (15 * _MEGABYTE), Code.NOT_TEXT),
    "include-cycle": ("scenes: [{include: include-cycle}]", Code.INCLUDE_CYCLE),
    "include-pipe": ("scenes: [{include: pipe}]", Code.UNREADABLE_FILE),
    "include-folder": ("scenes: [{include: folder}]", Code.UNREADABLE_FILE),
    "include-outside": ("scenes: [{include: ../x.yaml}]", Code.OUTSIDE_PROJECT),
    "include-link": ("scenes: [{include: link}]", Code.OUTSIDE_PROJECT),
    "include-device": ("scenes: [{include: /dev/zero}]", Code.OUTSIDE_PROJECT),
    "include-nul": ('scenes: [{include: "a\\0b"}]', Code.UNSUPPORTED_YAML),
}  # fmt: skip
_CODES = {
    **{name: code for name, (_, code) in _TEXTS.items()},
    "utf-16": Code.NOT_TEXT,
    "not-utf-8": Code.NOT_TEXT,
    "folder": Code.UNREADABLE_FILE,
    "pipe": Code.UNREADABLE_FILE,
    "link": Code.OUTSIDE_PROJECT,
    "double-0": Code.FILE_TOO_LARGE,
    "terabyte": Code.FILE_TOO_LARGE,
}


def _make_files(folder):
    for name, (text, _) in _TEXTS.items():
        (folder / name).write_text(text)
    (folder / "utf-16").write_bytes("title: x\n".encode("utf-16"))
    (folder / "not-utf-8").write_bytes(b"a: \xff\n")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("/etc/passwd")
    for i in range(30):
        twice = f"{{include: double-{i + 1}}}, " * 2
        (folder / f"double-{i}").write_text(f"scenes: [{twice}]")
    (folder / "double-30").write_text("id: x\n")
    with (folder / "terabyte").open("wb") as file:
        file.truncate(1 << 40)


def _run(folder, films):
    command = [sys.executable, "-c", _RUNNER, *films]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines() if " exit " not in line), {
        line.split()[0]: int(line.split()[-1])
        for line in done.stdout.splitlines()
        if " exit " in line
    }


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    _make_files(folder)
    return _run(folder, [*_CODES, "memory", "time"])


@pytest.mark.slow
@pytest.mark.parametrize(("film", "code"), _CODES.items())
def test_a_hostile_file_ends_in_a_finding(results, film, code):
    """Bombs, giants, things that are no files and ways out of the project are all just findings."""
    found, exits = results
    assert exits[film] == 0
    assert code in found[film].split()


@pytest.mark.slow
def test_the_limits_bite(results):
    """Code that takes too much memory or time is stopped, so the others did not."""
    _, exits = results
    assert exits["memory"] == 1
    assert exits["time"] == -signal.SIGXCPU
