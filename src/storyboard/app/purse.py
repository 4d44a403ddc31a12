"""Where a project's money is spent: the provider's address, and the folder of its ledger and clips.

A rehearsal (an address of this machine, such as `storyboard simulate`) has a folder of its own:
what it pretends to sell must never pass for a clip that was bought.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from storyboard.app.settings import ADDRESS, Settings
from storyboard.model.errors import EnvironmentFault, ErrorCode
from storyboard.model.money import MicroUsd
from storyboard.model.secret import Secret

__all__ = ["BASE_URL", "Purse", "find_key", "load_purse", "no_key"]

BASE_URL: Final = "https://api.wavespeed.ai"
_SERVICE: Final = "storyboard"
_ACCOUNT: Final = "WAVESPEED_API_KEY"
_FASTEST: Final = 10_000.0


@dataclass(frozen=True, slots=True)
class Purse:
    """An address to buy at, and where what is bought there is kept.

    `speed` is how many times as fast as real a rehearsal runs; 1 where money is real. `month` is
    what the project may spend in a calendar month (UTC).
    """

    base_url: str
    folder: Path
    rehearsal: bool
    speed: float = 1.0
    month: MicroUsd | None = None

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def clips(self) -> Path:
        return self.folder / "clips"

    @property
    def lock(self) -> Path:
        return self.folder / "build.lock"


def load_purse(settings: Settings) -> Purse:
    """Read from the environment where to buy; EnvironmentFault for an address that is none."""
    base_url = (os.environ.get(ADDRESS) or BASE_URL).rstrip("/")
    parts = _address(base_url)
    rehearsal = _is_loopback(parts.hostname or "")
    if parts.scheme == "http" and not rehearsal:
        message = "WAVESPEED_BASE_URL is not https, and a key is not sent in the open"
        raise EnvironmentFault(message, hint="use https, or an address of this machine")
    folder = settings.state
    if rehearsal:
        name = re.sub(r"[^\w.-]+", "-", parts.netloc)
        folder = settings.inside(folder / "rehearsals" / name)
    return Purse(base_url, folder, rehearsal, _speed() if rehearsal else 1.0, settings.month)


def find_key() -> Secret | None:
    """Return the key: from the environment or, where that extra is installed, the keyring."""
    written = os.environ.get(_ACCOUNT)
    if written and written.strip():
        return Secret(written.strip())
    try:
        import keyring  # noqa: PLC0415  an extra, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        kept = keyring.get_password(_SERVICE, _ACCOUNT)
    except (KeyringError, OSError, RuntimeError):
        return None
    return Secret(kept) if kept else None


def no_key(hint: str | None = None) -> EnvironmentFault:
    """Return the refusal of what takes a key, where `find_key` found none."""
    message = f"there is no key to buy with, in {_ACCOUNT} or the keyring"
    return EnvironmentFault(message, hint=hint, code=ErrorCode.NO_KEY)


def _address(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        parts, sound = urlsplit(""), None
    if not sound or parts.username or parts.query or parts.fragment:
        message = "WAVESPEED_BASE_URL is no address of the kind https://api.wavespeed.ai"
        raise EnvironmentFault(message, hint="unset it, or give scheme and host alone")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _speed() -> float:
    """Read how fast a rehearsal runs; it is `storyboard simulate --speed` that says what to set."""
    written = os.environ.get("STORYBOARD_REHEARSAL_SPEED", "1")
    try:
        speed = float(written)
    except ValueError:
        speed = 0.0
    if not 1 <= speed <= _FASTEST:
        message = f"STORYBOARD_REHEARSAL_SPEED is {written!r}, no number from 1 to {_FASTEST:.0f}"
        raise EnvironmentFault(message)
    return speed
