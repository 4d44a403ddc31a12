"""What surrounds a run: its folders, and what the project's own storyboard.toml says."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeGuard

import platformdirs

from storyboard.adapters.files import read_source
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.account import Account
from storyboard.model.diagnostic import Code, Diagnostic, Outcome
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd, micro_usd
from storyboard.model.source import Source, Span

__all__ = ["ACCOUNTS", "ADDRESS", "Settings", "cache_folder", "load_settings", "shown"]

# Videos a minute and tasks at once, by account level: https://wavespeed.ai/docs/account-levels,
# checked 2026-11-22.
ACCOUNTS: Mapping[str, Account] = {
    "bronze": Account("bronze", 5, 3),
    "silver": Account("silver", 60, 100),
    "gold": Account("gold", 600, 2000),
    "ultra": Account("ultra", 5000, 5000),
}
ADDRESS: Final = "WAVESPEED_BASE_URL"
"""The variable that says where to buy; an address of this machine makes it a rehearsal."""
_FILE = "storyboard.toml"
_KNOWN: Mapping[str, tuple[str, ...]] = {"account": ("level",), "budget": ("month", "run")}
_MOST = 1e9
Read = Callable[[Path], Outcome[Source]]
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the project and the caches are, what the account allows, what a month or run may cost.

    `cache` is None where it would lie in the project: its entries are code, and a project may be a
    stranger's. `findings` point into `source`, the text of storyboard.toml where there is one.
    """

    root: Path
    cache: Path | None
    account: Account
    month: MicroUsd | None = None
    findings: tuple[Diagnostic, ...] = ()
    source: Source | None = None
    run: MicroUsd | None = None

    @property
    def state(self) -> Path:
        """The project's own folder for what is kept between runs; not in git."""
        return self.inside(self.root / ".storyboard")

    def inside(self, path: Path) -> Path:
        """Return a path to write at or delete, or refuse one that a link leads out of the project.

        Git keeps symbolic links, so a stranger's project may hold one where we would write.
        """
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.root)):
            message = f"{shown(path)} leads out of the project, and nothing is written there"
            raise EnvironmentFault(message, hint="take away the link, or move the project")
        return path

    def from_root(self, path: Path) -> str:
        """Return a path from the project's root; a link that is itself the file is not followed."""
        place = Path(os.path.realpath(path.parent)) / path.name
        return place.relative_to(os.path.realpath(self.root)).as_posix()


def _read(path: Path) -> Outcome[Source]:
    return read_source(shown(path), path.parent) if os.path.lexists(path) else Outcome(None)


def load_settings(root: Path, read: Read = _read) -> Settings:
    """Read the environment, and `storyboard.toml` at the project's root; never raises for it.

    `read` reads it where the project's files are not on the disk.
    """
    outcome = read(root / _FILE)
    source, findings = outcome.value, outcome.diagnostics
    written: dict[str, object] = {}
    if source is not None and not findings:
        written, findings = _parse(source)
    account = written.get("account")
    level = account.get("level", "bronze") if isinstance(account, dict) else "bronze"
    return Settings(
        root,
        cache_folder(root),
        ACCOUNTS.get(str(level), ACCOUNTS["bronze"]),
        _amount(written, "month"),
        findings,
        source,
        _amount(written, "run"),
    )


def shown(path: Path) -> str:
    """Return a path as people see it: from where the command runs if it lies below, else whole."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _amount(written: Mapping[str, object], limit: str) -> MicroUsd | None:
    budget = written.get("budget")
    amount = budget.get(limit) if isinstance(budget, dict) else None
    return micro_usd(amount) if _is_amount(amount) else None


def _is_amount(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST


def cache_folder(root: Path) -> Path | None:
    """Return where the caches of a project are; None where that would be in the project."""
    folder = os.environ.get("STORYBOARD_CACHE") or platformdirs.user_cache_dir("storyboard")
    real = os.path.realpath(folder)
    return None if Path(real).is_relative_to(os.path.realpath(root)) else Path(folder)


def _parse(source: Source) -> tuple[dict[str, object], tuple[Diagnostic, ...]]:
    import tomllib  # noqa: PLC0415  most projects have no such file

    try:
        written: dict[str, object] = tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _TOML_PLACE.search(str(error))
        place = _at(source, int(found[1]), int(found[2])) if found else Span(source.path, 0, 0)
        message = f"{_FILE} is not TOML: {_TOML_PLACE.sub('', str(error)).lower()}"
        return {}, (Diagnostic(Code.BAD_SETTINGS, message, place, "see https://toml.io"),)
    return written, tuple(_faults(source, written))


def _faults(source: Source, written: Mapping[str, object]) -> Iterator[Diagnostic]:
    for section, fields in written.items():
        if section not in _KNOWN or not isinstance(fields, dict):
            yield _unknown(source, section, tuple(_KNOWN))
            continue
        for name, value in fields.items():
            if name not in _KNOWN[section]:
                yield _unknown(source, name, _KNOWN[section])
            elif (section, name) == ("account", "level") and str(value) not in ACCOUNTS:
                message = f"there is no account level {value!r}"
                advice = f"it is one of {', '.join(ACCOUNTS)}"
                yield Diagnostic(Code.BAD_SETTINGS, message, _named(source, name), advice)
            elif section == "budget" and not _is_amount(value):
                message = f"a {name}'s limit is an amount of dollars, not {value!r}"
                advice = "write a number, such as 50 or 50.00"
                yield Diagnostic(Code.BAD_SETTINGS, message, _named(source, name), advice)


def _unknown(source: Source, name: str, known: tuple[str, ...]) -> Diagnostic:
    nearest = did_you_mean(name, known)
    advice = f'did you mean "{nearest}"?' if nearest else f"known here: {', '.join(known)}"
    message = f'{_FILE} has nothing called "{name}"'
    return Diagnostic(Code.BAD_SETTINGS, message, _named(source, name), advice)


def _named(source: Source, name: str) -> Span:
    """Find where a key was written; TOML's reader does not say."""
    pattern = rf"^[ \t]*\[?[ \t]*[\"']?({re.escape(name)})[\"']?[ \t]*[\].=]"
    found = re.search(pattern, source.text, re.MULTILINE)
    return Span(source.path, *found.span(1)) if found else Span(source.path, 0, 0)


def _at(source: Source, line: int, column: int) -> Span:
    before = source.text.split("\n")[: line - 1]
    start = sum(len(each) + 1 for each in before) + column - 1
    return Span(source.path, start, start + 1)
