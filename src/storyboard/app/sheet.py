"""Draws a film's contact sheet from what it compiled to, its plan, its clips and its ledger."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from storyboard.adapters.media.sheet.writing import write_pieces
from storyboard.app.books import open_books
from storyboard.app.compile import Compilation, result_path
from storyboard.app.plan import clip_store, plan_film
from storyboard.app.select import excerpted
from storyboard.compiler.request import animatic_still
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Blocked, Generate, PlannedShot, Reconcile, Resume, Reuse, Why
from storyboard.model.request import ClipKey
from storyboard.model.sheet import Sheet, SheetScene, SheetShot, Spoken, Standing
from storyboard.model.story import Camera, Film, ImageFile, Line, Shot
from storyboard.model.vocabulary import ANGLE, COMPOSITION, MOVE, SIZE
from storyboard.report.plan_totals import model_name

__all__ = ["SheetForm", "draw_film_sheet", "film_sheet"]


class SheetForm(StrEnum):
    """What a sheet is drawn as; also how its file's name ends."""

    PNG = "png"
    PDF = "pdf"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class _Bought:
    """What is known of a clip: which take of its shot it is, and what was paid for it."""

    take: int | None
    paid: MicroUsd | None


@dataclass(frozen=True, slots=True)
class _Clip:
    """How a shot's clip stands, and the file that is seen: its own, or what stands in for it."""

    standing: Standing
    path: str | None = None
    bought: _Bought = _Bought(None, None)
    stands_in: bool = False


def draw_film_sheet(
    compilation: Compilation,
    form: SheetForm,
    output: str | None,
    columns: int | None,
    paper: str,
) -> tuple[Path, Sheet]:
    """Draw the sheet at `output`, or beside the film's other results; return where, and it."""
    path = Path(output or result_path(compilation, f".sheet.{form}", chosen=True))
    sheet = film_sheet(compilation, path)
    match form:
        case SheetForm.PNG:
            from storyboard.adapters.media.sheet.png import draw_png  # noqa: PLC0415

            draw_png(sheet, path, columns)
        case SheetForm.PDF:
            from storyboard.adapters.media.sheet.pdf import Paper, draw_pdf  # noqa: PLC0415

            draw_pdf(sheet, path, columns, Paper(paper))
        case SheetForm.HTML:
            from storyboard.adapters.media.sheet.frames import views_of  # noqa: PLC0415
            from storyboard.report.sheet_html import sheet_page  # noqa: PLC0415

            write_pieces(path, sheet_page(sheet, views_of))
    return path, sheet


def film_sheet(compilation: Compilation, path: Path) -> Sheet:
    """Gather what stands on the sheet; `path` is where it will lie, for the links to its clips."""
    plan, compiled = excerpted(compilation, *plan_film(compilation))
    film = compiled.need_film()
    clips = dict(_clips(compilation, plan.shots))
    planned = {shot.id: shot for shot in plan.shots}
    prompts = {prompt.shot: prompt.text for prompt in compiled.prompts}

    def panel(shot: Shot) -> SheetShot:
        return _panel(film, shot, planned[shot.id], clips[shot.id], prompts.get(shot.id, ""), path)

    scenes = (
        SheetScene(
            scene.heading or scene.id, tuple(panel(shot) for shot in scene.shots if not shot.skip)
        )
        for scene in film.scenes
    )
    shown = tuple(scene for scene in scenes if scene.shots)
    return Sheet(film.title, film.format.ratio, film.runtime, shown, film.language)


def _clips(compilation: Compilation, shots: tuple[PlannedShot, ...]) -> Iterator[tuple[str, _Clip]]:
    """Find each shot's clip, its bytes verified, and what the lock or the ledger says of it."""
    stores = [clip_store(compilation, free=free) for free in (False, True)]
    bought = _bought(compilation)
    standings: dict[ClipKey, Standing] = {}
    for shot in shots:
        found = isinstance(shot.step, Reuse) and next(
            filter(None, (store.find(shot.key) for store in stores)), None
        )
        if found:
            yield shot.id, _Clip(Standing.OWNED, found.path, _as_locked(shot, bought))
            continue
        standing = standings.setdefault(shot.key, _standing(shot))
        older = shot.stands_in
        clip = None if older is None else stores[0].find(older.key)
        if older is None or clip is None:
            yield shot.id, _Clip(standing)
        else:
            yield shot.id, _Clip(standing, clip.path, _Bought(older.number, None), stands_in=True)


