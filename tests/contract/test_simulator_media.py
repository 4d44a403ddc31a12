"""Files at the simulator: uploads by ticket and by form, and pictures that orders are made of."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fakes.caller import SEEDANCE, SORA, SORA_PRO, called
from fakes.simulator import HandClock, stub_clip
from storyboard.simulator.catalogue import CATALOGUE
from storyboard.simulator.faults import read_faults
from storyboard.simulator.media import file_in_form
from storyboard.simulator.settings import Durations, SimulatorSettings

PLAIN = Durations(shortest_latency=60, longest_latency=60)
WEEK = 7 * 24 * 3600


def picture(width, height):
    """Return a PNG of a size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "png")
    return file.getvalue()


def code_of(answer):
    """Return status and code of a refusal by the store of files."""
    return answer.status_code, answer.text.partition("<Code>")[2].partition("</Code>")[0]


def test_a_ticket_has_the_documented_shape():
    """Where to put the file and with which headers, and where it will be."""
    with called() as call:
        given_ticket = call.ticket(b"123", "my still.png")
        upload = given_ticket.pop("upload")
        address = given_ticket.pop("download_url")
        root = call.simulator.base_url
    assert given_ticket == {"type": "image", "filename": "my still.png", "size": 3}
    assert address.startswith(f"{root}/uploads/")
    assert address.endswith("/my%20still.png")
    assert upload.pop("url").startswith(f"{address}?signature=")
    assert upload == {
        "method": "PUT",
        "headers": {"Content-Type": "image/png", "If-None-Match": "*"},
    }


def test_a_file_is_put_once_and_lies_there_for_a_week():
    """A second PUT with the same ticket is refused; without a key, anybody may read it."""
    clock = HandClock()
    with called(clock=clock) as call:
        ticket = call.ticket(b"123")
        upload = ticket["upload"]
        assert call.plain("GET", ticket["download_url"]).status_code == 404
        put = {"headers": upload["headers"], "content": b"123"}
        assert call.plain("PUT", upload["url"], **put).status_code == 200
        assert code_of(call.plain("PUT", upload["url"], **put)) == (412, "PreconditionFailed")
        clock.move(WEEK - 1)
        got = call.plain("GET", ticket["download_url"])
        assert (got.content, got.headers["content-type"]) == (b"123", "image/png")
        clock.move(1)
        assert call.plain("GET", ticket["download_url"]).status_code == 404


@pytest.mark.parametrize(
    ("headers", "content", "late", "refusal"),
    [
        ({"Authorization": "Bearer a-key"}, b"123", 0, (400, "InvalidArgument")),
        ({"Content-Type": "text/plain"}, b"123", 0, (403, "SignatureDoesNotMatch")),
        ({"If-None-Match": ""}, b"123", 0, (403, "SignatureDoesNotMatch")),
        ({}, b"12", 0, (400, "IncompleteBody")),
        ({}, b"1234", 0, (400, "IncompleteBody")),
        ({}, b"123", 3600, (403, "AccessDenied")),
    ],
)
def test_a_put_that_is_not_as_the_ticket_says_is_refused(headers, content, late, refusal):
    """Nothing is stored, and a right PUT is still taken while the ticket lives."""
    clock = HandClock()
    with called(clock=clock) as call:
        ticket = call.ticket(b"123")
        upload = ticket["upload"]
        clock.move(late)
        wrong = {"headers": {**upload["headers"], **headers}, "content": content}
        assert code_of(call.plain("PUT", upload["url"], **wrong)) == refusal
        assert call.plain("GET", ticket["download_url"]).status_code == 404
        right = call.plain("PUT", upload["url"], headers=upload["headers"], content=b"123")
        assert right.status_code == (403 if late else 200)


def test_a_put_without_a_ticket_is_refused():
    """Neither a token that was never given nor a wrong signature opens anything."""
    with called() as call:
        upload = call.ticket(b"123")["upload"]
        unsigned = upload["url"].partition("?")[0]
        put = {"headers": upload["headers"], "content": b"123"}
        assert code_of(call.plain("PUT", unsigned, **put)) == (403, "SignatureDoesNotMatch")
        assert call.plain("PUT", "/uploads/unknown/a.png", **put).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"filename": "a.png"}, {"filename": "", "size": 1}, {"filename": "a", "size": -1}]
)
def test_a_ticket_needs_a_name_and_a_size(body):
    """The field is named."""
    with called() as call:
        refused = call.post("/media/uploads", body)
    assert refused.status_code == 400
    assert 'field "' in refused.json()["message"]


def test_a_file_that_is_too_large_is_refused():
    """Both ways to upload have the limit."""
    with called(SimulatorSettings(upload_limit=3)) as call:
        assert call.post("/media/uploads", {"filename": "a.png", "size": 4}).status_code == 413
        assert form(call, b"1234").status_code == 413
        assert form(call, b"123").status_code == 200


