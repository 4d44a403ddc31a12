"""The command that cuts a film from whatever is owned, once or at each save."""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storyboard.app.compile import Compilation, FilmOptions
from storyboard.app.finish import BURNT, Finish
from storyboard.cli.console import emit, flush, refuse, say
from storyboard.cli.findings import show_findings
from storyboard.cli.options import AS_JSON, film_options
from storyboard.model.delivery import ASPECTS, PRESETS
from storyboard.model.errors import ExitCode, StoryboardError
from storyboard.report.refusal import refusal_of, render_refusal_json

if TYPE_CHECKING:
    from storyboard.app.build import Watchers
    from storyboard.app.cut import Cut, Wanted

__all__ = ["cut"]

_NARROWEST, _WIDEST = Fraction(1, 4), Fraction(4)


def _aspect(
    _context: click.Context, _parameter: click.Parameter, written: str | None
) -> str | None:
    """Read a shape: two whole or decimal numbers, width to height."""
    if written is None:
        return None
    try:
        across, down = (Fraction(part) for part in written.split(":"))
        sound = down > 0 and _NARROWEST <= across / down <= _WIDEST
    except (ValueError, ZeroDivisionError):
        sound = False
    if not sound:
        message = f"{written!r} is no shape such as {', '.join(ASPECTS)}, from 1:4 to 4:1"
        raise click.BadParameter(message)
    return written


