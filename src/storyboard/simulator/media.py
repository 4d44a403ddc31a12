"""The endpoints for files: uploads by ticket and by form, what was uploaded, and finished clips."""

from collections.abc import AsyncIterator
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import HTTP

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from storyboard.simulator.account import Account
from storyboard.simulator.faces import Answer
from storyboard.simulator.orders import account_of, base_url
from storyboard.simulator.provider import Provider
from storyboard.simulator.reply import Refusal, Reply, json_object, xml_refusal
from storyboard.simulator.uploads import Ticket, WrongLength

__all__ = ["about_the_token", "binary", "download", "file_in_form", "put", "ticket", "uploaded"]


async def ticket(provider: Provider, request: Request) -> Reply:
    """Give leave to put one file."""
    account = account_of(provider, request)
    body = await json_object(request)
    name, size = body.get("filename"), body.get("size")
    if not isinstance(name, str) or not name:
        raise Refusal(1400, 'field "filename" is required', 400)
    if type(size) is not int or size < 0:
        raise Refusal(1401, 'field "size" must be the length in bytes', 400)
    issued = _issue(provider, account, name, size, body.get("content_type"))
    address = base_url(request)
    instruction = {
        "method": "PUT",
        "url": f"{address}{issued.place}?signature={issued.signature}",
        "headers": {"Content-Type": issued.content_type, "If-None-Match": "*"},
    }
    return Reply({**_shown(issued, address), "upload": instruction})


async def put(provider: Provider, request: Request) -> Answer:
    """Take a file in for its ticket, as a store of files does: once, and without our key."""
    issued = provider.uploads.ticket(request.path_params["token"])
    refusal = _put_refusal(issued, request, provider.now())
    if issued is None or refusal is not None:
        return refusal or xml_refusal(404, "NoSuchKey")
    try:
        await provider.uploads.store(issued, request.stream(), provider.now())
    except WrongLength:
        return xml_refusal(400, "IncompleteBody")
    return Response()


async def binary(provider: Provider, request: Request) -> Reply:
    """Take a file in as the field `file` of a form, the older way."""
    account = account_of(provider, request)
    name, kind, content = file_in_form(request.headers["content-type"], await request.body())
    issued = _issue(provider, account, name, len(content), kind)
    await provider.uploads.store(issued, _once(content), provider.now())
    return Reply(_shown(issued, base_url(request)))


async def uploaded(provider: Provider, request: Request) -> Answer:
    """Serve a file that was uploaded in the last week; no key is needed."""
    kept = provider.uploads.kept(request.path_params["token"], provider.now())
    if kept is None:
        return xml_refusal(404, "NoSuchKey")
    return FileResponse(kept.path, media_type=kept.content_type)


async def download(provider: Provider, request: Request) -> Answer:
    """Serve a finished clip of the last week; no key is needed."""
    found = provider.predictions.find(request.path_params["id"], provider.now())
    if found is None or found.clip is None or found.status != "completed":
        return xml_refusal(403, "AccessDenied")
    return FileResponse(found.clip.path, media_type="video/mp4")


async def about_the_token(_: Provider, request: Request) -> str:
    """Return which upload a request is about, for the weather."""
    return str(request.path_params["token"])


def _issue(provider: Provider, account: Account, name: str, size: int, kind: object) -> Ticket:
    settings = provider.settings
    if size > settings.upload_limit:
        raise Refusal(413, "File too large")
    if settings.upload_quota is not None and account.uploads >= settings.upload_quota:
        raise Refusal(429, "Upload quota exceeded")
    account.uploads += 1
    content_type = kind if isinstance(kind, str) and kind else None
    return provider.uploads.issue(name, size, content_type, provider.now())


def _shown(issued: Ticket, address: str) -> dict[str, object]:
    return {
        "type": issued.kind,
        "download_url": address + issued.place,
        "filename": issued.filename,
        "size": issued.size,
    }


def _put_refusal(issued: Ticket | None, request: Request, now: float) -> Response | None:
    headers = request.headers
    if issued is None:
        return xml_refusal(404, "NoSuchKey")
    if "authorization" in headers:
        return xml_refusal(400, "InvalidArgument")
    signed = request.query_params.get("signature") == issued.signature
    asked = headers.get("if-none-match") == "*"
    if not (signed and asked and headers.get("content-type") == issued.content_type):
        return xml_refusal(403, "SignatureDoesNotMatch")
    if now >= issued.expires:
        return xml_refusal(403, "AccessDenied")
    return xml_refusal(412, "PreconditionFailed") if issued.stored is not None else None


def file_in_form(content_type: str, body: bytes) -> tuple[str, str, bytes]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    form: Message = BytesParser(policy=HTTP).parsebytes(head + body)
    for part in form.iter_parts() if isinstance(form, EmailMessage) else ():
        if part.get_param("name", header="content-disposition") == "file":
            content = part.get_payload(decode=True)
            name = part.get_filename() or "upload"
            if isinstance(content, bytes):
                return name, part.get_content_type(), content
    raise Refusal(1400, 'field "file" is required', 400)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
