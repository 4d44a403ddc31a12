"""Reads a project's ledger for people: how its orders stand, and what they cost.

A ledger that is not there is not made: looking leaves no trace.
"""

import asyncio
import os
import shlex
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from storyboard.adapters.files import find_root
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation
from storyboard.app.history import film_name
from storyboard.app.plan import clip_store, plan_film
from storyboard.app.purse import Purse, find_key, load_purse
from storyboard.app.select import chosen_shots
from storyboard.app.settings import Settings, load_settings, shown
from storyboard.engine.billing import awaits_bill, refresh_bills
from storyboard.engine.told import likely_input
from storyboard.model.attempt import Attempt, Spending
from storyboard.model.diagnostic import has_errors
from storyboard.model.errors import EnvironmentFault, ErrorCode, InvalidStoryboard
from storyboard.model.job import Cause
from storyboard.model.plan import Blocked, PlannedShot, Resume
from storyboard.model.request import ClipKey
from storyboard.report.costs import By, Costs, MonthSpending, month_of
from storyboard.report.status import Item, Status, condition_of

__all__ = [
    "Books",
    "build_command",
    "film_costs",
    "film_status",
    "open_books",
    "project_root",
    "project_status",
]


@dataclass(frozen=True, slots=True)
class Books:
    """A project and its ledger; None where nothing was ever ordered."""

    settings: Settings
    purse: Purse
    ledger: SqliteLedger | None

    @property
    def root(self) -> Path:
        return self.settings.root

    @property
    def rehearsal(self) -> str:
        """The address of the rehearsal whose books these are; empty where money is real."""
        return self.purse.base_url if self.purse.rehearsal else ""

    @property
    def elsewhere(self) -> str:
        """The project's folder as a command must name it; empty for one that stands in it."""
        return "" if project_root(str(Path.cwd())) == self.root else shown(self.root)

    def attempts(self, film: str | None = None) -> tuple[Attempt, ...]:
        return () if self.ledger is None else self.ledger.attempts(film)

    def open_attempts(self) -> tuple[Attempt, ...]:
        return () if self.ledger is None else self.ledger.open_attempts()

    def spent(self, *, film: str | None = None, month: str | None = None) -> Spending:
        return Spending() if self.ledger is None else self.ledger.spent(film=film, month=month)

    def build(self, attempt: Attempt) -> str:
        """Return the build of an attempt's film, as a shell takes it."""
        return shlex.join(["storyboard", "build", shown(self.root / attempt.order.film)])

    def item(self, attempt: Attempt, build: str, *, held: bool = False) -> Item:
        """Return an attempt with all that happened to it."""
        order = attempt.order
        condition = condition_of(attempt.job.state, held=held)
        item = Item(order.shot, order.model, order.price, condition, build)
        return self.with_story(item, attempt)

    def with_story(self, item: Item, attempt: Attempt | None) -> Item:
        """Add its attempt to an item, and what became of that."""
        if self.ledger is None or attempt is None:
            return item
        told = replace(item, attempt=attempt, story=self.ledger.events(attempt.id))
        moderated = told.cause is Cause.MODERATION
        return replace(told, suspect=likely_input(told.reason)) if moderated else told


@contextmanager
def open_books(path: str, run: str) -> Iterator[Books]:
    """Open the ledger of the project that a film or folder is in, if there is one.

    `run` is what is noted beside anything that is written.
    """
    settings = load_settings(project_root(path))
    if has_errors(settings.findings):
        message = settings.findings[0].message
        raise InvalidStoryboard(message, hint="`storyboard check` on a film here shows the place")
    purse = load_purse(settings)
    place = settings.inside(purse.ledger)
    # os.path.exists, because Path.exists raises where a folder may not be searched
    if not os.path.exists(place):  # noqa: PTH110
        yield Books(settings, purse, None)
        return
    with SqliteLedger(place, SystemClock().now, run) as ledger:
        yield Books(settings, purse, ledger)


def project_root(path: str) -> Path:
    """Return the root of the project that a folder is, or that a film is in."""
    place = Path(path)
    return find_root(place / "film" if place.is_dir() else place)


def build_command(compilation: Compilation) -> str:
    """Return the build of this very film, its variant, values and choice, as a shell takes it."""
    options = compilation.options
    words = ["storyboard", "build", compilation.path]
    words += ["--variant", options.variant] if options.variant is not None else []
    for name, value in options.settings:
        words += ["--set", f"{name}={value}"]
    for selector in options.only:
        words += ["--only", selector.text]
    return shlex.join(words)


