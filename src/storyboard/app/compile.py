"""Compiles a film, or remembers what it compiled to: the first step of every command."""

import gc
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from storyboard.adapters.files import find_root
from storyboard.app.cache import Cache, Inputs
from storyboard.app.lock import load_lock, lock_place
from storyboard.app.settings import Settings, load_settings
from storyboard.model.diagnostic import Diagnostic, has_errors
from storyboard.model.lock import Lock
from storyboard.model.source import Source

if TYPE_CHECKING:
    from storyboard.compiler.pipeline import Compiled
    from storyboard.compiler.select import Selector

__all__ = ["Compilation", "FilmOptions", "compile_film_at", "result_path", "uninterrupted"]


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """What the command line adds to a film: `--set` values and a variant; and whether to cache.

    `free` leaves out what matters only to models that cost money: an animatic needs none of it.
    `only` says of which shots the command is; what the film compiles to is the same.
    """

    settings: tuple[tuple[str, str], ...] = ()
    variant: str | None = None
    cache: bool = True
    free: bool = False
    only: "tuple[Selector, ...]" = ()


@dataclass(frozen=True, slots=True)
class Compilation:
    """A film's findings at once, and all else it compiled to when asked.

    `inputs` are all the files that it depends on, those that are not there yet too. `lock` is what
    its lock file says was bought.
    """

    path: str
    options: FilmOptions
    settings: Settings
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    load: "Callable[[], Compiled]"
    inputs: Inputs = field(default_factory=Inputs)
    lock: Lock = Lock()

    @property
    def ok(self) -> bool:
        return not has_errors(self.diagnostics)


def result_path(compilation: Compilation, suffix: str, *, chosen: bool = False) -> Path:
    """Return where a result of the film goes: `build/` beside it, under its name and variant.

    A result that is of the `chosen` shots alone, where some were chosen, is named an excerpt: it
    never takes the place of the whole film's.
    """
    film, variant = Path(compilation.path), compilation.options.variant
    name = film.stem if variant is None else f"{film.stem}.{variant}"
    name += ".excerpt" if chosen and compilation.options.only else ""
    return compilation.settings.inside(film.parent / "build" / f"{name}{suffix}")


def compile_film_at(path: str, options: FilmOptions) -> Compilation:
    """Compile the film at `path`, as shown to people; nothing is compiled twice."""
    settings = load_settings(find_root(Path(path)))
    if has_errors(settings.findings):
        return _unsettled(path, options, settings)
    return _with_lock(_found(path, options, settings))


def _with_lock(compilation: Compilation) -> Compilation:
    """Add what the film's lock file says; what is wrong with it matters where money is spent."""
    options, settings = compilation.options, compilation.settings
    place = lock_place(compilation.path, options.variant, settings)
    found = load_lock(place, settings, cache=options.cache)
    if options.free or not found.diagnostics:
        return replace(compilation, lock=found.lock)
    pointed = {found.source.path: found.source} if found.source is not None else {}
    return replace(
        compilation,
        diagnostics=compilation.diagnostics + found.diagnostics,
        sources={**compilation.sources, **pointed},
    )


def _found(path: str, options: FilmOptions, settings: Settings) -> Compilation:
    """Compile a film, or remember what it compiled to."""
    cache = Cache(settings.cache / "compiled") if options.cache and settings.cache else None
    key = (
        str(Path(path).absolute()),
        str(settings.root),
        str(Path.cwd()),
        repr(options.settings),
        str(options.variant),
        str(options.free),
    )
    if cache is not None:
        entry = cache.find(*key)
        texts: dict[str, str] = {}
        if entry is not None and entry[0].unchanged(texts):
            return _remembered(
                path,
                options,
                settings,
                entry,
                texts,
                lambda: _compile(path, settings, options, cache, key).load(),
            )
    return _compile(path, settings, options, cache, key)


def _unsettled(path: str, options: FilmOptions, settings: Settings) -> Compilation:
    sources = {settings.source.path: settings.source} if settings.source is not None else {}
    return Compilation(path, options, settings, settings.findings, sources, _nothing)


def _nothing() -> "Compiled":
    message = "a film whose project has wrong settings was not compiled"
    raise ValueError(message)


def _remembered(
    path: str,
    options: FilmOptions,
    settings: Settings,
    entry: tuple[Inputs, bytes, bytes],
    texts: dict[str, str],
    again: "Callable[[], Compiled]",
) -> Compilation:
    inputs, findings, film = entry
    diagnostics, shipped = pickle.loads(findings)  # noqa: S301  see app/cache.py
    sources = {name: Source(name, text) for name, text in texts.items()} | shipped

    def load() -> "Compiled":
        if not film:
            return again()
        compiled: Compiled = pickle.loads(film)  # noqa: S301  see app/cache.py
        return compiled

    return Compilation(path, options, settings, diagnostics, sources, load, inputs)


def _compile(
    path: str, settings: Settings, options: FilmOptions, cache: Cache | None, key: tuple[str, ...]
) -> Compilation:
    # The compiler and its libraries take a tenth of a second to import; a warm look does without.
    from storyboard.app.world import DiskWorld  # noqa: PLC0415
    from storyboard.compiler.pipeline import Options, compile_film  # noqa: PLC0415

    world = DiskWorld(settings.root, path)
    with uninterrupted():
        compiled = compile_film(
            path, world, Options(options.settings, options.variant, free=options.free)
        )
    diagnostics = world.findings + compiled.diagnostics
    findings = pickle.dumps(
        (diagnostics, _shipped(compiled, diagnostics, world.inputs)), pickle.HIGHEST_PROTOCOL
    )
    if cache is not None:
        cache.store(world.inputs, findings, b"", *key)

    def load() -> "Compiled":
        """Remember the film too, now that somebody needs it: `check` never does."""
        if cache is not None:
            cache.store(world.inputs, findings, _pickled(compiled), *key)
        return compiled

    sources = {source.path: source for source in compiled.sources} | world.sources
    return Compilation(path, options, settings, diagnostics, sources, load, world.inputs)


def _pickled(compiled: "Compiled") -> bytes:
    with uninterrupted():
        return pickle.dumps(compiled, pickle.HIGHEST_PROTOCOL)


def _shipped(
    compiled: "Compiled", diagnostics: tuple[Diagnostic, ...], inputs: Inputs
) -> dict[str, Source]:
    """Return the sources that findings point into but that are not files of the project."""
    pointed = {each.span.path for each in diagnostics if each.span is not None}
    return {
        source.path: source
        for source in compiled.sources
        if source.path in pointed and source.path not in inputs.texts
    }


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep the garbage collector away: the compiler's trees are large, and none is cyclic."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
