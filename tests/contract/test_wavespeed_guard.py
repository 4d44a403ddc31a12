"""A provider's answer cannot lead us inwards: by number, by name or by redirect."""

import asyncio
import ipaddress
import socket

import pytest
from aiohttp.abc import AbstractResolver

from fakes.wavespeed import answer, mp4_of, run, scripted
from storyboard.adapters.wavespeed.guard import Barred, Guard, GuardedResolver, is_public
from storyboard.engine.provider import NotFetched

API = "https://api.wavespeed.ai"
CLIP = mp4_of(b"clip" * 100)
INWARDS = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]
OUTWARDS = ["8.8.8.8", "104.16.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


class Names(AbstractResolver):
    """Knows one name, which stands for the addresses given."""

    def __init__(self, *addresses):
        self.addresses = addresses

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {"hostname": host, "host": each, "port": port, "family": 2, "proto": 0, "flags": 0}
            for each in self.addresses
        ]

    async def close(self):
        pass


def resolved(guard, host, *addresses):
    found = asyncio.run(GuardedResolver(guard, Names(*addresses)).resolve(host, 443))
    return [each["host"] for each in found]


def download(server, url, path, **how):
    run(server.base_url, lambda api: api.download(url, str(path)), **how)


@pytest.mark.parametrize("number", INWARDS)
def test_a_number_that_leads_inwards_is_refused(number):
    """In a URL, and as what a name stands for."""
    address = ipaddress.ip_address(number)
    assert not is_public(address)
    host = f"[{number}]" if address.version == 6 else number
    assert Guard(API, rehearsal=False).refusal(f"https://{host}/clip.mp4")
    with pytest.raises(Barred):
        resolved(Guard(API, rehearsal=False), "cdn.example.com", number)


@pytest.mark.parametrize("number", OUTWARDS)
def test_a_number_of_the_internet_is_let_pass(number):
    """The guard bars nothing else."""
    address = ipaddress.ip_address(number)
    assert is_public(address)
    host = f"[{number}]" if address.version == 6 else number
    assert Guard(API, rehearsal=False).refusal(f"https://{host}/clip.mp4") is None
    assert resolved(Guard(API, rehearsal=False), "cdn.example.com", number) == [number]


def test_one_address_inwards_bars_the_name():
    """A name with two addresses could be connected to at either."""
    with pytest.raises(Barred):
        resolved(Guard(API, rehearsal=False), "cdn.example.com", "8.8.8.8", "127.0.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.com/clip.mp4",
        "ftp://cdn.example.com/clip.mp4",
        "file:///etc/passwd",
        "data:video/mp4;base64,AAAA",
        "//cdn.example.com/clip.mp4",
        "https:///clip.mp4",
        "https://user@cdn.example.com/clip.mp4",
        "https://cdn.example.com\\@127.0.0.1/",
        "https://2130706433/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://[::1",
        "https://a b/",
        "https://cdn.example.com:99999/",
        "clip.mp4",
        "",
        "https://cdn.example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_plain_https_address_is_refused(url):
    """Whatever another parser might make of it."""
    assert Guard(API, rehearsal=False).refusal(url)


@pytest.mark.parametrize(
    "url", ["https://d1.cloudfront.net/a/1.mp4", "https://cdn.wavespeed.ai:8443/a?b=c#d"]
)
def test_the_provider_s_hosts_are_let_pass(url):
    """Names and ports as they are seen."""
    assert Guard(API, rehearsal=False).refusal(url) is None


def test_a_rehearsal_may_fetch_from_its_own_host_alone():
    """Other addresses of this machine stay barred."""
    guard = Guard("http://127.0.0.1:8000", rehearsal=True)
    assert guard.refusal("http://127.0.0.1:8000/outputs/1.mp4") is None
    assert guard.refusal("http://127.0.0.2:8000/outputs/1.mp4")
    assert guard.refusal("http://localhost:8000/outputs/1.mp4")
    assert guard.refusal("https://192.168.1.1/outputs/1.mp4")
    assert Guard("http://127.0.0.1:8000", rehearsal=False).refusal("http://127.0.0.1:8000/1.mp4")


def test_a_clip_at_this_machine_is_not_fetched(tmp_path):
    """The server is not even asked; with the guard told that it is a rehearsal, it is."""
    path = tmp_path / "clip.mp4"
    with scripted(answer(200, CLIP)) as server:
        url = f"{server.base_url}/clip.mp4"
        with pytest.raises(NotFetched, match="the clip's address"):
            download(server, url, path, rehearsal=False)
        assert server.requests == []
        download(server, url, path)
        assert len(server.requests) == 1


def test_a_name_that_leads_to_this_machine_is_not_connected_to(tmp_path, monkeypatch):
    """It is barred where it is resolved; were it let through there, a connection would be made."""
    plain = socket.getaddrinfo

    def lying(host, port, *rest, **more):
        return plain("127.0.0.1" if host == "cdn.example.com" else host, port, *rest, **more)

    def fetch():
        with scripted(answer()) as server:
            url = f"https://cdn.example.com:{server.base_url.rpartition(':')[2]}/clip.mp4"
            with pytest.raises(NotFetched) as raised:
                download(server, url, tmp_path / "clip.mp4", rehearsal=False)
        return str(raised.value), server.connections

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    said, connections = fetch()
    assert "leads to this machine" in said
    assert connections == 0
    monkeypatch.setattr(Guard, "allows", lambda *_: True)
    assert fetch()[1] > 0


def test_a_redirect_is_followed_and_checked_at_each_step(tmp_path):
    """To the same host of a rehearsal, and by a path alone; not to another address."""
    path = tmp_path / "clip.mp4"
    with scripted(answer()) as server:
        server.answers = [
            answer(302, b"", Location="/other.mp4"),
            answer(307, b"", Location=f"{server.base_url}/third.mp4"),
            answer(200, CLIP),
        ]
        download(server, f"{server.base_url}/clip.mp4", path)
        asked = [each.path for each in server.requests]
        assert asked == ["/clip.mp4", "/other.mp4", "/third.mp4"]
        assert all("authorization" not in each.headers for each in server.requests)
    assert path.read_bytes() == CLIP


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/clip.mp4",
        "http://localhost:{port}/clip.mp4",
        "https://[::1]:{port}/clip.mp4",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_inwards_is_not_followed(tmp_path, target):
    """Once is enough to know."""
    with scripted(answer()) as server:
        port = server.base_url.rpartition(":")[2]
        server.answers = [answer(302, b"", Location=target.format(port=port))]
        with pytest.raises(NotFetched, match="the clip's address"):
            download(server, f"{server.base_url}/clip.mp4", tmp_path / "clip.mp4")
        assert len(server.requests) == 1


def test_redirects_come_to_an_end(tmp_path):
    """Five are followed."""
    with scripted(answer(302, b"", Location="/clip.mp4")) as server:
        with pytest.raises(NotFetched, match="on and on"):
            download(server, f"{server.base_url}/clip.mp4", tmp_path / "clip.mp4")
        assert len(server.requests) == 6


def test_a_picture_is_not_put_to_this_machine(tmp_path):
    """A ticket's address is checked as a clip's is."""
    picture = tmp_path / "still.png"
    picture.write_bytes(b"PNG")
    upload = {"method": "PUT", "url": "https://192.168.0.1/put", "headers": {}}
    body = {"code": 200, "message": "", "data": {"download_url": "https://x.y", "upload": upload}}
    with scripted(answer(200, body)) as server:
        with pytest.raises(NotFetched, match="the address for the picture"):
            run(server.base_url, lambda api: api.upload(str(picture)))
        assert len(server.requests) == 1
