"""The trade's words: the schema carries the same ones, and every spelling leads to a word."""

import json
import re
from pathlib import Path

import pytest

from storyboard.model import vocabulary
from storyboard.model.vocabulary import Words

ROOT = Path(__file__).resolve().parents[3]
DEFINITIONS = json.loads((ROOT / "schemas" / "storyboard.schema.json").read_text("utf-8"))["$defs"]
NAMED = {
    "size": vocabulary.SIZE,
    "composition": vocabulary.COMPOSITION,
    "angle": vocabulary.ANGLE,
    "move": vocabulary.MOVE,
    "speed": vocabulary.SPEED,
    "support": vocabulary.SUPPORT,
    "lighting": vocabulary.LIGHTING,
    "transition-type": vocabulary.TRANSITION,
    "delivery": vocabulary.DELIVERY,
}


def enum_of(name):
    """Return the part of a definition that lists its words."""
    definition = DEFINITIONS[name]
    return definition if "enum" in definition else definition["anyOf"][0]


def capitals_of(name):
    """Return the spellings in capitals that a definition takes, as its pattern lists them."""
    patterns = [each.get("pattern") for each in DEFINITIONS[name].get("anyOf", ())]
    listed = "|".join(pattern for pattern in patterns if pattern).strip("^$()")
    return [re.sub(r"\\", "", each) for each in listed.split("|") if each]


def test_every_vocabulary_is_compared():
    """No set of words is left out of the comparison."""
    assert {name for name in vars(vocabulary) if name.isupper()} == {
        name for name, each in vars(vocabulary).items() if each in NAMED.values()
    }


@pytest.mark.parametrize("name", NAMED)
def test_the_schema_has_the_same_words(name):
    """An enum of the schema is the vocabulary's words, then their other spellings."""
    words = NAMED[name]
    assert enum_of(name)["enum"] == [*words.phrases, *words.aliases]


@pytest.mark.parametrize("name", NAMED)
def test_the_schema_says_what_each_word_means(name):
    """A word's meaning in an editor is its phrase; another spelling names its word."""
    words = NAMED[name]
    others = [f"the same as {word}" for word in words.aliases.values()]
    assert enum_of(name)["enumDescriptions"] == [*words.phrases.values(), *others]


@pytest.mark.parametrize("name", NAMED)
def test_capitals_are_words_too(name):
    """Whatever the schema takes in capitals is a word of the vocabulary."""
    for spelling in capitals_of(name):
        assert NAMED[name].canonical(spelling) in NAMED[name].phrases


@pytest.mark.parametrize("words", NAMED.values())
def test_aliases_lead_to_words(words):
    """Every other spelling stands for a word, and is not one itself."""
    assert set(words.aliases.values()) <= set(words.phrases)
    assert not set(words.aliases) & set(words.phrases)
    for spelling, word in words.aliases.items():
        assert words.canonical(spelling.upper()) == word


def test_a_word_that_is_none_stays_as_it_is():
    """An unknown spelling is not turned into something else."""
    assert Words({"cut": "cut"}).canonical("wobble") == "wobble"
