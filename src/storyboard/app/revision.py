"""A film as a git revision has it: opened from git's objects and compiled like today's.

What is said of it points to `HEAD~1:film.yaml`, never into a file of today. The stills of the
compiled film keep the paths that they have in it, so that two versions can be compared.
"""

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from storyboard.adapters.git import Commit, Tree, find_commit
from storyboard.app.cache import Cache, Inputs
from storyboard.app.compile import Compilation, FilmOptions, compile_film_at, uninterrupted
from storyboard.app.forked import forked
from storyboard.app.settings import Settings, cache_folder, load_settings
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Diagnostic, has_errors
from storyboard.model.source import Source, Span

if TYPE_CHECKING:
    from storyboard.app.committed import CommittedFiles, Looks
    from storyboard.compiler.pipeline import Compiled

__all__ = ["Revision", "compile_both", "open_revision"]

_MOST_LOOKS = 20_000
_About = tuple[
    Settings, tuple[Diagnostic, ...], tuple[Source, ...], tuple[ModelCard, ...], frozenset[str]
]
"""Settings, findings, texts and cards, and by its path which of the texts are storyboard's own."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A film as a git revision has it.

    `name` is the revision as the user wrote it, `commit` the whole id of what it stands for.
    `compilation` is of the film then: its settings are those of the project then, its sources are
    shown as `HEAD~1:film.yaml`, and its path is today's. `cards` are the models that could be used
    then, those of the project before the built-in ones. `text_of` returns another text of the
    project then, by its path as it is shown today; None where it is not there.
    """

    name: str
    commit: str
    compilation: Compilation
    cards: tuple[ModelCard, ...]
    text_of: Callable[[str], str | None]


def open_revision(path: str, revision: str, options: FilmOptions) -> Revision | None:
    """Open the film at `path` as a revision has it; None where the revision has no such film.

    Undecidable where git knows no such revision; EnvironmentFault where there is no git, no
    repository around the film, or not all of the commit.
    """
    order = _Order.of(path, revision, options)
    return order.revision(order.remembered() or order.compiled())