def _as_locked(shot: PlannedShot, bought: Mapping[ClipKey, _Bought]) -> _Bought:
    """Return what the lock says of a shot's own take; what it does not, the ledger may."""
    told = bought.get(shot.key, _Bought(None, None))
    take = shot.slate.take(shot.number) if shot.slate and shot.number else None
    if take is None:
        return told
    return _Bought(take.number, take.price if told.paid is None else told.paid)


def _standing(shot: PlannedShot) -> Standing:
    match shot.step:
        case Generate(Why.CLIP_MISSING) | Reuse():
            return Standing.MISSING
        case Generate():
            return Standing.TO_BUY if shot.cost else Standing.TO_MAKE
        case Resume():
            return Standing.IN_FLIGHT
        case Reconcile():
            return Standing.UNCLEAR
        case Blocked():
            return Standing.BLOCKED


def _bought(compilation: Compilation) -> Mapping[ClipKey, _Bought]:
    """Number the clips that were bought under each shot's name, oldest first."""
    found: dict[ClipKey, _Bought] = {}
    takes: dict[tuple[str, str], int] = defaultdict(int)
    with open_books(compilation.path, "storyboard sheet") as books:
        for attempt in books.attempts():
            if attempt.job.state is State.OWNED:
                slate = attempt.order.film, attempt.order.shot
                takes[slate] += 1
                found[attempt.order.key] = _Bought(takes[slate], attempt.counted)
    return found


def _panel(
    film: Film, shot: Shot, planned: PlannedShot, clip: _Clip, prompt: str, path: Path
) -> SheetShot:
    picture = animatic_still(shot, film)
    still = picture.path if isinstance(picture, ImageFile) else None
    return SheetShot(
        id=shot.id,
        length=shot.screen_time,
        model=planned.model,
        maker=model_name(planned.model),
        bought=planned.bought,
        key=planned.key,
        standing=clip.standing,
        still=still if still and Path(still).is_file() else None,
        clip=clip.path,
        link=_link(clip.path, path) if clip.path else None,
        action=shot.action or "",
        dialogue=tuple(_spoken(film, line) for line in shot.dialogue),
        camera=tuple(_camera(shot.camera)),
        prompt=prompt,
        price=planned.cost,
        paid=clip.bought.paid,
        take=clip.bought.take,
        stands_in=clip.stands_in,
        stale=clip.stands_in and planned.stale,
    )


def _link(clip: str, sheet: Path) -> str | None:
    """Return a clip's address relative to the sheet; None where no path leads there."""
    try:
        way = os.path.relpath(clip, sheet.parent)
    except ValueError:  # on another drive
        return None
    return quote(Path(way).as_posix())


def _spoken(film: Film, line: Line) -> Spoken:
    character = film.character(line.character) if line.character else None
    speaker = character.name if character else line.character or ""
    delivery = "" if line.delivery == "on-screen" else line.delivery.upper()
    return Spoken(line.text, speaker, tuple(filter(None, (delivery, line.parenthetical))))


def _camera(camera: Camera) -> Iterator[str]:
    """Say how the shot is taken: how much is seen, from where, and how that changes."""
    for words, word in (
        (SIZE, camera.size),
        (COMPOSITION, camera.composition),
        (ANGLE, camera.angle),
    ):
        if word:
            yield words.phrases.get(word, word)
    if camera.moves:
        phrase = MOVE.phrases.get(camera.move, camera.move)
        yield phrase.removeprefix("the camera ").removeprefix("the lens ").removeprefix("the ")
    if camera.lens:
        yield camera.lens
    if camera.text:
        yield camera.text
