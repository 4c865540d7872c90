"""What headers tell a browser a page may do; strictest first."""

from __future__ import annotations

from typing import Final

#: Pages without a script.
OWN: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Fava's scripts and styles are files of this host. Its inline JSON is data, which no policy stops;
#: nothing inline runs, so text in a book that looks like a script stays text.
FAVA: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
#: A script that is a file of this host.
SCRIPTED: Final = f"{OWN}; script-src 'self'"
#: A script that also asks this host.
ASKING: Final = f"{SCRIPTED}; connect-src 'self'"
#: A paper, which may do nothing.
PAPER: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"

#: What is said with every answer.
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "Mingbai",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
