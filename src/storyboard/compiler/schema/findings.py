"""Turns what is wrong with a tree by its schema into findings a film-maker understands.

A validator speaks of instances and keywords. Here each fault becomes a sentence in the words of
the schema's own titles, placed on the key or the value that is guilty.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from storyboard.compiler.schema.branches import extra_keys, faults, needs_one_of
from storyboard.compiler.schema.fault import Fault
from storyboard.compiler.schema.words import (
    Guide,
    JsonSchema,
    an_example,
    describe,
    main_words,
    our_name,
    shortened,
    spelled,
)
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.source import Span
from storyboard.model.tree import Mapping, Node, Plain, Scalar, find, span_of, walk

__all__ = ["explain"]

_EMPTY = frozenset({"minItems", "minProperties", "minLength"})
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_/]+")
_LONGEST_NAME = 64
_MOST_FINDINGS = 1000


def explain(root: Mapping, data: Plain, schema: JsonSchema) -> tuple[Diagnostic, ...]:
    """Return a finding for every fault of the tree, in file order; of very many, a thousand."""
    guide = Guide(schema)
    found = (each for fault in faults(data, schema) for each in _findings(fault, root, guide))
    kept: dict[tuple[Span | None, str], Diagnostic] = {}
    for finding in islice(found, _MOST_FINDINGS):
        about_a_value = finding.code in (Code.WRONG_TYPE, Code.WRONG_VALUE)
        # One thing is said of one value, the first: schemas give the type before its words.
        kept.setdefault((finding.span, "" if about_a_value else finding.message), finding)
    return _in_file_order(kept.values(), root)


def _in_file_order(findings: Iterable[Diagnostic], root: Mapping) -> tuple[Diagnostic, ...]:
    paths = dict.fromkeys(node.path for node in walk(root))
    order = {path: index for index, path in enumerate(paths)}

    def place(finding: Diagnostic) -> tuple[int, int]:
        span = finding.span or root.span
        return order.get(span.path, -1), span.start

    return tuple(sorted(findings, key=place))


def _findings(
    fault: Fault, root: Mapping, guide: Guide
) -> Iterator[Diagnostic] | tuple[Diagnostic]:
    path = fault.path
    node = find(root, *path)
    if isinstance(node, Mapping):
        if fault.of_name:
            return (_bad_name(fault, node, guide),)
        if fault.rule == "additionalProperties":
            return _unknown_keys(fault, node, guide)
        if fault.rule == "required":
            return _missing_keys(fault, node, guide)
        if needs_one_of(fault):
            return (_not_just_one(fault, node, guide),)
    place = span_of(root, *path)
    return (_bad_value(fault, node or root, place, guide),)


def _unknown_keys(fault: Fault, node: Mapping, guide: Guide) -> Iterator[Diagnostic]:
    for key in extra_keys(fault):
        message = f"{_whole(fault)} has no field `{shortened(key)}`"
        advice = _where_instead(key, fault, guide)
        yield Diagnostic(Code.UNKNOWN_KEY, message, _key(node, key), advice)


def _where_instead(key: str, fault: Fault, guide: Guide) -> str:
    known = tuple(fault.schema.get("properties", {}))
    name = our_name(key)
    if name in known:
        return f"did you mean `{name}`?"
    under = guide.within(name, fault.schema)
    nearest = did_you_mean(key, known)
    if nearest and not under:
        return f"did you mean `{nearest}`?"
    if home := under or guide.anywhere(name):
        return f"`{name}` belongs {home}"
    return "its fields are: " + ", ".join(known)


def _missing_keys(fault: Fault, node: Mapping, guide: Guide) -> Iterator[Diagnostic]:
    for name in fault.wanted:
        if name not in node.nodes and not _misspelt(fault, node, name):
            yield _missing(fault, node, guide, [name])


def _misspelt(fault: Fault, node: Mapping, name: str) -> bool:
    """Tell whether a key was meant to be this one; then the unknown key is the finding."""
    known = fault.schema.get("properties", {})
    return any(did_you_mean(key, known) == name for key in node.nodes if key not in known)


def _missing(fault: Fault, node: Mapping, guide: Guide, names: list[str]) -> Diagnostic:
    field = fault.schema.get("properties", {}).get(names[0], {})
    example = an_example(field, guide.schema)
    message = f"{_whole(fault)} needs " + " or ".join(f"`{name}`" for name in names)
    place = next(iter(node.keys.values())).span if node.keys else node.span
    return Diagnostic(Code.MISSING_KEY, message, place, f"for example `{names[0]}: {example}`")


def _not_just_one(fault: Fault, node: Mapping, guide: Guide) -> Diagnostic:
    names = [branch["required"][0] for branch in fault.wanted]
    there = [name for name in node.nodes if name in names]
    if not there:
        return _missing(fault, node, guide, names)
    listed = " or ".join(f"`{name}`" for name in names)
    message = f"{_whole(fault)} has {listed}, not both"
    advice = f"take `{there[-1]}` out, or move what it holds under `{there[0]}`"
    return Diagnostic(Code.WRONG_VALUE, message, _key(node, there[-1]), advice)


def _bad_name(fault: Fault, node: Mapping, guide: Guide) -> Diagnostic:
    name = str(fault.value)
    message = f"`{shortened(name)}` must be {describe(fault.schema)}"
    advice = _other_name(fault, name) or f"for example {an_example(fault.schema, guide.schema)}"
    return Diagnostic(Code.WRONG_VALUE, message, _key(node, name), advice)


def _bad_value(fault: Fault, node: Node, place: Span, guide: Guide) -> Diagnostic:
    subject, wanted = _subject(fault.path), fault.owner
    advice = _advice(fault, node, an_example(wanted, guide.schema))
    is_type = fault.rule in ("type", "anyOf")
    code = Code.WRONG_TYPE if is_type else Code.WRONG_VALUE
    if isinstance(node, Scalar) and node.value is None:
        return Diagnostic(code, f"{subject} has no value", place, f"write {describe(wanted)}")
    blank = isinstance(node, Scalar) and not node.text.strip() and not is_type
    if fault.rule in _EMPTY or blank:
        return Diagnostic(code, f"{subject} is empty", place, advice)
    message = f"{subject} must be {describe(wanted)}, not {spelled(node, with_type=is_type)}"
    return Diagnostic(code, message, place, advice)


def _whole(fault: Fault) -> str:
    """Name a mapping by what it is; where its title lists what else may stand there, by its key."""
    title = describe(fault.schema)
    is_name = title.startswith(("a ", "an ", "several ")) and " or " not in title
    return title if is_name else _subject(fault.path)


def _subject(path: tuple[str | int, ...]) -> str:
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "the file"
    return f"an item of `{names[-1]}`" if isinstance(path[-1], int) else f"`{names[-1]}`"


def _advice(fault: Fault, node: Node, example: str | None) -> str | None:
    value: Any = fault.value
    types = fault.wanted if fault.rule == "type" else ()
    if "enum" in fault.schema and isinstance(node, Scalar):
        return _nearest_word(fault, node.text)
    if isinstance(node, Scalar) and not isinstance(value, str) and "string" in types:
        return f'put it in quotes: "{node.text}"'
    if fault.rule == "const":
        return f"write {fault.wanted}"
    if fault.rule == "pattern" and (name := _other_name(fault, str(value))):
        return name
    return None if example is None else f"for example {example}"


def _nearest_word(fault: Fault, written: str) -> str:
    words = [str(word) for word in fault.schema["enum"]]
    nearest = written if written in words else did_you_mean(written, words)
    listed = ", ".join(main_words(fault.schema))
    return f"did you mean `{nearest}`?" if nearest else f"one of: {listed}"


def _other_name(fault: Fault, name: str) -> str | None:
    """Offer the same name as the schema would take it."""
    if len(name) > _LONGEST_NAME:
        return None
    other = _NOT_IN_NAMES.sub("-", name.lower()).strip("-")
    pattern = str(fault.wanted).replace("$", r"\Z")
    return f"write `{other}`" if other != name and re.search(pattern, other) else None


def _key(node: Mapping, name: str) -> Span:
    return node.keys[name].span if name in node.keys else node.span
