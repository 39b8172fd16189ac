"""Looking at pages as people do: on a small screen by day, on a large one in the dark."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SMALL, LARGE = {"width": 320, "height": 800}, {"width": 1280, "height": 800}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = Axe().axe_script


class Eye:
    """Collects what is wrong with the pages that one person visits."""

    def __init__(self, page):
        self.page = page
        self.seen = 0
        self.found = []

    def visit(self, *paths, status=200):
        """Open pages, and look at each.

        :param status: what they answer
        """
        for path in paths:
            answer = self.page.goto(path)
            assert answer.status == status, (path, answer.status)
            self.look()

    def look(self):
        """Look at the page as it is now."""
        self.page.wait_for_load_state()
        expect(self.page.locator("h1"), self.page.url).to_have_count(1)
        self.page.evaluate(AXE)
        self._in(SMALL, "light")
        self._in(LARGE, "dark")
        self.seen += 1

    def press(self, button):
        """Press a button of the page itself, and look at what it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=button).first.click()
        self.look()

    def _in(self, size, scheme):
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme)
        where = f"{self.page.url} {size['width']} {scheme}"
        if (over := self.page.evaluate(OVERFLOW)) > 0:
            self.found.append(f"{where}: {over} px too wide")
        answer = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        for each in answer["violations"]:
            nodes = [node["html"][:120] for node in each["nodes"][:2]]
            self.found.append(f"{where}: {each['id']} {nodes}")
