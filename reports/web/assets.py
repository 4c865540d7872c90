"""Style sheets and scripts: our own, and Fava's without source maps. Nothing here is private."""

from __future__ import annotations

from flask import Blueprint, Response

from reports.web.access import public
from reports.web.static_files import FAVA, FONTS, OWN, static_file

assets = Blueprint("assets", __name__)


@assets.get("/assets/<name>", provide_automatic_options=False)
@public
def own(name: str) -> Response:
    return static_file(OWN, name)


@assets.get("/assets/fava/<name>", provide_automatic_options=False)
@public
def of_fava(name: str) -> Response:
    return static_file(FAVA, name)


@assets.get("/assets/fonts/<name>", provide_automatic_options=False)
@public
def fonts(name: str) -> Response:
    """The Chinese letters of the reports, for a browser on a machine that has none."""
    return static_file(FONTS, name)


@assets.get("/robots.txt", provide_automatic_options=False)
@public
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
