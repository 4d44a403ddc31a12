"""Where money is spent: the real address unless told, a rehearsal's folder apart."""

import pickle
import traceback

import pytest

from storyboard.app.purse import BASE_URL, find_key, load_purse
from storyboard.app.settings import load_settings
from storyboard.model.errors import EnvironmentFault
from storyboard.model.secret import Secret


def purse(root):
    return load_purse(load_settings(root))


def test_the_real_provider_is_meant_unless_told(tmp_path):
    """The address is the documented one, and its books lie in the project's own folder."""
    found = purse(tmp_path)
    assert (found.base_url, found.rehearsal, found.speed) == (BASE_URL, False, 1.0)
    assert found.ledger == tmp_path / ".storyboard" / "ledger.db"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8787", "http://localhost:8787/"])
def test_a_rehearsal_keeps_its_own_books(tmp_path, monkeypatch, address):
    """What a simulator sells never lies beside what was bought."""
    monkeypatch.setenv("WAVESPEED_BASE_URL", address)
    monkeypatch.setenv("STORYBOARD_REHEARSAL_SPEED", "50")
    found = purse(tmp_path)
    assert found.rehearsal
    assert found.speed == 50
    assert found.folder.parent == tmp_path / ".storyboard" / "rehearsals"
    assert not found.base_url.endswith("/")


def test_two_rehearsals_are_not_mixed_up(tmp_path, monkeypatch):
    """Each address has its own folder."""
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://127.0.0.1:8787")
    first = purse(tmp_path)
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://127.0.0.1:8788")
    assert purse(tmp_path).folder != first.folder


def test_real_money_is_never_hurried(tmp_path, monkeypatch):
    """The speed of a rehearsal does not reach the real provider: its waits are what is safe."""
    monkeypatch.setenv("STORYBOARD_REHEARSAL_SPEED", "50")
    assert purse(tmp_path).speed == 1.0


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "nan", "1e9"])
def test_a_speed_that_is_none(tmp_path, monkeypatch, speed):
    """It is refused in a sentence."""
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://127.0.0.1:8787")
    monkeypatch.setenv("STORYBOARD_REHEARSAL_SPEED", speed)
    with pytest.raises(EnvironmentFault, match="STORYBOARD_REHEARSAL_SPEED"):
        purse(tmp_path)


@pytest.mark.parametrize(
    "address",
    ["api.wavespeed.ai", "ftp://x", "http://[", "https://x:99999", "https://a:b@x", "https://"],
)
def test_an_address_that_is_none(tmp_path, monkeypatch, address):
    """It is refused, and not shown: it may hold a password."""
    monkeypatch.setenv("WAVESPEED_BASE_URL", address)
    with pytest.raises(EnvironmentFault, match="WAVESPEED_BASE_URL is no address"):
        purse(tmp_path)


def test_a_key_is_not_sent_in_the_open(tmp_path, monkeypatch):
    """Another machine is only spoken to over TLS."""
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://api.wavespeed.ai")
    with pytest.raises(EnvironmentFault, match="not https"):
        purse(tmp_path)


def test_the_key_of_the_environment(monkeypatch):
    """It is found, trimmed, and shown to nobody."""
    assert find_key() is None
    monkeypatch.setenv("WAVESPEED_API_KEY", " wsk_secret\n")
    key = find_key()
    assert key is not None
    assert key.reveal() == "wsk_secret"
    assert "wsk_secret" not in f"{key} {key!r} {[key]}"


def test_a_secret_is_written_nowhere():
    """Neither a pickle nor a traceback holds it."""
    text = "terces_ksw"[::-1]  # a traceback shows this very line
    with pytest.raises(TypeError) as caught:
        pickle.dumps(Secret(text))
    assert text not in "".join(traceback.format_exception(caught.value))


def test_the_key_of_the_keyring(monkeypatch):
    """Where the environment has none, the system's keyring is asked; its trouble is no key."""
    import keyring  # noqa: PLC0415
    from keyring.backend import KeyringBackend  # noqa: PLC0415
    from keyring.errors import KeyringLocked  # noqa: PLC0415

    class Ring(KeyringBackend):
        priority = 1
        locked = False

        def get_password(self, service, username):
            if self.locked:
                raise KeyringLocked
            return (
                "wsk_ring" if (service, username) == ("storyboard", "WAVESPEED_API_KEY") else None
            )

        def set_password(self, service, username, password): ...

        def delete_password(self, service, username): ...

    ring = Ring()
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    try:
        found = find_key()
        assert found is not None
        assert found.reveal() == "wsk_ring"
        ring.locked = True
        assert find_key() is None
    finally:
        keyring.set_keyring(before)
