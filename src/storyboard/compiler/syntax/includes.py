"""One tree from a film and the files it includes, each node still knowing the file it stands in.

In a list of scenes, an item `{include: PATH}` gives way to the scene or scenes of that file. PATH
is relative to the file it is written in, and the file is shown under a path made from the two.
"""

import posixpath  # text only: of this module nothing here touches a disk
from dataclasses import dataclass
from typing import Final, Protocol

from storyboard.compiler.suggest import did_you_mean
from storyboard.compiler.syntax.parser import parse
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, has_errors
from storyboard.model.source import Source, Span
from storyboard.model.tree import Mapping, Node, Scalar, Sequence

__all__ = ["ReadSource", "Tree", "assemble"]

_MOST_FILES: Final = 1_000
_LONGEST_CHAIN: Final = 32
_MOST_CHARACTERS: Final = 16 * 1024 * 1024
"""What a film may hold with everything it includes, a file counting each time it is included."""


class ReadSource(Protocol):
    """Reads a text by the path it is shown under; `span` is where that path was written, if it was.

    A file that cannot be used is a finding at `span`. A text that is damaged may come back with its
    findings, so that they can be shown with the line they are about.
    """

    def __call__(self, path: str, span: Span | None) -> Outcome[Source]: ...


@dataclass(frozen=True, slots=True)
class Tree:
    """A film with its scenes in place, and every text it was read from, the film's own first."""

    root: Mapping
    sources: tuple[Source, ...]


def assemble(path: str, read: ReadSource) -> Outcome[Tree]:
    """Read and parse a film and what it includes; all findings of all files come together.

    There is no value only if the film cannot be read at all. With errors, the tree is what could be
    read, and its sources are there to show the findings in.
    """
    assembly = _Assembly(read)
    root = assembly.parsed(path, None)
    if root is None and path not in assembly.sources:
        return Outcome(None, tuple(assembly.findings))
    if root is None:
        root = Mapping({}, {}, path, 0, 0)
    scenes = root.nodes.get("scenes")
    if isinstance(scenes, Sequence):
        whole = scenes._replace(nodes=assembly.scenes(scenes, (posixpath.normpath(path),)))
        root = root._replace(nodes={**root.nodes, "scenes": whole})
    sources = tuple(assembly.sources.values())
    return Outcome(Tree(root, sources), tuple(assembly.findings))


class _Assembly:
    """What one assembling has read and found so far."""

    def __init__(self, read: ReadSource) -> None:
        self.sources: dict[str, Source] = {}
        self.findings: list[Diagnostic] = []
        self._read = read
        self._roots: dict[str, Mapping | None] = {}
        self._files = 0
        self._characters = 0

    def parsed(self, path: str, span: Span | None) -> Mapping | None:
        """Return the file's root, read once however often it is included; None if it has none."""
        if path not in self._roots:
            self._roots[path] = self._parse(path, span)
        self._files += 1
        source = self.sources.get(path)
        self._characters += len(source.text) if source else 0
        return self._roots[path]

    def _parse(self, path: str, span: Span | None) -> Mapping | None:
        text = self._read(path, span)
        self.findings.extend(text.diagnostics)
        if text.value is None:
            return None
        self.sources[path] = text.value
        if has_errors(text.diagnostics):
            return None
        root = parse(text.value)
        self.findings.extend(root.diagnostics)
        return root.value

    def scenes(self, listed: Sequence, chain: tuple[str, ...]) -> tuple[Node, ...]:
        """Return the items of a list of scenes, each include replaced by what it stands for."""
        found: list[Node] = []
        for item in listed.nodes:
            found.extend(self._scene(item, chain))
        return tuple(found)

    def _scene(self, item: Node, chain: tuple[str, ...]) -> tuple[Node, ...]:
        if not isinstance(item, Mapping) or "include" not in item.nodes:
            return (item,)
        self._only(item, "include", "an item with `include:` holds nothing else")
        named = item.nodes["include"]
        if not isinstance(named, Scalar) or not isinstance(named.value, str) or not named.value:
            self._find(Code.WRONG_TYPE, "`include:` takes the path of a file", named.span)
            return ()
        return self._included(named, named.value, chain)

    def _included(self, named: Scalar, path: str, chain: tuple[str, ...]) -> tuple[Node, ...]:
        shown = posixpath.normpath(posixpath.join(posixpath.dirname(named.path), path))
        if shown in chain or self._too_much(named, chain):
            if shown in chain:
                self._cycle(named, shown, chain)
            return ()
        root = self.parsed(shown, named.span)
        if root is None:
            return ()
        if "scenes" not in root.nodes:
            return self._scene(root, (*chain, shown))
        self._only(root, "scenes", "a file with a list of scenes holds nothing else")
        scenes = root.nodes["scenes"]
        if isinstance(scenes, Sequence):
            return self.scenes(scenes, (*chain, shown))
        self._find(Code.WRONG_TYPE, "`scenes:` takes a list of scenes", scenes.span)
        return ()

    def _cycle(self, named: Scalar, shown: str, chain: tuple[str, ...]) -> None:
        ring = (*chain[chain.index(shown) :], shown)
        self._find(
            Code.INCLUDE_CYCLE,
            f"this include never ends: {' -> '.join(ring)}",
            named.span,
            "take out one include of the ring",
        )

    def _too_much(self, named: Scalar, chain: tuple[str, ...]) -> bool:
        """Hold off what would grow without end; a file included twice counts twice."""
        if len(chain) > _LONGEST_CHAIN:
            message = f"includes are nested more than {_LONGEST_CHAIN} deep here"
            self._find(Code.TOO_DEEP, message, named.span)
            return True
        if self._files > _MOST_FILES:
            message = f"the film includes more than {_MOST_FILES:,} files up to here"
        elif self._characters > _MOST_CHARACTERS:
            message = "the film and its includes are larger than 16 MB up to here"
        else:
            return False
        if not any(each.code is Code.FILE_TOO_LARGE for each in self.findings):
            self._find(Code.FILE_TOO_LARGE, message, named.span)
        return True

    def _only(self, mapping: Mapping, key: str, message: str) -> None:
        for other, place in mapping.keys.items():
            if other != key:
                near = did_you_mean(other, (key,))
                advice = f"did you mean `{near}`?" if near else f"delete `{other}`"
                self._find(Code.UNKNOWN_KEY, f"{message}, not `{other}`", place.span, advice)

    def _find(self, code: Code, message: str, span: Span, advice: str | None = None) -> None:
        self.findings.append(Diagnostic(code, message, span, advice))
