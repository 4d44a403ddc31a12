"""Looks at everything a build stands on, and tells what is well and what is not.

Nothing is made and nothing is spent; the network is touched only with a key to show.
"""

import asyncio
import os
import platform
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from storyboard import __version__
from storyboard.adapters.files import find_root
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.integrity import check_integrity
from storyboard.app.clock import SystemClock
from storyboard.app.doctor_checks import (
    balance_check,
    books_check,
    budget_check,
    clock_check,
    disk_check,
    key_check,
    refused,
    settings_check,
    size,
)
from storyboard.app.purse import Purse, find_key, load_purse
from storyboard.app.settings import Settings, load_settings, shown
from storyboard.engine.ports import Clock
from storyboard.model.attempt import Spending
from storyboard.model.errors import EnvironmentFault, StoryboardError
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.secret import Secret
from storyboard.report.doctor import Check, Health

__all__ = ["Connect", "Provider", "examine"]

_PATIENCE: Final = 20.0  # seconds for an answer; a build would wait longer
_UNCLEAR: Final = frozenset({State.INTENT, State.UNKNOWN})


class Provider(Protocol):
    """What the doctor asks of a provider: a part of what its adapter can do."""

    async def balance(self) -> MicroUsd:
        """Ask what the account has left; EnvironmentFault where that cannot be read."""
        ...

    def skew(self) -> timedelta | None:
        """Return how far the provider's clock is ahead of ours; None before its first answer."""
        ...


Connect: TypeAlias = Callable[[Purse, Secret, Clock], AbstractAsyncContextManager[Provider]]


@asynccontextmanager
async def _wavespeed(purse: Purse, key: Secret, clock: Clock) -> AsyncIterator[Provider]:
    from storyboard.app.provider import open_provider  # noqa: PLC0415  brings httpx

    async with open_provider(purse, key, clock) as api:
        yield api


def examine(folder: str, connect: Connect = _wavespeed) -> tuple[Check, ...]:
    """Check this machine, the account, and the project that a folder is in."""
    settings = load_settings(find_root(Path(folder) / "film"))
    return (
        Check("program", Health.OK, f"storyboard {__version__}, Python {_python()}"),
        _ffmpeg(),
        settings_check(settings),
        *_account(settings, connect),
    )


def _python() -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _ffmpeg() -> Check:
    from storyboard.adapters.media.encoders import ffmpeg_version, missing_encoders  # noqa: PLC0415

    try:
        version = ffmpeg_version()
    except EnvironmentFault as fault:
        return refused("ffmpeg", fault)
    if missing := missing_encoders():
        message = f"PyAV was built without {' and '.join(missing)}, and no clip can be written"
        return Check("ffmpeg", Health.FAULT, message, "install PyAV from its wheel: pip install av")
    return Check("ffmpeg", Health.OK, f"ffmpeg {version} runs, and PyAV encodes H.264 and AAC")


def _account(settings: Settings, connect: Connect) -> Iterator[Check]:
    """Check what depends on where the project buys."""
    try:
        purse = load_purse(settings)
    except EnvironmentFault as fault:
        yield refused("address", fault)
        return
    kind = "a rehearsal on this machine" if purse.rehearsal else "the real provider"
    yield Check("address", Health.OK, f"{purse.base_url}, {kind}")
    key = find_key()
    yield key_check(None if key is None else _origin(), rehearsal=purse.rehearsal)
    if key is not None:
        yield from asyncio.run(_ask(purse, key, connect))
    yield _disk(purse.clips)
    yield _clips(purse.clips)
    yield from _books(settings, purse)


def _origin() -> str:
    written = os.environ.get("WAVESPEED_API_KEY", "").strip()
    return "the environment" if written else "the keyring"


async def _ask(purse: Purse, key: Secret, connect: Connect) -> tuple[Check, ...]:
    try:
        async with connect(purse, key, SystemClock(purse.speed)) as provider:
            answered = await _balance(provider, purse)
            skew = provider.skew()
    except EnvironmentFault as fault:
        return (refused("provider", fault),)
    return (answered,) if skew is None else (answered, clock_check(skew))


async def _balance(provider: Provider, purse: Purse) -> Check:
    try:
        async with asyncio.timeout(_PATIENCE):
            return balance_check(await provider.balance(), rehearsal=purse.rehearsal)
    except TimeoutError:
        message = f"{purse.base_url} does not answer within {_PATIENCE:.0f} s"
        return _unanswered(purse, message, "check the network, and try again in a while")
    except EnvironmentFault as fault:
        return _unanswered(purse, fault.message, fault.hint)


def _unanswered(purse: Purse, message: str, advice: str | None) -> Check:
    if purse.rehearsal:
        advice = "start `storyboard simulate`, or unset WAVESPEED_BASE_URL"
    return Check("provider", Health.FAULT, message, advice)


def _disk(clips: Path) -> Check:
    # os.path.exists, because Path.exists raises where a folder may not be searched
    there = next(each for each in (clips, *clips.parents) if os.path.exists(each))  # noqa: PTH110
    try:
        return disk_check(shutil.disk_usage(there).free, shown(there))
    except OSError as error:
        message = f"{shown(there)} cannot be looked at: {error.strerror or error}"
        return Check("disk", Health.FAULT, message, "check the disk's rights")


def _clips(clips: Path) -> Check:
    sizes: list[int] = []
    for each in clips.glob("*/*.mp4"):
        with suppress(OSError):  # taken away meanwhile
            sizes.append(each.stat().st_size)
    owned = f"{len(sizes)} clip{'' if len(sizes) == 1 else 's'}"
    return Check("clips", Health.OK, f"{owned} owned, {size(sum(sizes))}")


def _books(settings: Settings, purse: Purse) -> Iterator[Check]:
    month = f"{SystemClock().now():%Y-%m}"
    try:
        place = settings.inside(purse.ledger)
        if os.path.lexists(place):
            check_integrity(place)
            with SqliteLedger(place, SystemClock().now, "storyboard doctor") as ledger:
                states = [each.job.state for each in ledger.open_attempts()]
                counted = ledger.spent(month=month)
            unclear = sum(state in _UNCLEAR for state in states)
            yield books_check(shown(place), len(states), unclear)
        else:
            counted = Spending()
            yield Check("ledger", Health.OK, "there is none yet: nothing was ordered")
    except StoryboardError as fault:
        yield refused("ledger", fault)
        return
    yield budget_check(month, purse.month, counted)
