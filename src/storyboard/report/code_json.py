"""The request for a shot for programs: its parts, and the code, as one JSON object."""

from storyboard.model.money import decimal_usd
from storyboard.report.code import Lang, Picture, ShotRequest
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_code_json"]

SCHEMA = "storyboard/code-1"


def render_code_json(request: ShotRequest, lang: Lang, code: str) -> str:
    """Write the request in the shape of schemas/code.schema.json; the key is in none of it."""
    document = {
        "schema": SCHEMA,
        "film": request.film,
        "shot": request.shot,
        "lang": lang.value,
        "model": request.model,
        "price_usd": decimal_usd(request.price),
        "method": "POST",
        "url": request.base_url + request.path,
        "inputs": dict(request.inputs),
        "pictures": [_picture(each) for each in request.pictures],
        "code": code,
    }
    return write_json(document)


def _picture(picture: Picture) -> dict[str, object]:
    if picture.file is not None:
        return {"input": picture.input, "file": picture.file}
    return {"input": picture.input, "url": picture.url}