def compile_both(
    path: str, revision: str, options: FilmOptions
) -> tuple[Compilation, Revision | None]:
    """Compile a film as it is and as a revision has it, at the same time where that is possible.

    Raises what `open_revision` raises.
    """
    order = _Order.of(path, revision, options)
    kept = order.remembered()
    if kept is not None:
        return compile_film_at(path, options), order.revision(kept)
    _bring_compiler()
    with forked(order.compiled) as wait:
        today = compile_film_at(path, options)
        return today, order.revision(wait())


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a film of a revision came to, in two pickles: what it looks like, and the film itself.

    The first holds its settings, findings, sources and cards; it is empty where there is no such
    film.
    """

    about: bytes = b""
    film: bytes = b""


@dataclass(frozen=True, slots=True)
class _Order:
    """One film of one commit, to be compiled with some options."""

    path: str
    name: str
    options: FilmOptions
    commit: Commit
    cache: Path | None

    @classmethod
    def of(cls, path: str, revision: str, options: FilmOptions) -> "_Order":
        commit = find_commit(_folder(path), revision, os.environ)
        return cls(path, revision, options, commit, cache_folder(commit.top))

    def remembered(self) -> _Kept | None:
        """Return what this film came to before: what a commit holds never changes."""
        entry = self._cache.find(*self._key) if self._cache is not None else None
        return _Kept(entry[1], entry[2]) if entry is not None else None

    def compiled(self) -> _Kept:
        """Compile the film, and remember it."""
        from storyboard.app.committed import CommittedFiles  # noqa: PLC0415  see _bring_compiler

        looks = self._looks()
        known = len(looks)
        with Tree(self.commit) as tree, uninterrupted():
            files = CommittedFiles(tree, self.path, looks)
            if not files.has(self.path):
                return _Kept()
            kept = _compile(files, self.path, self.options)
        if self._cache is not None and files.whole:
            self._cache.store(Inputs(), kept.about, kept.film, *self._key)
        if self._cache is not None and len(looks) > known:
            newest = dict(list(looks.items())[-_MOST_LOOKS:])
            self._cache.store(Inputs(), pickle.dumps(newest), b"", *self._looks_key)
        return kept

    def revision(self, kept: _Kept) -> Revision | None:
        """Show people what was kept, under the name of the revision."""
        if not kept.about:
            return None
        with uninterrupted():
            settings, diagnostics, sources, cards, own = pickle.loads(kept.about)  # noqa: S301  app/cache.py
        shown = _Names(self.name, own)

        def load() -> "Compiled":
            with uninterrupted():
                compiled: Compiled | None = pickle.loads(kept.film)  # noqa: S301  app/cache.py
            if compiled is None:
                message = "a film whose project has wrong settings was not compiled"
                raise ValueError(message)
            return replace(
                compiled,
                diagnostics=shown.findings(compiled.diagnostics),
                sources=tuple(map(shown.source, compiled.sources)),
            )

        compilation = Compilation(
            self.path,
            self.options,
            shown.settings(replace(settings, cache=self.cache)),
            shown.findings(diagnostics),
            {source.path: source for source in map(shown.source, sources)},
            load,
        )
        return Revision(self.name, self.commit.id, compilation, cards, self._text_of)

    def _text_of(self, path: str) -> str | None:
        from storyboard.app.committed import CommittedFiles  # noqa: PLC0415  see _bring_compiler

        with Tree(self.commit) as tree:
            source = CommittedFiles(tree, self.path).read(path, None).value
        return source.text if source is not None else None

    def _looks(self) -> "Looks":
        entry = self._cache.find(*self._looks_key) if self._cache is not None else None
        looks: Looks = pickle.loads(entry[1]) if entry is not None else {}  # noqa: S301  app/cache.py
        return looks

    @property
    def _cache(self) -> Cache | None:
        used = self.options.cache and self.cache is not None
        return Cache(self.cache / "revisions") if used and self.cache is not None else None

    @property
    def _key(self) -> tuple[str, ...]:
        given = self.options
        options = (repr(given.settings), str(given.variant), str(given.free))
        return (self.commit.id, str(self.commit.top), str(Path.cwd()), self.path, *options)

    @property
    def _looks_key(self) -> tuple[str, ...]:
        return ("looks", str(self.commit.folder))


@dataclass(frozen=True, slots=True)
class _Names:
    """Puts the revision's name before the paths of its own texts, not of storyboard's."""

    revision: str
    built_in: frozenset[str]

    def path(self, path: str) -> str:
        return path if path in self.built_in else f"{self.revision}:{path}"

    def source(self, source: Source) -> Source:
        return Source(self.path(source.path), source.text)

    def span(self, span: Span) -> Span:
        return span._replace(path=self.path(span.path))

    def findings(self, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        return tuple(
            replace(
                each,
                span=self.span(each.span) if each.span is not None else None,
                related=tuple(replace(other, span=self.span(other.span)) for other in each.related),
            )
            for each in found
        )

    def settings(self, settings: Settings) -> Settings:
        source = self.source(settings.source) if settings.source is not None else None
        return replace(settings, source=source, findings=self.findings(settings.findings))


def _compile(files: "CommittedFiles", path: str, options: FilmOptions) -> _Kept:
    from storyboard.app.world import ProjectWorld  # noqa: PLC0415  see _bring_compiler
    from storyboard.compiler.pipeline import Options, compile_film  # noqa: PLC0415

    settings = load_settings(files.root, files.settings)
    if has_errors(settings.findings):
        sources = (settings.source,) if settings.source is not None else ()
        return _kept((settings, settings.findings, sources, (), frozenset()), None)
    world = ProjectWorld(files, path)
    given = Options(options.settings, options.variant, free=options.free)
    compiled = compile_film(path, world, given)
    own = world.sources
    built_in = {source.path: source for source in compiled.sources if source.path not in own}
    about = (
        settings,
        world.findings + compiled.diagnostics,
        (*own.values(), *built_in.values()),
        world.cards,
        frozenset(built_in),
    )
    return _kept(about, compiled)


def _kept(about: _About, compiled: "Compiled | None") -> _Kept:
    version = pickle.HIGHEST_PROTOCOL
    return _Kept(pickle.dumps(about, version), pickle.dumps(compiled, version))


def _bring_compiler() -> None:
    """Import the compiler and its libraries: a tenth of a second that a warm look does without.

    It is done before the process is forked, so that it is done once.
    """
    for name in ("app.committed", "app.world", "compiler.pipeline"):
        import_module(f"storyboard.{name}")


def _folder(path: str) -> Path:
    """Return the nearest folder of today to the film: its own may be gone by now."""
    above = Path(os.path.abspath(path)).parents  # noqa: PTH100  the film need not be there
    return next(folder for folder in above if os.path.isdir(folder))  # noqa: PTH112  never raises
