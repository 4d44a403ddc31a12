"""Opens the provider that a project buys at; imported where one is asked, for it brings httpx."""

from storyboard.adapters.wavespeed.client import WaveSpeed
from storyboard.app.purse import Purse
from storyboard.engine.ports import Clock
from storyboard.model.secret import Secret

__all__ = ["open_provider"]


def open_provider(purse: Purse, key: Secret, clock: Clock) -> WaveSpeed:
    """Return the provider, an async context manager; the key goes to the purse's address alone."""
    return WaveSpeed(purse.base_url, key, clock, rehearsal=purse.rehearsal)
