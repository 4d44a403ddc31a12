"""A text that must never be shown: a key. What prints, logs or pickles it gets stars."""

from typing import NoReturn

__all__ = ["Secret"]


class Secret:
    """Holds a text that only `reveal` gives back."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that has to send it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    def __reduce__(self) -> NoReturn:
        message = "a secret is not written anywhere"
        raise TypeError(message)
