"""The published schemas: explained in full, one with the vocabulary, and the pages made of them."""

import importlib.util
import json
import re
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.compiler.schema.check import fits
from storyboard.compiler.schema.words import resolved
from storyboard.model.money import parse_duration

ROOT = Path(__file__).resolve().parents[3]
SCENE_SCHEMA = ROOT / "schemas" / "scene.schema.json"
SCHEMAS = sorted(set((ROOT / "schemas").glob("*.schema.json")) - {SCENE_SCHEMA})
FILM = json.loads((ROOT / "schemas" / "storyboard.schema.json").read_text("utf-8"))


def properties(schema, where="film"):
    """Yield every property of a schema, wherever it is defined, with a name for messages."""
    if isinstance(schema, dict):
        for name, each in schema.get("properties", {}).items():
            yield f"{where}.{name}", each
        for key, each in schema.items():
            if key not in ("examples", "enum", "const"):
                yield from properties(each, key if key != "properties" else where)
    elif isinstance(schema, list):
        for each in schema:
            yield from properties(each, where)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
class TestPublished:
    """What holds for each published schema."""

    def test_is_a_schema(self, path):
        """Every published schema is valid against its metaschema."""
        schema = json.loads(path.read_text("utf-8"))
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema.Draft202012Validator.check_schema(schema)

    def test_explains_every_field(self, path):
        """Every field has a description, and examples that the schema itself accepts."""
        schema = json.loads(path.read_text("utf-8"))
        found = list(properties(schema))
        assert found
        for name, field in found:
            whole = resolved(field, schema)
            assert whole.get("description", "").endswith("."), name
            assert whole.get("examples"), name
            for example in whole["examples"]:
                assert fits(example, {**field, "$defs": schema["$defs"]}), (name, example)
        for example in schema["examples"]:
            assert fits(example, schema)

    def test_knows_its_keys(self, path):
        """A mapping either lists its keys and takes no others, or is keyed by names."""
        schema = json.loads(path.read_text("utf-8"))
        for each in [schema, *schema["$defs"].values()]:
            if "properties" in each:
                assert each["additionalProperties"] is False

    def test_every_word_has_its_meaning(self, path):
        """Every word of an enum that has meanings has one."""
        for found in re.finditer(
            r'"enum": (\[[^\]]*\]),\s*"enumDescriptions": (\[[^\]]*\])', path.read_text("utf-8")
        ):
            assert len(json.loads(found[1])) == len(json.loads(found[2]))


def test_the_schema_of_included_files_is_a_part_of_the_films():
    """A file named by `include` has a schema for editors, which only points into the film's."""
    scene = json.loads(SCENE_SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(scene)
    file, _, definition = scene["$ref"].partition("#/$defs/")
    assert (ROOT / "schemas" / file).is_file()
    included = {"$ref": f"#/$defs/{definition}", "$defs": FILM["$defs"]}
    assert fits({"id": "a", "shots": [{"id": "b"}]}, included)
    assert fits({"scenes": [{"include": "b.yaml"}]}, included)
    assert not fits({"storyboard": 1, "title": "T", "shots": []}, included)


def test_overrides_and_defaults_are_fields_of_a_shot():
    """A variant may change every field of a shot but its id; defaults set some of them."""
    fields = FILM["$defs"]["shot"]["properties"]
    overrides = FILM["$defs"]["shot-override"]["properties"]
    defaults = FILM["$defs"]["defaults"]["properties"]
    assert overrides == {name: field for name, field in fields.items() if name != "id"}
    assert defaults.items() <= overrides.items()


@given(
    st.one_of(
        st.sampled_from(["8", "8s", "0.5s", "500ms", "1m30s", "1h 2min", "00:00:08:12", "", "s"]),
        st.from_regex(r"[0-9hms: .]{0,12}", fullmatch=True),
        st.from_regex(FILM["$defs"]["time"]["pattern"], fullmatch=True),
    )
)
def test_the_schema_and_the_reader_agree_on_times(text):
    """Every text that the schema takes for a time is read as one, and no other."""
    stripped = text.strip(" ")
    accepted = fits(stripped, {"pattern": FILM["$defs"]["time"]["pattern"]})
    readable = parse_duration(stripped, Fraction(100)) is not None
    too_long = accepted and not readable and re.search(r"[0-9]{2}", stripped)
    assert accepted == readable or too_long


def test_the_reference_pages_are_current():
    """docs/language.md and docs/vocabulary.md say what the schema and the vocabulary say."""
    spec = importlib.util.spec_from_file_location("pages", ROOT / "scripts" / "generate_docs.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for path, text in script.pages().items():
        assert path.read_text("utf-8") == text, "run scripts/generate_docs.py"
    changed = {**FILM, "description": "Another language."}
    assert script.language_page(changed) != script.language_page(FILM)
