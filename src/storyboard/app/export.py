"""Exports a film for other programs: editors, players, spreadsheets; whatever of it is owned."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePath

from storyboard.adapters.durable import write_aside
from storyboard.app.books import open_books
from storyboard.app.compile import Compilation, result_path
from storyboard.app.sheet import film_sheet
from storyboard.cutting.excerpt import excerpt
from storyboard.cutting.interchange import Media
from storyboard.cutting.subtitles import srt_text, vtt_text
from storyboard.cutting.timeline import make_timeline
from storyboard.model.attempt import Attempt
from storyboard.model.errors import EnvironmentFault, Undecidable
from storyboard.model.money import decimal_usd
from storyboard.model.request import ClipKey
from storyboard.model.sheet import Sheet, SheetShot
from storyboard.model.story import Film, Shot
from storyboard.model.timeline import Timeline

__all__ = ["Export", "ExportForm", "export_film"]


class ExportForm(StrEnum):
    """What a film is exported as; also how the file's name ends."""

    OTIO = "otio"
    FCPXML = "fcpxml"
    EDL = "edl"
    SRT = "srt"
    VTT = "vtt"
    CSV = "csv"
    MD = "md"


@dataclass(frozen=True, slots=True)
class Export:
    """What was written and where, in order, and which shots have no clip yet."""

    files: tuple[tuple[ExportForm, Path], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Material:
    """A film, cut on paper: its timeline, what is known of its shots, and where its files are."""

    film: Film
    timeline: Timeline
    sheet: Sheet
    media: Mapping[str, Media]


def export_film(
    compilation: Compilation,
    wanted: Sequence[tuple[ExportForm, str | None]],
    *,
    drop_frame: bool = False,
) -> Export:
    """Write a film in each format, at the path given with it or beside the film's other results.

    Nothing is bought or rendered: a shot without a clip keeps its place, as long as it is planned.
    Raises Undecidable where drop-frame timecode is asked of a rate that has none.
    """
    material = _material(compilation)
    texts = [_text(form, material, drop_frame=drop_frame) for form, _ in wanted]
    files: list[tuple[ExportForm, Path]] = []
    for (form, output), text in zip(wanted, texts, strict=True):
        path = Path(output or result_path(compilation, f".{form}", chosen=True))
        write_aside(path, text.encode())
        files.append((form, path))
    missing = (shot.id for shot in material.sheet.shots if shot.clip is None)
    return Export(tuple(files), tuple(missing))


def _text(form: ExportForm, material: _Material, *, drop_frame: bool) -> str:
    timeline, media = material.timeline, material.media
    match form:
        case ExportForm.OTIO:
            from storyboard.adapters.interchange.otio import write_otio  # noqa: PLC0415  is large

            return write_otio(timeline, media)
        case ExportForm.FCPXML:
            from storyboard.adapters.interchange.fcpxml import write_fcpxml  # noqa: PLC0415

            return write_fcpxml(timeline, media)
        case ExportForm.EDL:
            return _edl(timeline, media, drop_frame=drop_frame)
        case ExportForm.SRT:
            return srt_text(timeline.captions)
        case ExportForm.VTT:
            return vtt_text(timeline.captions, timeline.title)
        case ExportForm.CSV | ExportForm.MD:
            return _shot_list(form, material)


def _shot_list(form: ExportForm, material: _Material) -> str:
    from storyboard.report.shot_list import (  # noqa: PLC0415
        render_shot_list_csv,
        render_shot_list_markdown,
    )

    render = render_shot_list_csv if form is ExportForm.CSV else render_shot_list_markdown
    return render(material.film, material.timeline, material.sheet)


def _edl(timeline: Timeline, media: Mapping[str, Media], *, drop_frame: bool) -> str:
    from storyboard.adapters.interchange.edl import drops_frames, write_edl  # noqa: PLC0415

    if drop_frame and not drops_frames(timeline.fps):
        message = f"a film of {float(timeline.fps):g} frames a second has no drop-frame timecode"
        raise Undecidable(message, hint="29.97 and 59.94 have; leave --drop-frame out")
    return write_edl(timeline, media, drop=drop_frame)


def _material(compilation: Compilation) -> _Material:
    sheet = film_sheet(compilation, result_path(compilation, ""))
    film = compilation.load().need_film()
    if compilation.options.only:
        film = excerpt(film, {shot.id for shot in sheet.shots})
    outcome = make_timeline(film, {shot.id: (shot.key, shot.bought) for shot in sheet.shots})
    if outcome.value is None:
        raise ValueError(outcome.diagnostics)
    timeline = _named_apart(outcome.value, {shot.id for shot in film.shown})
    media = dict(_shots(compilation, film, sheet)) | dict(_sounds(timeline))
    return _Material(film, timeline, sheet, media)


def _named_apart(timeline: Timeline, shots: Collection[str]) -> Timeline:
    """Rename a card that is called as a shot is: editing programs know both by their names."""
    events = (
        replace(each, shot=f"{each.shot} card") if not each.scene and each.shot in shots else each
        for each in timeline.events
    )
    return replace(timeline, events=tuple(events))


def _shots(compilation: Compilation, film: Film, sheet: Sheet) -> Iterator[tuple[str, Media]]:
    shots = {shot.id: shot for shot in film.shots}
    with open_books(compilation.path, "storyboard export") as books:
        newest = {each.order.key: each for each in books.attempts()}
    for each in sheet.shots:
        facts = tuple(_facts(shots[each.id], each, newest))
        yield each.id, _measured(each.clip, facts)


def _facts(
    shot: Shot, clip: SheetShot, newest: Mapping[ClipKey, Attempt]
) -> Iterator[tuple[str, str]]:
    """Yield what an editor may want to know of a clip, each fact under a word of its own."""
    yield "model", clip.model
    yield "status", clip.standing.value
    if clip.clip is not None:
        yield "sha256", PurePath(clip.clip).stem  # the store names a clip by its content
    yield "prompt", clip.prompt
    if clip.paid is not None:
        yield "paid_usd", decimal_usd(clip.paid)
    elif clip.price:
        yield "price_usd", decimal_usd(clip.price)
    attempt = newest.get(clip.key)
    if attempt is not None:
        yield "attempt", attempt.id
        yield "prediction", attempt.job.prediction or ""
    yield "take", str(clip.take or "")
    yield "tags", ", ".join(shot.tags)
    yield "notes", shot.notes or ""


def _measured(clip: str | None, facts: tuple[tuple[str, str], ...]) -> Media:
    """Measure a clip's size, rate and sound from the file, where there is one."""
    told = tuple((name, value) for name, value in facts if value)
    if clip is None:
        return Media(facts=told)
    from storyboard.adapters.media.probe import probe  # noqa: PLC0415  brings PyAV

    url = Path(clip).resolve().as_uri()
    try:
        found = probe(clip)
    except EnvironmentFault:
        return Media(url, facts=told)
    size = (found.width, found.height)
    return Media(url, size=size, fps=found.fps, sound=found.has_sound, facts=told)


def _sounds(timeline: Timeline) -> Iterator[tuple[str, Media]]:
    """Yield the files that are laid over the film; those that play to their own end measured."""
    lengths = {laid.path: laid.end is None for laid in timeline.laid}
    for path, unbounded in lengths.items():
        if not Path(path).is_file():
            continue
        facts: list[tuple[str, str]] = []
        if unbounded:
            from storyboard.adapters.media.sound.loudness import (  # noqa: PLC0415  brings PyAV
                measure_recording,
            )

            with suppress(EnvironmentFault):
                facts.append(("milliseconds", str(measure_recording(path).samples // 48)))
        yield path, Media(Path(path).resolve().as_uri(), facts=tuple(facts))
