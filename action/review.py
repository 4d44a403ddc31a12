"""Checks a project's films and compares each with how it was: the step "Check and compare".

The action's scripts are files of their own so that linter, type checker and tests read them. They
are Python since they add up money and take JSON apart; `storyboard` itself is asked as a command.

It reads FILMS, AGAINST and MAX_INCREASE, and writes the comparison to the job's summary and to a
file for the comment. Whatever it finds, it ends well: the last step ends with the code that it
leaves, once everything has been said.
"""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from storyboard.app.films import find_films
from storyboard.model.errors import ExitCode, StoryboardError

LONGEST_COMMENT = 65_000  # bytes; GitHub takes 65,536 characters
LONGEST_SUMMARY = 1_000_000  # bytes; GitHub takes a mebibyte
LONGEST_QUOTE = 6_000  # characters
FROM_MILD_TO_BAD = (ExitCode.OK, ExitCode.SPENDING_REFUSED, ExitCode.INVALID_STORYBOARD)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A film beside what it was; `cost` is None where that could not be found out."""

    film: str
    code: int
    text: str
    same: bool = False
    cost: Decimal | None = None


def main() -> None:
    """Review every film, and leave the outputs of the step."""
    named = [line.strip() for line in os.environ["FILMS"].splitlines() if line.strip()]
    checked = storyboard("check", "--format=github", "--", *named)
    sys.stdout.write(checked.out)  # GitHub reads the annotations here
    show(checked.err)
    try:
        films = find_films(named)
    except StoryboardError:  # which `check` has told
        films = ()
    compared = [compare(film) for film in films]
    sections = [f"{marker(named)}\n", *told(compared)]
    if not films:
        sections.append(f"### storyboard\n\n{quoted(checked.err)}")
    write_summary(fitted(sections, LONGEST_SUMMARY))
    body = Path(os.environ["RUNNER_TEMP"], "storyboard-comment.md")
    body.write_text(fitted(sections, LONGEST_COMMENT), encoding="utf-8")
    write_outputs(compared, body, worst([checked.code, *(each.code for each in compared)]))


def compare(film: str) -> Compared:
    """Ask what has changed in one film, in words and in figures."""
    limit = os.environ["MAX_INCREASE"].strip()
    words = ["diff", f"--against={os.environ['AGAINST']}"]
    words += [f"--max-increase={limit}"] if limit else []
    shown = storyboard(*words, "--format=markdown", "--", film)
    show(shown.err)
    if shown.code not in (ExitCode.OK, ExitCode.SPENDING_REFUSED):
        text = f"### {code(film)}\n\nIt cannot be compared.\n\n{quoted(shown.err or shown.out)}"
        # Whether today's film is wrong is for `check` to say. If it is the older one, who mends it
        # must not be stopped.
        wrong = shown.code == ExitCode.INVALID_STORYBOARD
        return Compared(film, ExitCode.OK if wrong else shown.code, text)
    figures = json.loads(storyboard(*words, "--format=json", "--", film).out)
    cost = Decimal(figures["totals"]["cost_usd"])
    return Compared(film, shown.code, shown.out, same=figures["same"], cost=cost)


def told(compared: Sequence[Compared]) -> list[str]:
    """Return a section for each film that has changed or is in trouble, and one for the others."""
    loud = [each.text for each in compared if not each.same]
    quiet = ", ".join(code(each.film) for each in compared if each.same)
    return [*loud, f"Without a change: {quiet}."] if quiet else loud


def worst(codes: Iterable[int]) -> int:
    """Return the worst exit code: what is not foreseen, then a wrong film, then the limit."""
    mild = {int(each): place for place, each in enumerate(FROM_MILD_TO_BAD)}
    return max(codes, key=lambda each: mild.get(each, len(mild)))


def write_outputs(compared: Sequence[Compared], body: Path, verdict: int) -> None:
    """Write what later steps and the workflow read; figures only if all of them are known."""
    costs = [each.cost for each in compared if each.cost is not None]
    known = bool(costs) and len(costs) == len(compared)
    cost = str(sum(costs)) if known else ""
    changed = str(not all(each.same for each in compared)).lower() if known else ""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"cost={cost}\nchanged={changed}\nbody={body}\ncode={verdict}\n")


def write_summary(text: str) -> None:
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as summary:
        summary.write(text)


def fitted(sections: Sequence[str], most: int) -> str:
    """Join sections as far as they fit into `most` bytes; say how many were left out."""
    room = most - 200
    kept: list[str] = []
    for number, section in enumerate(sections):
        room -= len(section.encode()) + 1
        if room < 0:
            kept.append(f"… and {len(sections) - number} more: `storyboard diff` tells of each.")
            break
        kept.append(section.rstrip("\n") + "\n")
    return "\n".join(kept).rstrip("\n") + "\n"


def marker(named: Sequence[str]) -> str:
    """Return the line that a later run finds its comment by; jobs for other films have another."""
    # Two hyphens would end it.
    films = quote(" ".join(named), safe="/ ").replace("--", "-%2D") or "every film"
    return f"<!-- storyboard diff of {films} -->"


def code(text: str) -> str:
    """Write a file's name as code, in which nothing is markup."""
    fence = "`" * (longest_run(text) + 1)
    return f"{fence} {' '.join(text.split())} {fence}"


def quoted(text: str) -> str:
    """Put what a command said into a block that nothing in it can end."""
    fence = "`" * max(3, longest_run(text) + 1)
    return f"{fence}text\n{text.strip()[:LONGEST_QUOTE]}\n{fence}"


def longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def show(text: str) -> None:
    """Put into the log what was said; none of it may give the runner an order, as `::…` would."""
    if text:
        pause = secrets.token_hex(16)
        sys.stdout.write(f"::stop-commands::{pause}\n{text.rstrip()}\n::{pause}::\n")


def storyboard(*words: str) -> Ran:
    """Run the command without colours, since what it says may become part of a page."""
    done = subprocess.run(
        ("storyboard", *words),  # noqa: S607  # where the step before has installed it
        env=os.environ | {"NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    killed = done.returncode < 0
    return Ran(128 - done.returncode if killed else done.returncode, done.stdout, done.stderr)


if __name__ == "__main__":
    main()
