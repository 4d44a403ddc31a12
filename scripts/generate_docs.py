"""Writes the reference pages that are made from data: docs/language.md and docs/vocabulary.md.

Run it after a change to schemas/storyboard.schema.json or model/vocabulary.py; a test compares.
With --check it writes nothing and tells whether the pages are current.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from storyboard.compiler.schema.words import JsonSchema, an_example, describe, main_words, resolved
from storyboard.model import vocabulary
from storyboard.model.vocabulary import Words

ROOT = Path(__file__).resolve().parent.parent

_SECTIONS = (
    ("A film", ""),
    ("`format`", "format"),
    ("`budget`", "budget"),
    ("`mix` of the film", "film-mix"),
    ("`music`", "music"),
    ("`title_card`", "title-card"),
    ("`credits`", "credits"),
    ("A line of the `credits`", "credit"),
    ("A character", "character"),
    ("A location", "location"),
    ("A scene", "scene"),
    ("An include", "include"),
    ("A shot", "shot"),
    ("`image` and `end_image`", "image"),
    ("`camera`", "camera"),
    ("`sound`", "sound"),
    ("A line of `dialogue`", "line"),
    ("`trim`", "trim"),
    ("`transition`", "transition"),
    ("`focus`", "focus"),
    ("`mix` of a shot", "shot-mix"),
    ("A track of a shot's `mix`", "track"),
    ("`defaults`", "defaults"),
    ("A variant", "variant"),
)
_LANGUAGE = """\
# The language

Every field of a storyboard, version 1. This page is made from `schemas/storyboard.schema.json` by
`scripts/generate_docs.py`. An editor with a YAML language server shows the same words as you type
when a film begins with `# yaml-language-server: $schema=` and the path of that file; a file of
scenes that a film includes takes `schemas/scene.schema.json`.

A film has `scenes` with `shots` in them, or, when it is short, `shots` at the top. Unknown fields
are errors. A time is written `8`, `8s`, `0.5s`, `500ms`, `1m30s` or as a timecode `00:00:08:12`.
The words of `size`, `move`, `transition` and the like are in [the vocabulary](vocabulary.md).
"""
_VOCABULARY = """\
# The vocabulary

The film trade's words that a storyboard may use, what each says in a prompt, and the other
spellings that are read as the same word. The codes of size, composition and delivery are read in
capitals too. This page is made from `src/storyboard/model/vocabulary.py` by
`scripts/generate_docs.py`.
"""
_WORDS: tuple[tuple[str, Words, str], ...] = (
    (
        "Shot size: `camera.size`",
        vocabulary.SIZE,
        (
            "StudioBinder, camera shots; Dublin City University, thinkdigitalvideo concepts 04A; "
            "Storyboarder Shot Generator"
        ),
    ),
    (
        "Composition: `camera.composition`",
        vocabulary.COMPOSITION,
        "StudioBinder, camera shots; Storyboarder",
    ),
    (
        "Angle: `camera.angle`",
        vocabulary.ANGLE,
        "studiobinder.com/blog/types-of-camera-shot-angles-in-film; Storyboarder",
    ),
    (
        "Move: `camera.move`",
        vocabulary.MOVE,
        (
            "mediacollege.com/video/shots/movement.html; StudioBinder; videomaker.com 14221. "
            "One move and one action to a shot: OpenAI's Sora 2 prompting guide"
        ),
    ),
    (
        "Speed: `camera.speed`",
        vocabulary.SPEED,
        "common usage; no single source",
    ),
    (
        "Support: `camera.support`",
        vocabulary.SUPPORT,
        "StudioBinder: what carries the camera is not the path it takes",
    ),
    (
        "Lighting: `lighting`",
        vocabulary.LIGHTING,
        "hurlbutacademy, three-point light; march21.nl, high key and low key; BMCC OpenLab",
    ),
    (
        "Transition: `transition`",
        vocabulary.TRANSITION,
        (
            "en.wikipedia.org/wiki/Film_transition; Autodesk Smoke EDL manual (wipes); "
            "clairegipson.com (match and smash cuts)"
        ),
    ),
    (
        "Delivery: `dialogue[].delivery`",
        vocabulary.DELIVERY,
        (
            "screenwriting.io/what-is-the-difference-between-v-o-and-o-s; quoteunquoteapps.com; "
            "fountain.io/syntax"
        ),
    ),
)


def language_page(schema: JsonSchema) -> str:
    """Write the reference of every field."""
    parts = [_LANGUAGE]
    for heading, name in _SECTIONS:
        whole = resolved(schema["$defs"][name], schema) if name else schema
        parts.append(f"## {heading}\n\n{whole['description']}\n")
        parts.append("\n".join(_table(whole, schema)) + "\n")
    return "\n".join(parts)


def _table(whole: JsonSchema, schema: JsonSchema) -> Iterator[str]:
    holder = next(each for each in (whole, *whole.get("anyOf", ())) if "properties" in each)
    needed = holder.get("required", ())
    yield "| field | takes | what it is | example |"
    yield "|---|---|---|---|"
    for name, written in holder["properties"].items():
        field = resolved(written, schema)
        takes = _takes(field, schema) + (" (required)" if name in needed else "")
        cells = (f"`{name}`", takes, field["description"], f"`{an_example(field, schema)}`")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _takes(field: JsonSchema, schema: JsonSchema) -> str:
    """Say what a field takes, with the words of a short enum."""
    words = main_words(field) if "enum" in field else []
    if words and len(", ".join(words)) <= 90:
        return ", ".join(f"`{word}`" for word in words)
    title = describe(field)
    return title if title != "another value" else describe(resolved(field, schema))


def vocabulary_page() -> str:
    """Write the trade's words with their sources."""
    parts = [_VOCABULARY]
    for heading, words, source in _WORDS:
        parts.append(f"## {heading}\n")
        parts.append("\n".join(_words(words)) + "\n")
        parts.append(f"Source: {source}.\n")
    return "\n".join(parts)


def _words(words: Words) -> Iterator[str]:
    yield "| word | in a prompt | also written |"
    yield "|---|---|---|"
    for word, phrase in words.phrases.items():
        others = [f"`{alias}`" for alias, meant in words.aliases.items() if meant == word]
        yield f"| `{word}` | {phrase} | {', '.join(others)} |"


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    schema = json.loads((ROOT / "schemas" / "storyboard.schema.json").read_text("utf-8"))
    docs = ROOT / "docs"
    return {docs / "language.md": language_page(schema), docs / "vocabulary.md": vocabulary_page()}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check only compare them."""
    stale = [
        (path, text)
        for path, text in pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    for path, text in stale:
        print(f"{'stale' if '--check' in arguments else 'wrote'} {path.relative_to(ROOT)}")
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