def test_uploads_have_a_quota():
    """Beyond it, the same code as for too many requests, in words of its own."""
    with called(SimulatorSettings(upload_quota=1)) as call:
        call.ticket(b"123")
        refused = call.post("/media/uploads", {"filename": "a.png", "size": 3})
    assert refused.status_code == 429
    assert refused.json() == {"code": 429, "message": "Upload quota exceeded"}


def test_a_put_can_be_done_without_an_answer():
    """The file is there; who puts it again is told so."""
    with called(SimulatorSettings(faults=read_faults(["put=502+done"]))) as call:
        ticket = call.ticket(b"123")
        upload = ticket["upload"]
        put = {"headers": upload["headers"], "content": b"123"}
        answers = [call.plain("PUT", upload["url"], **put).status_code for _ in range(2)]
        assert answers == [502, 412]
        assert call.plain("GET", ticket["download_url"]).content == b"123"


def form(call, content, field="file"):
    """Upload as the older clients do."""
    return call.client.post(
        "/api/v3/media/upload/binary",
        files={field: ("still.png", content, "image/png")},
        headers={"Authorization": "Bearer a-key"},
    )


def test_a_form_is_taken_too():
    """The older way: one request, one field, and the address in the answer."""
    with called() as call:
        answer = form(call, b"\x00\r\n--\xff").json()["data"]
        got = call.plain("GET", answer.pop("download_url"))
        assert answer == {"type": "image", "filename": "still.png", "size": 6}
        assert got.content == b"\x00\r\n--\xff"
        assert form(call, b"123", field="picture").status_code == 400
        assert call.post("/media/upload/binary", {}).status_code == 400


@given(st.binary())
def test_every_byte_of_a_form_arrives(content):
    """Whatever is in a file, line ends and zeroes among it."""
    body = b"".join(
        (
            b"--limit\r\n",
            b'Content-Disposition: form-data; name="other"\r\n\r\nx\r\n--limit\r\n',
            b'Content-Disposition: form-data; name="file"; filename="a.png"\r\n',
            b"Content-Type: image/png\r\n\r\n" + content + b"\r\n--limit--\r\n",
        )
    )
    found = file_in_form("multipart/form-data; boundary=limit", body)
    assert found == ("a.png", "image/png", content)


@pytest.mark.parametrize(
    ("size", "model", "inputs", "made"),
    [
        ((1920, 1080), SORA, {}, (1280, 720)),
        ((1080, 1920), SORA, {}, (720, 1280)),
        ((500, 500), SORA, {}, (1280, 720)),
        ((1080, 1920), SORA_PRO, {"resolution": "1080p"}, (1080, 1920)),
        ((1080, 1920), SEEDANCE, {}, (720, 1280)),
        ((1000, 1000), SEEDANCE, {"resolution": "480p"}, (480, 480)),
        ((1000, 1000), SEEDANCE, {"aspect_ratio": "21:9"}, (1680, 720)),
        ((1920, 1080), SEEDANCE, {"resolution": "480p"}, (854, 480)),
    ],
)
def test_the_frame_follows_the_picture(size, model, inputs, made):
    """Its orientation, or its nearest ratio, or the ratio that is asked for."""
    model = next(each for each in CATALOGUE if each.id == model)
    assert model.frame_size(inputs, size) == made


def test_the_renderer_is_handed_the_picture_itself():
    """The path of the file, and the frame by its orientation; the history has the URL."""
    clock = HandClock()
    orders = []

    def render(inputs, width, height, seconds, path):
        with open(inputs["image"], "rb") as file:
            orders.append((file.read(), width, height))
        stub_clip(inputs, width, height, seconds, path)

    still = picture(90, 160)
    with called(SimulatorSettings(durations=PLAIN), render, clock) as call:
        address = call.upload(still)
        name = call.order(image=address)
        clock.move(60)
        assert call.wait(name)["status"] == "completed"
        assert call.history(include_inputs=True)[0]["inputs"]["image"] == address
    assert orders == [(still, 720, 1280)]


@pytest.mark.parametrize("content", [b"no picture", None])
def test_a_picture_that_is_not_there_fails_the_prediction(content):
    """Taken and charged, then failed for the picture: never put, or no picture at all."""
    clock = HandClock()
    with called(SimulatorSettings(durations=PLAIN), clock=clock) as call:
        address = call.upload(content) if content else call.ticket(b"123")["download_url"]
        name = call.order(image=address)
        clock.move(60)
        failed = call.look(name)
    assert (failed["status"], failed["code"]) == ("failed", 1402)
    assert failed["error"] == "Failed to download image from the provided URL."