def film_status(compilation: Compilation) -> Status:
    """Tell how every shot of a film stands, as it compiles now."""
    plan, compiled = plan_film(compilation)
    chosen = chosen_shots(compilation, compilation.options.only, plan, compiled.film)
    build = build_command(compilation)
    with open_books(compilation.path, "storyboard status") as books:
        stores = (clip_store(compilation, free=free) for free in (False, True))
        held = frozenset[ClipKey]().union(*(store.held() for store in stores))
        newest = {each.order.key: each for each in books.attempts()}
        name = film_name(compilation.path, books.settings)

        def item(shot: PlannedShot) -> Item:
            attempt = newest.get(shot.key)
            state = None if attempt is None else attempt.job.state
            condition = condition_of(state, held=shot.key in held)
            blocked = shot.step.reason if isinstance(shot.step, Blocked) else ""
            found = Item(
                shot=shot.id,
                model=shot.model,
                price=shot.price,
                condition=condition,
                build=build,
                blocked=blocked,
                stands_in=None if shot.stands_in is None else shot.stands_in.number,
                stale=shot.stale,
                gone=isinstance(shot.step, Blocked) and not shot.step.cost,
                fetched=isinstance(shot.step, Resume) and shot.number is not None,
            )
            return books.with_story(found, attempt)

        keys = {shot.key for shot in plan.shots}
        asked = {offer.key for shot in plan.shots for offer in shot.asked}
        return Status(
            film=compilation.path,
            elsewhere=books.elsewhere,
            rehearsal=books.rehearsal,
            now=SystemClock().now(),
            spending=books.spent(film=name),
            shots=tuple(item(each) for each in plan.shots if _meant(each.id, chosen)),
            others=tuple(
                replace(
                    books.item(each, build, held=each.order.key in held),
                    further=each.order.key in asked,
                )
                for each in books.attempts(name)
                if each.order.key not in keys | (asked & held) and _meant(each.order.shot, chosen)
            ),
        )


def _meant(shot: str, chosen: AbstractSet[str] | None) -> bool:
    """Tell whether a shot is one of those chosen; None are all."""
    return chosen is None or shot in chosen


def project_status(folder: str) -> Status:
    """Tell of every order in a project that is open, whichever film it is for."""
    with open_books(folder, "storyboard status") as books:
        return Status(
            film=None,
            elsewhere=books.elsewhere,
            rehearsal=books.rehearsal,
            now=SystemClock().now(),
            spending=books.spent(),
            others=tuple(books.item(each, books.build(each)) for each in books.open_attempts()),
        )


def film_costs(
    path: str,
    *,
    month: str | None,
    by: By | None,
    refresh: bool,
    shots: AbstractSet[str] | None = None,
) -> Costs:
    """Add up what a film, all of it or some shots, or given a folder its whole project has cost.

    EnvironmentFault where billing is to be asked and cannot be.
    """
    folder = Path(path).is_dir()
    with open_books(path, "storyboard costs") as books:
        name = None if folder else film_name(path, books.settings)
        chosen = books.attempts(name)
        if name is not None and not chosen and not Path(path).exists():
            message = f"there is no film {path}, and nothing was ordered for one"
            raise EnvironmentFault(message, hint="name a film, or the folder of a project")
        chosen = tuple(each for each in chosen if month in {None, month_of(each)})
        chosen = tuple(each for each in chosen if _meant(each.order.shot, shots))
        if refresh:
            chosen = _refreshed(books, chosen)
        counted_month = month or f"{SystemClock().now():%Y-%m}"
        return Costs(
            film=None if folder else path,
            month=month,
            by=by or (By.FILM if folder else By.SHOT),
            attempts=chosen,
            against=MonthSpending(
                counted_month, books.spent(month=counted_month), books.purse.month
            ),
            refresh=shlex.join(["storyboard", "costs", *_named(books, path), "--refresh"]),
            rehearsal=books.rehearsal,
        )


def _named(books: Books, path: str) -> Sequence[str]:
    """Return what to give a command after its name so that it means the same again."""
    if Path(path).is_dir():
        return [books.elsewhere] if books.elsewhere else []
    return [path]


def _refreshed(books: Books, attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """Ask the provider's billing of what is not settled; return the attempts as they are now."""
    if books.ledger is None or not any(map(awaits_bill, attempts)):
        return attempts
    key = find_key()
    if key is None:
        message = "billing cannot be asked without a key: WAVESPEED_API_KEY is not set"
        raise EnvironmentFault(message, code=ErrorCode.NO_KEY)
    from storyboard.app.provider import open_provider  # noqa: PLC0415  brings httpx

    ledger, purse = books.ledger, books.purse

    async def ask() -> tuple[Attempt, ...]:
        async with open_provider(purse, key, SystemClock(purse.speed)) as api:
            return await refresh_bills(api, ledger, asyncio.to_thread, attempts)

    return asyncio.run(ask())
