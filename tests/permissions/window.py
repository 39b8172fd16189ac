"""A browser that asks the product in this process: one person's pages, with what they load.

Nothing goes over a network, so what a page asks another host for is seen and refused.
"""

from __future__ import annotations

import gzip
import mimetypes
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections

from tests.permissions.asking import ask

ORIGIN = "https://testserver"
AXE = Axe().axe_script
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(sum), 0));
})"""
STILL_TO_COME = "[hx-trigger=load]"  # parts that the page asks for by itself
RUN_AXE = "axe.run({resultTypes: ['violations']})"


class Window:
    """Shows one person's pages and notes what is wrong with them."""

    def __init__(self, page) -> None:
        self.page = page
        self.person = None
        self.database = connections["default"]  # which holds the world, not yet committed
        self.language = ""
        self.loaded: dict[str, int] = {}  # bytes by kind, compressed
        self.found: list[str] = []
        page.route("**/*", self._answer)
        page.on("console", lambda said: self._wrong(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._wrong(str(error)))

    def open(self, person, path: str, *, language: str = "en") -> None:
        """Open a page as somebody who chose a language."""
        self.person, self.language, self.loaded = person, language, {}
        self.page.goto(f"{ORIGIN}{path}")
        self.page.wait_for_selector(STILL_TO_COME, state="detached")

    def look(self, *, width: int, scheme: str, text: int = 100) -> None:
        """Look for what axe finds and for what is too wide, at a size of text in per cent."""
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(f"document.documentElement.dataset.text = '{text}'")
        where = f"at {width} px, {scheme}, text {text} %"
        if (over := self.page.evaluate(OVERFLOW)) > 0:
            self._wrong(f"{over} px too wide {where}")
        if text == 100:
            self._ask_axe(where)

    def _ask_axe(self, where: str) -> None:
        self.page.evaluate(AXE)
        for each in self.page.evaluate(RUN_AXE)["violations"]:
            nodes = [node["html"][:140] for node in each["nodes"][:2]]
            self._wrong(f"{each['id']} {where}: {nodes}")

    def shift(self) -> float:
        """Return how much of the page moved by itself while it was loading."""
        return self.page.evaluate(SHIFTS)

    def _wrong(self, what: str) -> None:
        self.found.append(what)

    def _answer(self, route) -> None:
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != ORIGIN:
            self._wrong(f"asks {url.netloc}")
            route.abort()
        elif url.path.startswith("/static/"):
            self._give_file(route, url.path.removeprefix("/static/"))
        else:
            self._give_page(route, f"{url.path}?{url.query}" if url.query else url.path)

    def _give_file(self, route, name: str) -> None:
        path = finders.find(name)
        if path is None:
            self._wrong(f"misses {name}")
            route.fulfill(status=404)
            return
        with open(path, "rb") as file:
            body = file.read()
        self._count(name.rpartition(".")[2], body)
        route.fulfill(body=body, content_type=mimetypes.guess_type(name)[0])

    def _give_page(self, route, path: str) -> None:
        sent = {k: v for k, v in route.request.headers.items() if k.startswith("hx-")}
        connections["default"] = self.database  # the browser's loop would get one of its own
        with self._language_chosen():
            response = ask(self.person, "GET", path, headers=sent)
        body = getattr(response, "read_before", b"") or response.content
        if 300 <= response.status_code < 400:
            self._wrong(f"{path} leads to {response.headers['Location']}")
        kind = response.headers.get("Content-Type", "").partition(";")[0].rpartition("/")[2]
        self._count(kind, body)
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=body)

    @contextmanager
    def _language_chosen(self):
        kept = self.person.cookies
        self.person.cookies = f"{kept}; {settings.LANGUAGE_COOKIE_NAME}={self.language}"
        yield
        self.person.cookies = kept

    def _count(self, kind: str, body: bytes) -> None:
        self.loaded[kind] = self.loaded.get(kind, 0) + len(gzip.compress(body, 6))
