"""Cuts a film from whatever is owned; it costs nothing, and asks neither key nor network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from storyboard.app.build import Built, Watchers, cut_film
from storyboard.app.compile import Compilation, FilmOptions, compile_film_at, result_path
from storyboard.app.conforming import open_conforming
from storyboard.app.finish import AS_BUILT, Finish
from storyboard.app.footage import Footage, StandIn, gather_footage, missing_shots, whole_clips
from storyboard.app.plan import PAID_ONLY, plan_film
from storyboard.app.purse import load_purse
from storyboard.app.select import excerpted
from storyboard.compiler.request import AnimaticLook
from storyboard.engine.ports import Clip
from storyboard.model.delivery import Framing
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.errors import ShotsFailed
from storyboard.model.money import Millis
from storyboard.model.plan import Plan
from storyboard.model.request import ClipKey
from storyboard.model.story import Film
from storyboard.model.timeline import Timeline

__all__ = ["Cut", "Missing", "Wanted", "compile_to_cut", "cut_findings", "cut_owned"]


_UNTOLD = frozenset({Code.UNKNOWN_MODEL, Code.BAD_LOCK})


class Missing(StrEnum):
    """What becomes of a shot whose clip is not owned: without an older take it is drawn."""

    TAKE = "take"
    ANIMATIC = "animatic"
    SLATE = "slate"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a cut; without an output it is named after the film and what it is."""

    finish: Finish = AS_BUILT
    missing: Missing = Missing.TAKE
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A film that was cut, and the shots of it whose clips are not owned.

    `drawn_as` is what those are shown as for which no older take stands in.
    """

    built: Built
    stand_ins: tuple[StandIn, ...]
    drawn_as: Missing


def compile_to_cut(path: str, options: FilmOptions) -> Compilation:
    """Compile a film; what its models sell, take and cost is no matter, for nothing is bought.

    A model that nobody knows is an error, for nobody can say which clips it made, and so is a lock
    that cannot be read, for nobody can say which takes were chosen.
    """
    compilation = compile_film_at(path, options)
    if compilation.ok or any(each.code in _UNTOLD for each in compilation.diagnostics):
        return compilation
    return compile_film_at(path, replace(options, free=True))


def cut_findings(compilation: Compilation) -> tuple[Diagnostic, ...]:
    """Return what to say beside a cut: what was found, without what is about money alone."""
    return tuple(each for each in compilation.diagnostics if each.code not in PAID_ONLY)


def cut_owned(compilation: Compilation, wanted: Wanted, watchers: Watchers) -> Cut:
    """Cut a film that compiled from the clips that are owned and stand-ins for the others.

    Takes no lock: a build may go on beside it. Raises ShotsFailed where nothing may stand in.
    """
    plan, compiled = excerpted(compilation, *plan_film(compilation))
    if compiled.film is None:
        message = "only a film without errors can be cut"
        raise ValueError(message)
    owned = whole_clips(compilation, {shot.key for shot in plan.shots})
    if wanted.missing is Missing.REFUSE:
        _refuse(plan, missing_shots(plan, owned))
    look = AnimaticLook(slates=wanted.missing is Missing.SLATE)
    takes = wanted.missing is Missing.TAKE
    footage = gather_footage(compilation, plan, owned, look, watchers, takes=takes)
    path = wanted.output or result_path(
        compilation, wanted.finish.suffix(rough=bool(footage.stand_ins)), chosen=True
    )
    built = _cut(compilation, plan, compiled.film, footage, path, wanted.finish, watchers)
    built = replace(built, timeline=_delivered(built.timeline, wanted.finish))
    return Cut(built, footage.stand_ins, Missing.SLATE if look.slates else Missing.ANIMATIC)


def _refuse(plan: Plan, missing: tuple[StandIn, ...]) -> None:
    if missing:
        named = ", ".join(f"{each.shot} ({each.why})" for each in missing)
        message = f"{len(missing)} of {len(plan.shots)} shots are not owned: {named}"
        advice = "`storyboard build` buys them; without --missing refuse others stand in"
        raise ShotsFailed(message, hint=advice)


def _cut(
    compilation: Compilation,
    plan: Plan,
    film: Film,
    footage: Footage,
    path: Path,
    finish: Finish,
    watchers: Watchers,
) -> Built:
    film = finish.shaped(film)
    conformed = compilation.settings.inside(load_purse(compilation.settings).folder / "conformed")
    footage, framings = _framed(film, footage, finish)
    with open_conforming(conformed) as conforming:
        files = partial(conforming.paths, wanted=film.format, framings=framings)
        return cut_film(
            compilation,
            plan,
            film,
            footage.orders,
            footage.clips,
            path,
            watchers,
            footage=files,
            finish=finish,
            animatics=footage.drawn,
        )


def _delivered(timeline: Timeline, finish: Finish) -> Timeline:
    """Return a timeline at the size at which the film was written."""
    width, height = finish.delivery.size(timeline.width, timeline.height)
    return replace(timeline, width=width, height=height)


def _framed(
    film: Film, footage: Footage, finish: Finish
) -> tuple[Footage, Mapping[ClipKey, Framing]]:
    """Name clips by their framings too, where the film gets another shape, and say which those are.

    Two shots may show one clip, each with a focus of its own.
    """
    orders: dict[str, tuple[ClipKey, Millis]] = dict(footage.orders)
    clips: dict[ClipKey, Clip] = {}
    framings: dict[ClipKey, Framing] = {}
    for shot in film.shown:
        key, length = orders[shot.id]
        framing = finish.framing(shot)
        if framing is None:
            return footage, {}
        framed = ClipKey(f"{key}.{framing.name}")
        orders[shot.id], clips[framed], framings[framed] = (
            (framed, length),
            footage.clips[key],
            framing,
        )
    return replace(footage, orders=orders, clips=clips), framings
