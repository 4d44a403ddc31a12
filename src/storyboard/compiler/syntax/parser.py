"""Text to tree: the first phase, which turns YAML into nodes that know where they stand.

No text makes it raise; whatever is wrong with the YAML ends as findings, all of them in one run as
far as the text can be read. A film is bounded, so that no text can tie up the machine.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

import yaml

from storyboard.compiler.syntax.builder import Enough, TreeBuilder
from storyboard.compiler.syntax.complaints import complaint
from storyboard.compiler.syntax.yaml_events import EventStream, fastest_parser
from storyboard.model.diagnostic import Code, Diagnostic, Outcome
from storyboard.model.source import Source, Span
from storyboard.model.tree import Mapping, Node, Scalar, Sequence

__all__ = ["parse"]

_MOST_EVENTS: Final = 800_000
"""Some 10,000 shots; a text with more would take seconds and hundreds of megabytes."""

_MOST_LINES_AND_COMMAS: Final = 500_000
"""What 10,000 shots need, twice; counted first, for it costs next to nothing."""

_MOST_TAG_LINES: Final = 64
"""libyaml compares each %TAG line with all before it; a megabyte of them would take minutes."""

_MakeParser: TypeAlias = Callable[[str], EventStream]


def parse(source: Source, parser: _MakeParser = fastest_parser) -> Outcome[Mapping]:
    """Turn a text into its tree; there is no value if it cannot be read to its end."""
    builder = TreeBuilder(source)
    with _without_gc():
        _feed(builder, source, parser)
    root = builder.root()
    findings = sorted(builder.findings, key=_place)
    if isinstance(root, Mapping):
        return Outcome(root, tuple(findings))
    if not findings:
        findings.append(_not_a_mapping(root, source))
    return Outcome(None, tuple(findings))


def _feed(builder: TreeBuilder, source: Source, parser: _MakeParser) -> None:
    """Hand the parser's events to the builder until the text, or what may be asked of it, ends."""
    text = source.text
    if text.count("%TAG") > _MOST_TAG_LINES:
        builder.find(Code.UNSUPPORTED_YAML, "there are more %TAG lines than can be read", 0, 0)
        return
    if text.count("\n") + text.count(",") > _MOST_LINES_AND_COMMAS:
        _too_large(builder, source, 0)
        return
    try:
        next_event = parser(_without_mark(text)).get_event
        steps = builder.steps
        for _ in range(_MOST_EVENTS):
            event = next_event()
            if event is None or steps[type(event)](event):
                return
    except Enough:
        return
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # ValueError: a half of a surrogate pair; the Python parser also raises it for "\UFFFFFFFF".
        builder.findings.append(complaint(error, source))
        return
    _too_large(builder, source, builder.end)


def _too_large(builder: TreeBuilder, source: Source, place: int) -> None:
    builder.findings.append(
        Diagnostic(
            Code.FILE_TOO_LARGE,
            "this file holds more values than one film may have",
            Span(source.path, place, place),
            "split the film with `include:`, or make it shorter",
        )
    )


@contextmanager
def _without_gc() -> Iterator[None]:
    """Keep the collector out while thousands of nodes are made, none of which is rubbish."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _without_mark(text: str) -> str:
    """Put an empty line in place of a byte order mark, so that every offset stays as it is."""
    return "\n" + text[1:] if text.startswith("\ufeff") else text


def _place(finding: Diagnostic) -> int:
    return finding.span.start if finding.span else 0


def _not_a_mapping(root: Node | None, source: Source) -> Diagnostic:
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return Diagnostic(
            Code.WRONG_TYPE,
            "the file holds nothing",
            Span(source.path, 0, 0),
            "write `key: value` lines; `storyboard new` makes a film to start from",
        )
    kind = "a list" if isinstance(root, Sequence) else "a single value"
    line_end = len(source.text[root.start : root.end].partition("\n")[0].rstrip())
    return Diagnostic(
        Code.WRONG_TYPE,
        f"the file holds {kind}, not `key: value` lines",
        Span(source.path, root.start, root.start + line_end),
    )
