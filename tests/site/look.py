"""A written site looked at as a whole: ``python -m tests.site.look build/county-public``.

Weight of pages, links, figures that lead nowhere, and what axe-core finds in Chromium: on a phone
in the light and on a wide screen in the dark, some pages of each kind, in both languages. Exit
status 1 with every fault.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

from reports.site import opening
from reports.site.writing import HEAVIEST_PAGE
from tests.site.accessible import faults_of, show
from tests.site.linked import broken, pages_of
from tests.web.browser import chromium

#: So many pages of a kind are asked by axe-core; all of them are alike but for their rows.
_OF_A_KIND: Final = 2
_MOST_TOLD: Final = 30


def kind_of(path: str) -> str:
    """What a page is one of: its address without unit, code, period, number and language."""
    path = re.sub(r"(^|/)my/[a-z2-7]{26}", r"\1my/x", path)
    path = re.sub(r"^((?:en/)?u/)[^/]+", r"\1x", path)
    path = re.sub(r"-p[0-9]+\.html$", ".html", path)
    return re.sub(r"[A-Z]{1,2}[0-9][0-9-]*[0-9X]|[0-9]{4}(?:-(?:Q[1-4]|[0-9]{2}))?", "#", path)


def look(folder: Path) -> list[str]:
    """Every fault of the site in a folder; its figures are printed."""
    pages = pages_of(folder)
    sizes = {name: (folder / name).stat().st_size for name in pages}
    heaviest = max(sizes, key=lambda name: sizes[name])
    links = sum(len(page.links) for page in pages.values())
    faults = [f"too heavy: {name}" for name, size in sizes.items() if size > HEAVIEST_PAGE]
    faults += [f"broken: {one}" for one in sorted(set(broken(pages, folder)))]
    faults += [
        f"shut: {one}"
        for one in opening.shut([(name, (folder / name).read_bytes()) for name in pages])
    ]
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in pages:
        kinds[kind_of(name)].append(name)
    # The heaviest of each kind, which have the most of what may be wrong.
    asked = [
        (folder / name).resolve().as_uri()
        for names in kinds.values()
        for name in sorted(names, key=lambda name: -sizes[name])[:_OF_A_KIND]
    ]
    for browser in chromium():
        for scheme, width in (("light", 390), ("dark", 1280)):
            show(browser, scheme, width)
            found = faults_of(browser, asked)
            faults += [f"{scheme} {width}: {page} {told}" for page, told in found.items()]
    print(
        f"{len(pages)} pages, heaviest {sizes[heaviest]:,} bytes ({heaviest}); {links:,} links; "
        f"{len(asked)} pages of {len(kinds)} kinds asked by axe-core twice; {len(faults)} faults"
    )
    return faults


if __name__ == "__main__":
    told = look(Path(sys.argv[1]))
    print(*told[:_MOST_TOLD], sep="\n")
    sys.exit(bool(told))
