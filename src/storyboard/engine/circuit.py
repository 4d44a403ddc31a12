"""Why a build stops spending by itself: a provider that fails order after order will fail the next.

Each order costs money until its refund is noted, and a broken model breaks all of them.
"""

__all__ = ["Circuit"]


class Circuit:
    """Opens after `most` upstream failures in a row; an order that works closes it again."""

    def __init__(self, most: int = 5) -> None:
        if most < 1:
            message = f"a circuit needs at least one failure to open, not {most}"
            raise ValueError(message)
        self._most = most
        self._in_a_row = 0

    def failed(self) -> None:
        """Note that the provider failed, through no fault of the order."""
        self._in_a_row += 1

    def worked(self) -> None:
        """Note that the provider made a clip."""
        self._in_a_row = 0

    @property
    def open(self) -> bool:
        """Whether nothing more should be ordered."""
        return self._in_a_row >= self._most
