"""Reads the bits of an H.264 NAL unit: plain numbers and Exp-Golomb codes (ITU-T H.264, 9.1)."""

__all__ = ["BitReader"]


class BitReader:
    """The bits of a NAL unit behind its header byte, read forward; past the end IndexError."""

    def __init__(self, payload: bytes) -> None:
        # After two zero bytes a 3 keeps the rest from looking like a start code, and says nothing.
        data = payload.replace(b"\0\0\3", b"\0\0")
        self._bits, self._left = int.from_bytes(data), 8 * len(data)

    def plain(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        if count > self._left:
            message = "a parameter set breaks off"
            raise IndexError(message)
        self._left -= count
        return self._bits >> self._left & (1 << count) - 1

    def unsigned(self) -> int:
        """Return the next ue(v): as many zeros as there are bits after the one that ends them."""
        zeros = 0
        while not self.plain(1):
            zeros += 1
        return (1 << zeros) - 1 + self.plain(zeros)

    def signed(self) -> int:
        """Return the next se(v), whose codes count 0, 1, -1, 2, -2 and so on."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)
