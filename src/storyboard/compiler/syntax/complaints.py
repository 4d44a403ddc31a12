"""A YAML parser's complaint in plain words, placed where the writer's mistake is.

The parser says where it gave up; for an unclosed quote that is the end of the file. Each row of the
table knows what the complaint means and whether the mistake is where the parser stopped or where it
had begun.
"""

import re
from typing import Final, NamedTuple

import yaml

from storyboard.model.diagnostic import Code, Diagnostic, Related
from storyboard.model.source import Source, Span

__all__ = ["complaint"]


class _Row(NamedTuple):
    fragments: tuple[str, ...]
    message: str
    help: str | None = None
    at_start: bool = False


_QUOTE = "close the quote; inside double quotes write \\\" for a quote, inside single ones ''"
_INDENT = "items and keys of one level start in the same column"

_ROWS: Final = (
    _Row(
        ("mapping values are not allowed",),
        "a `: ` cannot stand here",
        "put a text that holds `: ` in quotes, or align the key with its siblings",
    ),
    _Row(
        ("could not find expected ':'",),
        "this line is neither a key with its `:` nor part of the value above it",
        "write `key: value`, or indent the line if it goes on with the value above",
        at_start=True,
    ),
    _Row(("quoted scalar", "end of stream"), "this quote is never closed", _QUOTE, at_start=True),
    _Row(
        ("quoted scalar", "unexpected document"), "this quote is not closed", _QUOTE, at_start=True
    ),
    _Row(
        ("unknown escape character",),
        "this escape is not one that YAML knows",
        "write \\\\ for a backslash, or use single quotes, where a backslash is just that",
    ),
    _Row(("hexdecimal number",), "this escape lacks some of its hexadecimal digits"),
    _Row(("hexadecimal number",), "this escape lacks some of its hexadecimal digits"),
    _Row(
        ("invalid unicode character escape",),
        "this escape does not stand for a character",
        "write the character itself",
    ),
    _Row(
        ("flow sequence", "expected ',' or ']'"), "a `,` or the closing `]` is missing before this"
    ),
    _Row(
        ("flow mapping", "expected ',' or '}'"), "a `,` or the closing `}` is missing before this"
    ),
    _Row(("flow node",), "a value is missing here, or a bracket is not closed"),
    _Row(("tab character",), "a tab cannot indent", "indent with spaces"),
    _Row(("block sequence entries are not allowed",), "a list item cannot begin here", _INDENT),
    _Row(("sequence entries are not allowed",), "a list item cannot begin here", _INDENT),
    _Row(("mapping keys are not allowed",), "a key cannot begin here", _INDENT),
    _Row(("block collection",), "this is not an item of the list it stands in", _INDENT),
    _Row(("block mapping",), "this is not a key of the mapping it stands in", _INDENT),
    _Row(("block node",), "a value is missing here"),
    _Row(
        ("block scalar",),
        "after `|` or `>` only `+`, `-` or a digit may stand, and the text begins on the next line",
        "put a text that begins with `|` or `>` in quotes",
    ),
    _Row(("an alias",), "the name after `*` may have letters, digits, `-` and `_`"),
    _Row(("an anchor",), "the name after `&` may have letters, digits, `-` and `_`"),
    _Row(("tag",), "this tag is not well formed", "put a text that begins with `!` in quotes"),
    _Row(("directive",), "this line beginning with `%` is not well formed"),
    _Row(("incompatible yaml document",), "this version of YAML is not one that can be read"),
    _Row(("<document start>",), "nothing may follow here: the value before it is complete"),
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def complaint(error: Exception, source: Source) -> Diagnostic:
    """Turn what the parser raised over this source into a finding."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return _marked(error, source)
    return _forbidden_character(source) or Diagnostic(
        Code.YAML_SYNTAX, "this is not YAML", Span(source.path, 0, 0)
    )


def _marked(error: yaml.MarkedYAMLError, source: Source) -> Diagnostic:
    stopped = _one_character(source, _index(error.problem_mark))
    begun = _one_character(source, _index(error.context_mark, stopped.start))
    if "cannot start any token" in (error.problem or ""):
        return _strange_start(source, stopped)
    row = _row(error)
    if row.at_start:
        return Diagnostic(Code.YAML_SYNTAX, row.message, begun, row.help)
    related = (
        () if begun.start == stopped.start else (Related("what it is part of begins here", begun),)
    )
    return Diagnostic(Code.YAML_SYNTAX, row.message, stopped, row.help, related)


def _row(error: yaml.MarkedYAMLError) -> _Row:
    said = f"{error.context or ''} {error.problem or ''}".lower()
    fitting = (row for row in _ROWS if all(fragment in said for fragment in row.fragments))
    return next(fitting, _Row((), f"this is not YAML: {error.problem or 'it cannot be read'}"))


def _index(mark: yaml.Mark | None, otherwise: int = 0) -> int:
    return otherwise if mark is None else mark.index


def _one_character(source: Source, start: int) -> Span:
    """Place a finding on one character; on none at the end of a line or of the text."""
    start = min(start, len(source.text))
    end = start if source.text[start : start + 1] in "\r\n" else start + 1
    return Span(source.path, start, end)


def _strange_start(source: Source, span: Span) -> Diagnostic:
    character = source.text[span.start : span.end]
    if character == "\t":
        return Diagnostic(
            Code.YAML_SYNTAX, "a tab cannot indent or begin a value", span, "use spaces"
        )
    return Diagnostic(
        Code.YAML_SYNTAX,
        f"a value cannot begin with `{character}` unless it is in quotes",
        span,
        "put the whole value in quotes",
    )


def _forbidden_character(source: Source) -> Diagnostic | None:
    found = _FORBIDDEN.search(source.text)
    if found is None:
        return None
    return Diagnostic(
        Code.NOT_TEXT,
        f"the character U+{ord(found[0]):04X} cannot stand in a text file",
        Span(source.path, found.start(), found.end()),
        "delete it, or save the file as plain UTF-8 text",
    )
