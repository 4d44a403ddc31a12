"""Says what a schema wants in its own words: titles, examples, and where each key belongs."""

import json
import re
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from storyboard.model.tree import Mapping, Node, Scalar

__all__ = [
    "Guide",
    "JsonSchema",
    "an_example",
    "describe",
    "main_words",
    "our_name",
    "resolved",
    "shortened",
    "spelled",
]

JsonSchema: TypeAlias = Table[str, Any]

_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_PLAIN = re.compile(r"[A-Za-z0-9][\w ./()-]*")
_SHOWN = 40
_SAME = "the same as "
_OTHER_NAMES = {
    "aspect_ratio": "aspect",
    "cast": "characters",
    "colors": "palette",
    "colours": "palette",
    "comment": "notes",
    "description": "action",
    "dof": "depth_of_field",
    "end_frame": "end_image",
    "first_frame": "image",
    "focal_length": "lens",
    "frame_rate": "fps",
    "framerate": "fps",
    "framing": "size",
    "image_url": "image",
    "last_frame": "end_image",
    "last_image": "end_image",
    "length": "duration",
    "motion": "move",
    "movement": "move",
    "narration": "dialogue",
    "place": "location",
    "prompt": "action",
    "ratio": "aspect",
    "seconds": "duration",
    "sfx": "effects",
    "shot_size": "size",
    "shot_type": "size",
    "start_image": "image",
    "still": "image",
    "style": "look",
    "transition_in": "transition",
    "variables": "vars",
    "voiceover": "dialogue",
}
"""What our fields are called elsewhere, in shot lists and in other tools."""


def describe(schema: JsonSchema) -> str:
    """Say what the schema takes: its title, or its types in plain words."""
    if title := schema.get("title"):
        return str(title)
    types = schema.get("type", ())
    listed = [types] if isinstance(types, str) else types
    return " or ".join(_TYPES[each] for each in listed) or "another value"


def spelled(node: Node, *, with_type: bool = False) -> str:
    """Say what was written instead."""
    match node:
        case Scalar(value=str(), text=text):
            return f"the text `{shortened(text)}`" if with_type else f"`{shortened(text)}`"
        case Scalar(value=int() | float() as value, text=text) if not isinstance(value, bool):
            return f"the number {text}" if with_type else text
        case Scalar(text=text):
            return text
        case Mapping():
            return "a mapping"
        case _:
            return "a list"


def shortened(text: str) -> str:
    """Return what was written on one line, and not too much of it."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def an_example(schema: JsonSchema, root: JsonSchema) -> str | None:
    """Return the schema's first example as it may be typed."""
    examples = resolved(schema, root).get("examples")
    return _typed(examples[0]) if examples else None


def _typed(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Write a value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_typed(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_typed, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def main_words(schema: JsonSchema) -> list[str]:
    """Return an enum's own words, without the other spellings it also takes."""
    words = schema["enum"]
    meanings = schema.get("enumDescriptions", [""] * len(words))
    return [
        str(word)
        for word, meaning in zip(words, meanings, strict=True)
        if not meaning.startswith(_SAME)
    ]


def our_name(key: str) -> str:
    """Return our name for a field that goes by another elsewhere; the key itself if it does not."""
    return _OTHER_NAMES.get(key.lower().replace("-", "_"), key)


@dataclass(frozen=True, slots=True)
class Guide:
    """A schema, and where in it every key is known: looked up once for all findings."""

    schema: JsonSchema
    _within: dict[int, dict[str, str]] = field(default_factory=dict)
    _anywhere: dict[str, str] = field(default_factory=dict)

    def within(self, key: str, here: JsonSchema) -> str | None:
        """Say which field of this mapping the key belongs under."""
        homes = self._within.get(id(here))
        if homes is None:
            fields = here.get("properties", {}).items()
            homes = {
                inner: f"under `{name}`"
                for name, written in fields
                for each in _alternatives(written, self.schema)
                for inner in each.get("properties", {})
            }
            self._within[id(here)] = homes
        return homes.get(key)

    def anywhere(self, key: str) -> str | None:
        """Say where in a whole file the key belongs: the first place that knows it."""
        if not self._anywhere:
            for home, properties in _mappings(self.schema):
                for name in properties:
                    self._anywhere.setdefault(name, home)
        return self._anywhere.get(key)


def resolved(schema: JsonSchema, root: JsonSchema) -> JsonSchema:
    """Follow a reference; what stands beside it goes before what it refers to."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    target: Any = root
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**resolved(target, root), **beside}


def _alternatives(schema: JsonSchema, root: JsonSchema) -> Iterator[JsonSchema]:
    schema = resolved(schema, root)
    yield schema
    for each in schema.get("anyOf", ()):
        yield from _alternatives(each, root)


def _mappings(root: JsonSchema) -> Iterator[tuple[str, JsonSchema]]:
    """Yield each kind of mapping there is, as the place it stands in, and its properties."""
    yield f"at the top of {root['title'].replace('a ', 'the ', 1)}", root.get("properties", {})
    for definition in root.get("$defs", {}).values():
        for name, written in definition.get("properties", {}).items():
            for each in _alternatives(written, root):
                if "properties" in each:
                    yield f"under `{name}`", each["properties"]
        title = definition.get("title", "")
        if title.startswith(("a ", "an ")) and "properties" in definition:
            yield f"in {title}", definition["properties"]
