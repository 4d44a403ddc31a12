"""A piece of encoded sound on disk is whole, or told to be damaged."""

import pytest

from storyboard.adapters.media.sound.packets import DamagedPackets, read_packets, write_packets
from storyboard.model.errors import EnvironmentFault

PACKETS = [b"one", b"", b"three" * 10]


@pytest.mark.parametrize("packets", [[], PACKETS])
def test_packets_come_back_as_they_were(tmp_path, packets):
    """Each packet, empty ones too, in order."""
    path = str(tmp_path / "a.aac")
    write_packets(path, packets)
    assert list(read_packets(path)) == packets


def test_a_file_cut_short_or_changed_anywhere_is_told(tmp_path):
    """At every byte: neither half a file nor a flipped bit is ever taken for sound."""
    path = tmp_path / "a.aac"
    write_packets(str(path), PACKETS)
    whole = path.read_bytes()
    for place in range(len(whole)):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
            path.write_bytes(data)
            with pytest.raises(DamagedPackets, match=r"a\.aac"):
                read_packets(str(path))


def test_a_missing_file_is_told(tmp_path):
    """As the world's fault, which encoding again repairs."""
    with pytest.raises(DamagedPackets, match="does not exist"):
        read_packets(str(tmp_path / "a.aac"))


def test_a_disk_that_refuses_is_an_environment_fault(tmp_path):
    """A path through nothing is refused in a sentence."""
    with pytest.raises(EnvironmentFault, match="could not write"):
        write_packets(str(tmp_path / "no" / "a.aac"), PACKETS)
