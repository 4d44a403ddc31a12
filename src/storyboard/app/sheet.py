"""Draws a film's contact sheet from what it compiled to and what its plan says it costs."""

from collections.abc import Iterator
from pathlib import Path

from storyboard.adapters.media.sheet import SheetPanel, draw_sheet
from storyboard.app.compile import Compilation, result_path
from storyboard.app.plan import plan_film
from storyboard.compiler.request import animatic_still
from storyboard.model.money import MicroUsd, show_clock, show_seconds, show_usd
from storyboard.model.plan import Plan
from storyboard.model.story import Film, ImageFile, Scene, Shot
from storyboard.model.vocabulary import MOVE, SIZE

__all__ = ["draw_film_sheet"]


_MOST_COLUMNS = 3


def draw_film_sheet(compilation: Compilation, output: str | None, columns: int | None) -> Path:
    """Write the sheet as PNG, to `output` or beside the film's other results; return where.

    Without a number of columns it has as many as its fullest scene needs, and three at most.
    """
    plan, compiled = plan_film(compilation)
    film = compiled.film
    if film is None:
        message = "only a film without errors has a sheet"
        raise ValueError(message)
    path = Path(output) if output else result_path(compilation, ".sheet.png")
    cost = MicroUsd(sum(shot.cost for shot in plan.shots))
    facts = (
        f"{len(plan.shots)} shots",
        show_clock(film.runtime),
        f"{show_usd(cost)} to buy" if cost else "nothing to buy",
    )
    draw_sheet(
        film.title,
        tuple(_panels(film, plan)),
        str(path),
        columns or _fitting(film),
        subtitle=" · ".join(facts),
        aspect=film.format.ratio,
    )
    return path


def _fitting(film: Film) -> int:
    fullest = max(sum(not shot.skip for shot in scene.shots) for scene in film.scenes)
    return min(_MOST_COLUMNS, max(1, fullest))


def _panels(film: Film, plan: Plan) -> Iterator[SheetPanel]:
    prices = {shot.id: show_usd(shot.cost) for shot in plan.shots if shot.cost}
    for scene in film.scenes:
        for shot in scene.shots:
            if not shot.skip:
                yield _panel(film, scene, shot, prices.get(shot.id, ""))


def _panel(film: Film, scene: Scene, shot: Shot, cost: str) -> SheetPanel:
    picture = animatic_still(shot, film)
    still = picture.path if isinstance(picture, ImageFile) else None
    words = tuple(f"“{line.text}”" for line in shot.dialogue)
    return SheetPanel(
        scene=scene.heading or scene.id,
        shot=shot.id,
        duration=show_seconds(shot.screen_time),
        still=still if still and Path(still).is_file() else None,
        caption=tuple(text for text in (shot.action, *words) if text),
        foot_left=", ".join(_camera(shot)),
        foot_right=cost,
    )


def _camera(shot: Shot) -> Iterator[str]:
    if shot.camera.size:
        yield SIZE.phrases.get(shot.camera.size, shot.camera.size)
    if shot.camera.moves:
        phrase = MOVE.phrases.get(shot.camera.move, shot.camera.move)
        yield phrase.removeprefix("the camera ").removeprefix("the lens ").removeprefix("the ")
