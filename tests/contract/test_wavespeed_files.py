"""Pictures go up and clips come down whole, or not at all, through bad weather."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from fakes.clock import FakeClock
from fakes.simulator import HandClock, simulated
from fakes.wavespeed import KEY, Line, answer, data, mp4_clip, mp4_of, run, scripted
from storyboard.adapters.wavespeed import files
from storyboard.adapters.wavespeed.patience import TRIES, Later
from storyboard.engine.ports import Ready
from storyboard.engine.provider import NotFetched, Taken
from storyboard.simulator.faults import Endpoint, Fate, Faults, read_faults
from storyboard.simulator.settings import AccountTerms, SimulatorSettings

SORA = "openai/sora-2/image-to-video"
CLIP = mp4_of(bytes(range(256)) * 64)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "my secret still.PNG"
    path.write_bytes(b"\x89PNG" + bytes(range(256)) * 8192)  # two megabytes: several pieces
    return path


def uploaded(simulator, path, **how):
    return run(simulator.base_url, lambda api: api.upload(str(path)), **how)


def stored(simulator):
    return [each.path.read_bytes() for each in simulator.provider.uploads.stored()]


def fetched(server, path, place="/clip.mp4", **how):
    run(server.base_url, lambda api: api.download(server.base_url + place, str(path)), **how)


def ticket(server, **more):
    upload = {
        "method": "PUT",
        "url": f"{server.base_url}/store?signature=s",
        "headers": {"Content-Type": "image/png", "If-None-Match": "*", "x-amz-acl": "private"},
        **more,
    }
    return data({"download_url": "https://cdn.example.com/p.png", "upload": upload})


# Uploads


def test_a_picture_is_handed_in_by_a_ticket(picture):
    """The store has its bytes, and each upload has a URL of its own."""
    with simulated(clock=HandClock()) as simulator:
        first, second = uploaded(simulator, picture), uploaded(simulator, picture)
        assert stored(simulator) == [picture.read_bytes()] * 2
    assert first != second
    assert "secret" not in first
    assert first.endswith(".png")


def test_the_store_gets_the_ticket_s_headers_and_not_the_key(picture):
    """Whoever keeps the files is not whom the key is for."""
    with scripted(answer(200)) as server:
        server.answers = [ticket(server), answer(200)]
        url = run(server.base_url, lambda api: api.upload(str(picture)))
    assert url == "https://cdn.example.com/p.png"
    asked, put = server.requests
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(asked.body)["content_type"] == "image/png"
    assert json.loads(asked.body)["size"] == len(put.body) == picture.stat().st_size
    assert (put.method, put.path) == ("PUT", "/store?signature=s")
    assert put.headers["if-none-match"] == "*"
    assert put.headers["x-amz-acl"] == "private"
    assert put.headers["content-type"] == "image/png"
    assert "transfer-encoding" not in put.headers
    assert put.body == picture.read_bytes()
    assert KEY not in str(put.headers)
    assert not [name for name in put.headers if name.startswith("x-client")]


@pytest.mark.parametrize("face", ["reset", "hang-up", "500", "503", "504"])
@pytest.mark.parametrize("done", ["", "+done"])
def test_a_put_that_failed_is_done_again_with_a_new_ticket(picture, face, done):
    """A ticket may have been used behind the failure, and is good for one file."""
    settings = SimulatorSettings(faults=read_faults([f"put={face}{done}"]))
    with simulated(settings, clock=HandClock()) as simulator:
        url = uploaded(simulator, picture)
        used = [each["path"] for each in simulator.report()["requests"] if each["method"] == "PUT"]
    assert len(set(used)) == len(used) == 2
    assert url.endswith(used[-1])


def test_an_upload_survives_a_storm(picture):
    """Tickets and puts are asked for until one of each comes through."""
    met = 0
    for seed in range(10):
        settings = SimulatorSettings(weather="stormy", seed=seed)
        with simulated(settings, clock=HandClock()) as simulator:
            uploaded(simulator, picture)
            assert picture.read_bytes() in stored(simulator)
            met += sum(bool(each["fault"]) for each in simulator.report()["requests"])
    assert met > 3


@pytest.mark.parametrize("gone", [answer(404, b"404 page not found"), answer(405, {"code": 405})])
def test_without_tickets_a_picture_goes_as_a_form(picture, gone):
    """The older way, where there is no newer one."""
    taken = data({"download_url": "https://cdn.example.com/p.png", "type": "image"})
    with scripted(gone, taken) as server:
        url = run(server.base_url, lambda api: api.upload(str(picture)))
    assert url == "https://cdn.example.com/p.png"
    form = server.requests[1]
    assert form.path == "/api/v3/media/upload/binary"
    assert form.headers["authorization"] == f"Bearer {KEY}"
    assert b'name="file"; filename="' in form.body
    assert picture.read_bytes() in form.body


def test_the_form_is_understood_by_the_simulator(picture):
    """A 404 for every ticket, and the picture arrives all the same."""
    faults = read_faults(["ticket=404", "ticket=404", "binary=502"])
    with simulated(SimulatorSettings(faults=faults), clock=HandClock()) as simulator:
        assert uploaded(simulator, picture).endswith(".png")
        assert stored(simulator) == [picture.read_bytes()]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (SimulatorSettings(upload_limit=100), "too large"),
        (SimulatorSettings(upload_quota=0), "no more pictures for now (429: Upload quota exceeded"),
        (SimulatorSettings(accounts=(AccountTerms("another"),)), "does not accept the key (401"),
        (SimulatorSettings(faults=read_faults(["put=413"])), "too large"),
    ],
)
def test_a_picture_that_will_not_be_taken_is_said_at_once(picture, settings, said):
    """Asking again would change nothing."""
    clock = FakeClock()
    with simulated(settings, clock=HandClock()) as simulator, pytest.raises(NotFetched) as raised:
        uploaded(simulator, picture, clock=clock)
    assert said in str(raised.value)
    assert clock.slept == []


@pytest.mark.parametrize(
    "upload",
    [
        {"method": "POST"},
        {"url": None},
        {"headers": ["Content-Type"]},
        {"headers": {"x": 1}},
        {"headers": {"x": "a\r\nAuthorization: b"}},
    ],
)
def test_a_ticket_that_makes_no_sense_is_asked_for_again(picture, upload):
    """And no bytes leave by it."""
    with scripted(answer()) as server:
        server.answers = [ticket(server, **upload), ticket(server), answer()]
        run(server.base_url, lambda api: api.upload(str(picture)))
    assert [each.method for each in server.requests] == ["POST", "POST", "PUT"]


def test_a_picture_that_is_not_there_is_named(tmp_path):
    """Without asking anybody for anything."""
    with scripted(answer()) as server, pytest.raises(NotFetched, match=r"gone\.png"):
        run(server.base_url, lambda api: api.upload(str(tmp_path / "gone.png")))
    assert server.requests == []


def test_a_picture_that_is_too_large_for_anybody_is_not_even_read(tmp_path):
    """Two hundred megabytes are the most that any client sends."""
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate((200 << 20) + 1)
    with scripted(answer()) as server, pytest.raises(NotFetched, match="too large"):
        run(server.base_url, lambda api: api.upload(str(path)))
    assert server.requests == []


# Downloads


def test_a_clip_comes_down_whole_and_without_the_key(tmp_path):
    """Byte for byte; the host that keeps it is not told who we are."""
    path = tmp_path / "clip.mp4"
    with scripted(answer(200, CLIP)) as server:
        fetched(server, path)
    assert path.read_bytes() == CLIP
    (asked,) = server.requests
    assert "authorization" not in asked.headers
    assert asked.headers["accept-encoding"] == "identity"


def test_a_clip_comes_through_a_storm(tmp_path):
    """Refused early, cut short, lost: asked for until it is whole."""
    met = 0
    for seed in range(10):
        clock, path = HandClock(), tmp_path / f"{seed}.mp4"
        faults = Faults({Endpoint.SUBMIT: (None,)}, (Fate.COMPLETED,), endless=True)
        settings = SimulatorSettings(weather="stormy", seed=seed, faults=faults)

        async def work(api, clock=clock, path=path):
            inputs = {"prompt": "A cat.", "image": "https://example.com/s.png", "duration": 4}
            taken = await api.submit(SORA, json.dumps(inputs))
            assert isinstance(taken, Taken)
            clock.move(200)
            while not isinstance(ready := await api.look(taken.prediction), Ready):
                pass
            await api.download(ready.url, str(path))

        with simulated(settings, mp4_clip, clock) as simulator:
            run(simulator.base_url, work)
            (made,) = simulator.provider.predictions
            assert path.read_bytes() == made.clip.path.read_bytes()
            met += sum(
                bool(each["fault"])
                for each in simulator.report()["requests"]
                if each["endpoint"] == Endpoint.DOWNLOAD
            )
    assert met > 3


@pytest.mark.parametrize(
    "broken",
    [
        answer(200, CLIP[:-1], Content_Length=str(len(CLIP))),
        answer(200, b"<html>please log in</html>"),
        answer(200, b""),
        answer(403, b"<Error/>"),
        answer(404, b"<Error/>"),
        answer(500, b""),
        answer(206, CLIP),
        Line.DROPPED,
        Line.RESET,
    ],
)
def test_what_is_no_whole_clip_is_asked_for_again_and_never_left_behind(tmp_path, broken):
    """After all tries there is no file, not even a part of one."""
    path = tmp_path / "clip.mp4"
    with scripted(broken, broken, answer(200, CLIP)) as server:
        fetched(server, path)
    assert path.read_bytes() == CLIP
    path.unlink()
    clock = FakeClock()
    with scripted(broken) as server, pytest.raises(NotFetched, match="cannot be fetched now"):
        fetched(server, path, clock=clock)
    assert len(clock.slept) == TRIES - 1
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_is_shorter_than_it_was_said_to_be_is_not_kept(tmp_path):
    """Also where the transport below would let it pass."""
    path = tmp_path / "clip.mp4"

    async def write(promised):
        async def body():
            yield CLIP

        lying = httpx.Response(200, headers={"Content-Length": str(promised)}, content=body())
        return await files._write(lying, path)

    assert asyncio.run(write(len(CLIP))) is None
    assert path.read_bytes() == CLIP
    assert isinstance(asyncio.run(write(len(CLIP) + 1)), Later)
    assert not path.exists()


def test_a_clip_of_unknown_length_is_taken(tmp_path):
    """Some servers send in chunks, and say when they have ended."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(CLIP), CLIP)
    with scripted(chunked + body) as server:
        fetched(server, tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes() == CLIP
    with scripted(chunked + body[:-5]) as server, pytest.raises(NotFetched):
        fetched(server, tmp_path / "other.mp4")


def test_a_clip_without_an_end_is_not_fetched(tmp_path, monkeypatch):
    """Neither one that says how large it is, nor one that does not."""
    path = tmp_path / "clip.mp4"
    endless = answer(200, CLIP, Content_Length=str((2 << 30) + 1))
    with scripted(endless) as server, pytest.raises(NotFetched, match="larger than 2 GB"):
        fetched(server, path)
    monkeypatch.setattr(files, "_LARGEST_CLIP", 1000)
    chunked = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + CLIP
    with scripted(chunked) as server, pytest.raises(NotFetched, match="larger than 2 GB"):
        fetched(server, path)
    assert len(server.requests) == 1
    assert not path.exists()


def test_a_disk_that_refuses_is_not_blamed_on_the_network(tmp_path):
    """And is not asked six times."""
    with (
        scripted(answer(200, CLIP)) as server,
        pytest.raises(NotFetched, match="cannot be written"),
    ):
        fetched(server, tmp_path / "no folder" / "clip.mp4")
    assert len(server.requests) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_is_said(tmp_path):
    """In the system's words."""
    full = tmp_path / "clip.mp4"
    full.symlink_to("/dev/full")
    with scripted(answer(200, CLIP)) as server, pytest.raises(NotFetched, match="no space"):
        fetched(server, full)
