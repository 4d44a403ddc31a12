"""The request for a shot in JavaScript, with the provider's own client."""

from typing import Final

from storyboard.report.code import ShotRequest, opening
from storyboard.report.code_literals import JAVASCRIPT, literal, quoted

__all__ = ["render_js"]

_USAGE: Final = "Run it with node, as a file that ends in .mjs, after `npm install wavespeed`."
_IMPORTS: Final = """\
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Client } from "wavespeed";
"""
_BEGIN: Final = """\
if (existsSync(CLIP)) {
  throw new Error(`${CLIP} is there already: move it away, so that it is not lost`);
}
const client = new Client(process.env.WAVESPEED_API_KEY, { baseUrl: BASE_URL });
"""
_FETCH: Final = """\
console.log(outputs[0]);
const answer = await fetch(outputs[0]);
if (!answer.ok) {
  throw new Error(`the clip cannot be fetched: HTTP ${answer.status}`);
}
await writeFile(CLIP, answer.body, { flag: "wx" });
console.log(CLIP);
"""


def render_js(request: ShotRequest) -> str:
    """Write a module that orders the clip, waits for it, and fetches it."""
    constants = (
        f"const BASE_URL = process.env.WAVESPEED_BASE_URL || {quoted(request.base_url)};\n"
        f"const MODEL = {quoted(request.model)};\n"
        f"const INPUTS = {literal(dict(request.inputs), JAVASCRIPT)};\n"
        f"const CLIP = {quoted(request.clip)};\n"
    )
    head = opening(request, "//", _USAGE)
    return f"{head}\n{_IMPORTS}\n{constants}\n{_BEGIN}{_order(request)}{_FETCH}"


def _order(request: ShotRequest) -> str:
    uploads = "".join(
        f"const picture{number} = await client.upload({quoted(file)});\n"
        for number, file in enumerate(request.files, 1)
    )
    added = "".join(
        f", {JAVASCRIPT.key(name)}: {variable}" for name, variable in request.handed_in()
    )
    inputs = f"{{ ...INPUTS{added} }}" if added else "INPUTS"
    return f"{uploads}const {{ outputs }} = await client.run(MODEL, {inputs});\n"
