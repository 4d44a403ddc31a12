"""What plain values mean, and which of them readers of YAML disagree on."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from storyboard.compiler.syntax.scalars import Ambiguous, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("0", 0),
        ("00", 0),
        ("-0", 0),
        ("+7", 7),
        ("-12", -12),
        ("0o17", 15),
        ("0x1F", 31),
        ("18446744073709551615", 2**64 - 1),
        ("1.", 1.0),
        (".5", 0.5),
        ("-2.50", -2.5),
        ("1.5e+3", 1500.0),
    ],
)
def test_words_and_numbers_follow_the_core_schema(text, value):
    """Values mean what YAML 1.2 says, of exactly that type."""
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "kitten", "The end", "8s", "1m30s", "00:00:08:12", "2024-01-01", "2024-01-01T10:00:00Z",
        "nullable", "tRUE", "1.2.3", "3a7bd3e2360a3d29", "1:60", "-", "+", ".", "..", "0x", "0b",
        "_1", "0o8", "=", "<<", "\u0661\u0662", "10:30 in the morning", "1" * 70 + "x",
    ],
)  # fmt: skip
def test_everything_else_is_text(text):
    """Dates, timecodes, hashes and prose are text, without a word."""
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yes", "is true to many"),
        ("No", "is false to many"),
        ("on", "is true to many"),
        ("OFF", "is false to many"),
        ("y", "is true to many"),
        ("N", "is false to many"),
        ("16:9", "is the number 969 to many"),
        ("1:30", "is the number 90 to many"),
        ("-1:30", "is the number -90 to many"),
        ("01:30", "is the number 90 to many"),
        ("10:00:00:00", "is the number 2160000 to many"),
        ("1:30.5", "is the number 90.5 to many"),
        ("0777", "the number 777 to some YAML readers and the number 511 to others"),
        ("08", "the number 8 to some YAML readers and text to others"),
        ("0b11", "is the number 3 to many"),
        ("-0x1F", "is the number -31 to many"),
        ("1_000", "is the number 1000 to many"),
        ("1_0.5", "is the number 10.5 to many"),
        ("1e3", "the number 1000.0 to some YAML readers and text to others"),
        ("-.5", "the number -0.5 to some YAML readers and text to others"),
        (".inf", "not a number a film can use"),
        ("-.INF", "not a number a film can use"),
        (".NaN", "not a number a film can use"),
        ("1e400", "larger than"),
        ("18446744073709551616", "larger than"),
        ("9" * 5_000, "larger than"),
    ],
)
def test_values_that_readers_disagree_on_are_not_guessed(text, words):
    """The finding says what other readers make of it, and to put it in quotes."""
    found = resolve(text)
    assert isinstance(found, Ambiguous)
    assert words in found.message
    assert "quotes" in found.help
    assert len(found.message) < 200


_NUMBERISH = st.text("0123456789abxoXEe+-._:", max_size=10)
_WORDS = st.sampled_from(["y", "n", "yes", "no", "on", "off", "true", "null", "~", ".inf"]).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.title()])
)


@given(_NUMBERISH | _WORDS)
def test_what_is_not_refused_every_reader_agrees_on(text):
    """A value that passes means the same to a YAML 1.1 loader; `0o` octals and dates aside."""
    value = resolve(text)
    kind = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    if isinstance(value, Ambiguous) or text.startswith("0o") or kind in {"timestamp", "merge"}:
        return
    if kind in {"value", "str"}:
        assert value == text
    else:
        try:
            assert yaml.safe_load(text) == value
        except ValueError:
            # PyYAML takes a sign and underscores alone for a number, and then cannot read it.
            assert value == text
