"""Compares a film of the work tree with another version: a git revision, a saved plan or a lock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from storyboard.app.compile import Compilation, FilmOptions, compile_film_at, uninterrupted
from storyboard.app.edition import film_edition
from storyboard.app.lock import LOCK_SUFFIX, load_lock
from storyboard.app.models import list_cards
from storyboard.app.plan import plan_film
from storyboard.app.revision import Revision, compile_both, open_revision
from storyboard.app.select import chosen_plan, chosen_shots
from storyboard.compiler.difference import compare
from storyboard.compiler.edition import edition_of_lock
from storyboard.model.difference import Difference
from storyboard.model.edition import Edition, EditionShot
from storyboard.model.errors import EnvironmentFault, InvalidStoryboard
from storyboard.model.plan import Plan
from storyboard.model.request import ClipKey
from storyboard.model.source import Span
from storyboard.model.story import Film

__all__ = ["WORK_TREE", "Compared", "Versions", "compare_versions", "open_versions"]

WORK_TREE = "the work tree"
"""What the version is called that lies in files now."""

_PLAN_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Versions:
    """Today's film, and the older version it is held against.

    That is a revision or, of a file that holds one, an edition; neither where the film was not in
    the revision.
    """

    name: str
    today: Compilation
    revision: Revision | None = None
    edition: Edition | None = None

    @property
    def broken(self) -> Compilation | None:
        """The older version, where it has errors."""
        older = self.revision.compilation if self.revision is not None else None
        return older if older is not None and not older.ok else None


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed, and by its id where each of today's shots stands in its file."""

    difference: Difference
    places: Mapping[str, Span]


def open_versions(path: str, against: str, options: FilmOptions) -> Versions:
    """Compile a film as it is, and what it is to be compared with.

    `against` is a file ending in .json (a saved plan) or .lock.yaml, else a revision of git's.
    EnvironmentFault where it cannot be read, InvalidStoryboard where it is neither.
    """
    if against.endswith((LOCK_SUFFIX, _PLAN_SUFFIX)):
        today = compile_film_at(path, options)
        read = _locked if against.endswith(LOCK_SUFFIX) else _saved
        return Versions(against, today, edition=read(against, today))
    today, revision = compile_both(path, against, options)
    if revision is not None and not revision.compilation.ok:
        # A model that was retired since is no reason not to compare with a film that names it.
        lenient = open_revision(path, against, replace(options, free=True))
        if lenient is not None and lenient.compilation.ok:
            revision = lenient
    return Versions(against, today, revision)


def _locked(path: str, today: Compilation) -> Edition:
    if not Path(path).is_file():
        message = f"there is no lock file {path}"
        raise EnvironmentFault(message, hint="`storyboard build` writes it beside the film")
    found = load_lock(Path(path), today.settings)
    if found.diagnostics:
        first = found.diagnostics[0]
        message = f"{path} is no lock: {first.message}"
        raise InvalidStoryboard(message, hint=first.help)
    return edition_of_lock(path, found.lock)


def _saved(path: str, _today: Compilation) -> Edition:
    from storyboard.app.saved_plan import load_plan  # noqa: PLC0415  most look at git

    return replace(load_plan(path).basis.edition, name=path)


def compare_versions(versions: Versions) -> Compared:
    """Say what changed, shot by shot; both versions have compiled."""
    with uninterrupted():
        return _compared(versions)


def _compared(versions: Versions) -> Compared:
    today = versions.today
    plan, compiled = plan_film(today)
    after = film_edition(WORK_TREE, today, compiled, list_cards(str(today.settings.root)))
    before = _before(versions)
    if not before.ordered:
        after = _as_planned(after, plan, before)
        before = _as_often(before, after)
    difference = compare(today.path, before, after, plan)
    film = compiled.film
    places = {shot.id: shot.origin.span for shot in film.shown} if film is not None else {}
    return Compared(_chosen(difference, today, plan, film), places)


def _before(versions: Versions) -> Edition:
    """Return the older version; one without shots where there was no such film."""
    if versions.edition is not None:
        return versions.edition
    if versions.revision is None:
        return Edition(versions.name, ())
    older = versions.revision.compilation
    return film_edition(versions.name, older, older.load(), versions.revision.cards)


def _as_planned(edition: Edition, plan: Plan, locked: Edition) -> Edition:
    """Give each shot the clips that the plan has for it, for those are what a lock holds.

    An edition is of what shots ask for; a lock is of what was bought for them, by a fallback
    perhaps, or starting from the take of another shot that was chosen.
    """
    had = {clip for shot in locked.shots for clip in shot.clips}
    further: dict[str, list[ClipKey]] = {}
    for order in plan.orders:
        further.setdefault(order.id, []).append(order.key)
    orders = {order.id: order for order in plan.shots}

    def planned(shot: EditionShot) -> EditionShot:
        order = orders[shot.id]
        wanted = (order.base, *(offer.key for offer in order.offers))
        base = next((key for key in wanted if key in had), order.key)
        others = tuple(key for key in further[shot.id] if key != base)
        return replace(shot, base=base, further=others)

    return replace(edition, shots=tuple(planned(shot) for shot in edition.shots))


def _as_often(locked: Edition, today: Edition) -> Edition:
    """Count of each shot in a lock the takes that today's film asks for, whatever else it has."""
    asked = {clip for shot in today.shots for clip in shot.clips}

    def often(shot: EditionShot) -> EditionShot:
        return replace(shot, takes=max(1, sum(clip in asked for clip in shot.clips)))

    return replace(locked, shots=tuple(map(often, locked.shots)))


def _chosen(
    difference: Difference, compilation: Compilation, plan: Plan, film: Film | None
) -> Difference:
    """Leave the shots that the command line chooses; all of them if it says nothing of it."""
    chosen = chosen_shots(compilation, compilation.options.only, plan, film)
    if chosen is None:
        return difference
    return replace(
        difference,
        shots=tuple(shot for shot in difference.shots if shot.id in chosen),
        to_buy=chosen_plan(compilation, plan, film).cost,
    )