def _burn(
    _context: click.Context, _parameter: click.Parameter, written: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Read words in one list or several; None where nothing was said."""
    words = {word.strip() for each in written for word in each.split(",") if word.strip()}
    unknown = sorted(words - {*BURNT})
    if unknown:
        message = f"{unknown[0]!r} cannot be burnt in; it is {', '.join(BURNT)}"
        raise click.BadParameter(message)
    return tuple(word for word in BURNT if word in words) or None


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Where to write the film.")
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    default="web",
    show_default=True,
    help="What the film is for.",
)
@click.option(
    "--aspect",
    metavar="W:H",
    callback=_aspect,
    help=f"Another shape than the film's: {', '.join(ASPECTS)} or any other.",
)
@click.option(
    "--fit",
    type=click.Choice(["cover", "contain"]),
    default="cover",
    show_default=True,
    help="How pictures get into that shape: filling it, or whole over their own blur.",
)
@click.option(
    "--burn",
    metavar="WHAT",
    multiple=True,
    callback=_burn,
    help=f"Burn in {', '.join(BURNT)}; repeatable, or a list with commas.",
)
@click.option(
    "--captions",
    type=click.Choice(["soft", "off"]),
    default="soft",
    show_default=True,
    help="Whether the film has a track of captions.",
)
@click.option(
    "--missing",
    type=click.Choice(["take", "animatic", "slate", "refuse"]),
    default="take",
    show_default=True,
    help="What stands in for a shot whose clip is not owned; take: an older one, or the animatic.",
)
@click.option(
    "--renderer",
    type=click.Choice(["splice", "moviepy"]),
    default="splice",
    show_default=True,
    help="Copy what can be copied, or send every frame through moviepy.",
)
@click.option("--watch", is_flag=True, help="Cut again at each save, until Ctrl-C.")
@AS_JSON
@film_options
def cut(
    *,
    film: str,
    output: str | None,
    preset: str,
    missing: str,
    watch: bool,
    as_json: bool,
    options: FilmOptions,
    **finishing: Any,  # noqa: ANN401  # click has checked what they are
) -> ExitCode:
    """Cut the film from whatever is owned; it costs nothing, and needs no key and no network.

    A shot whose clip is not owned is shown as an older take of it, its animatic or a slate, and
    said so. The film is then called FILM.rough.mp4, and never takes the place of a complete one.
    """
    finish = Finish(delivery=PRESETS[preset], **finishing)
    _refuse_nonsense(finish, output)
    from storyboard.app.cut import Missing, Wanted  # noqa: PLC0415  after what costs no time

    wanted = Wanted(finish, Missing(missing), Path(output) if output else None)
    if watch:
        return _watch(_Watch(film, options, wanted, as_json=as_json))
    return _cut_once(film, options, wanted, as_json=as_json)


def _refuse_nonsense(finish: Finish, output: str | None) -> None:
    suffix = finish.delivery.suffix
    if output is not None and Path(output).suffix.lower() != suffix:
        message = f"{output!r} does not end in {suffix}, as a {finish.delivery.name} film does"
        raise click.UsageError(message)
    if finish.renderer == "moviepy" and (finish.delivery.name != "web" or finish.burnt):
        message = "--renderer moviepy makes the web film alone, with nothing burnt in"
        raise click.UsageError(message)


def _cut_once(film: str, options: FilmOptions, wanted: "Wanted", *, as_json: bool) -> ExitCode:
    from storyboard.app.cut import compile_to_cut, cut_findings, cut_owned  # noqa: PLC0415

    compilation = compile_to_cut(film, options)
    show_findings(compilation, cut_findings(compilation), as_json=as_json and not compilation.ok)
    if not compilation.ok:
        return ExitCode.INVALID_STORYBOARD
    _tell(cut_owned(compilation, wanted, _watchers()), as_json=as_json)
    return ExitCode.OK


@dataclass(slots=True)
class _Watch:
    """Cuts a film again and again, and tells each outcome once; what is wrong ends nothing."""

    film: str
    options: FilmOptions
    wanted: "Wanted"
    as_json: bool
    told: object = None

    def recut(self) -> Compilation:
        """Compile the film, and cut it if it is right; the last good film stays where it is."""
        from storyboard.app.cut import compile_to_cut, cut_owned  # noqa: PLC0415

        compilation = compile_to_cut(self.film, self.options)
        done, refused = None, None
        try:
            if compilation.ok:
                done = cut_owned(compilation, self.wanted, _watchers())
        except StoryboardError as error:
            refused = error
        self._tell(compilation, done, refused)
        return compilation

    def _tell(
        self, compilation: Compilation, done: "Cut | None", refused: StoryboardError | None
    ) -> None:
        from storyboard.app.cut import cut_findings  # noqa: PLC0415

        findings = cut_findings(compilation)
        shown = (done.built.timeline, done.stand_ins) if done else None
        outcome = (findings, shown, refused.message if refused else None)
        if outcome == self.told and not (done and done.built.fresh):
            return
        self.told = outcome
        show_findings(compilation, findings, as_json=self.as_json and not compilation.ok)
        if refused is not None and self.as_json:
            emit(render_refusal_json(refusal_of(refused)))
        elif refused is not None:
            refuse(refusal_of(refused))
        if done is None:
            say("not cut; waiting for the next save")
        else:
            _tell(done, as_json=self.as_json)
        flush()


def _watch(watch: _Watch) -> ExitCode:
    from storyboard.app.watch import watch_film  # noqa: PLC0415

    try:
        watch_film(watch.recut)
    except KeyboardInterrupt:
        say("\nno longer watching")
    return ExitCode.OK


def _watchers() -> "Watchers":
    from storyboard.app.build import Watchers  # noqa: PLC0415
    from storyboard.report.progress import frames_progress, run_progress  # noqa: PLC0415

    return Watchers(run_progress, partial(frames_progress, "cutting the film"))


def _tell(done: "Cut", *, as_json: bool) -> None:
    """Say which shots are stand-ins and what the film is; where it is goes to stdout."""
    from storyboard.report.cut import Lacking, render_cut_json, render_cut_text  # noqa: PLC0415

    built = done.built
    lacking = tuple(Lacking(each.shot, each.why, each.take, each.stale) for each in done.stand_ins)
    told = (built.plan, built.timeline, lacking, done.drawn_as.value)
    if as_json:
        emit(render_cut_json(built.path, *told, fresh=built.fresh))
        return
    say(render_cut_text(*told, fresh=built.fresh))
    emit(f"{built.path}\n")
