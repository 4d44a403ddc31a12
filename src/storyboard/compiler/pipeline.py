"""The phases in order: a table of contents of the compiler."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from storyboard.compiler.checks import Subject, check_film
from storyboard.compiler.lower import lower
from storyboard.compiler.prompts.render import Prompt, render_prompts
from storyboard.compiler.schema.check import check_schema
from storyboard.compiler.syntax.includes import assemble
from storyboard.compiler.variables import fill_variables
from storyboard.compiler.world import World
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Code, Diagnostic, has_errors
from storyboard.model.request import Still
from storyboard.model.source import Source, Span
from storyboard.model.story import Film, ImageFile, ImageFrom, Shot

__all__ = ["Compiled", "Options", "compile_film"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds to the film: `--set` values, a variant, and whether it is free.

    A free film is made on this machine: what its models sell, take and cost is not checked.
    """

    settings: tuple[tuple[str, str], ...] = ()
    variant: str | None = None
    free: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything known of a film after its last phase; no film where a phase found errors.

    `draft` is the film as it was understood, if it came that far, whatever is wrong with it.
    """

    film: Film | None = None
    prompts: tuple[Prompt, ...] = ()
    stills: tuple[Still, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: tuple[Source, ...] = ()
    draft: Film | None = None

    @property
    def ok(self) -> bool:
        return self.film is not None and not has_errors(self.diagnostics)

    def need_film(self) -> Film:
        """Return the film; ValueError where there is none, which callers rule out before."""
        if self.film is None:
            message = "of a storyboard with errors there is no film"
            raise ValueError(message)
        return self.film


def compile_film(path: str, world: World, options: Options) -> Compiled:
    """Read, check and render a film. A phase that finds errors is the last one."""
    run = _Run(world, options)
    run.phases(path)
    return Compiled(
        run.film,
        run.prompts,
        tuple(run.stills.values()),
        _in_reading_order(run.found, run.sources),
        tuple(run.sources),
        run.draft,
    )


def _in_reading_order(
    found: Iterable[Diagnostic], sources: Iterable[Source]
) -> tuple[Diagnostic, ...]:
    """Sort findings as one meets them: file by file as they are read, top to bottom."""
    rank: dict[str, int] = {}
    for source in sources:
        rank.setdefault(source.path, len(rank))

    def place(finding: Diagnostic) -> tuple[int, int]:
        if finding.span is None:
            return -1, 0
        return rank.get(finding.span.path, len(rank)), finding.span.start

    return tuple(sorted(found, key=place))


@dataclass(slots=True)
class _Run:
    """One pass through the phases; holds what they have made so far."""

    world: World
    options: Options
    draft: Film | None = None
    film: Film | None = None
    prompts: tuple[Prompt, ...] = ()
    stills: dict[str, Still] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    def phases(self, path: str) -> None:
        """Read, fill in, validate, understand, check and put into words."""
        read = assemble(path, self.world.read)
        # A film that cannot be read at all was named by nobody's file: its own name is the place.
        unread = Span(path, 0, 0)
        self.found += (
            each if each.span else replace(each, span=unread) for each in read.diagnostics
        )
        if read.value is None:
            return
        self.sources += read.value.sources
        if has_errors(self.found):
            return
        filled = fill_variables(
            read.value.root,
            read.value.sources,
            settings=dict(self.options.settings),
            variant=self.options.variant,
        )
        self.found += filled.diagnostics
        if filled.value is None or has_errors(self.found):
            return
        self.found += check_schema(filled.value, self.world.schema("storyboard"))
        if has_errors(self.found):
            return
        lowered = lower(filled.value, variant=self.options.variant)
        self.found += lowered.diagnostics
        self.draft = lowered.value
        if lowered.value is None or has_errors(self.found):
            return
        self._check(lowered.value)
        if not has_errors(self.found):
            self._write(lowered.value)

    def _check(self, film: Film) -> None:
        for still_path, span in _pictures(film):
            looked = self.world.still(still_path, span)
            self.found += looked.diagnostics
            if looked.value is not None:
                self.stills[still_path] = looked.value
        for sound_path, span in _sounds(film):
            self.found += self.world.sound(sound_path, span).diagnostics
        self.found += check_film(Subject(film, self._cards, self.stills), free=self.options.free)

    def _write(self, film: Film) -> None:
        written = render_prompts(film, _Templates(self.world, self.sources))
        self.found += written.diagnostics
        if written.value is not None and not has_errors(self.found):
            self.film, self.prompts = film, written.value
            if not self.options.free:
                self.found += _too_long(film, written.value, self._cards)

    @property
    def _cards(self) -> Mapping[str, ModelCard]:
        return {card.id: card for card in self.world.cards}


@dataclass(frozen=True, slots=True)
class _Templates:
    """The prompt phase's view of the world; what it reads is kept for findings to point into."""

    world: World
    sources: list[Source]

    def get(self, name: str) -> Source | None:
        source = self.world.template(name)
        if source is not None:
            self.sources.append(source)
        return source

    def names(self) -> tuple[str, ...]:
        return self.world.templates()


def _pictures(film: Film) -> Iterator[tuple[str, Span]]:
    """Yield each still once, with the first place that asks for it."""
    seen: set[str] = set()
    for shot in _pictured(film):
        for field_name, image in (("image", shot.image), ("end_image", shot.end_image)):
            if isinstance(image, ImageFile) and image.path not in seen:
                seen.add(image.path)
                yield image.path, shot.origin.at(field_name)


def _sounds(film: Film) -> Iterator[tuple[str, Span]]:
    """Yield each sound file once, with the first place that asks for it."""
    places: dict[str, Span] = {}
    if film.music is not None:
        places[film.music.path] = film.origin.at("mix", "music", "file")
    for shot in film.shown:
        for index, track in enumerate(shot.mix.tracks):
            places.setdefault(track.path, shot.origin.at("mix", "tracks", index, "file"))
    yield from places.items()


def _pictured(film: Film) -> Iterator[Shot]:
    """Yield the shots that are shown and the skipped ones whose frames they start from."""
    shots = {shot.id: shot for shot in film.shots}
    used: set[str] = set()
    waiting = [shot.id for shot in film.shown]
    while waiting:
        name = waiting.pop()
        if name in shots and name not in used:
            used.add(name)
            images = (shots[name].image, shots[name].end_image)
            waiting += [image.shot for image in images if isinstance(image, ImageFrom)]
    yield from (shot for shot in film.shots if shot.id in used)


def _too_long(
    film: Film, prompts: tuple[Prompt, ...], cards: Mapping[str, ModelCard]
) -> Iterator[Diagnostic]:
    """Find prompts over their model's limit."""
    shots: dict[str, Shot] = {shot.id: shot for shot in film.shown}
    for prompt in prompts:
        shot = shots.get(prompt.shot)
        limit = cards[shot.model].prompt_limit if shot is not None else None
        if shot is not None and limit is not None and len(prompt.text) > limit:
            message = (
                f'the prompt of "{shot.id}" has {len(prompt.text)} characters, '
                f"over the {limit} that {shot.model} takes"
            )
            advice = f"see it with `storyboard prompts`; shorten the action of {shot.id}"
            yield Diagnostic(Code.PROMPT_TOO_LONG, message, shot.origin.at("action"), advice)
