"""Take the README's pictures from a fresh demonstration: `make screenshots`.

Starts the demonstration in a folder of its own, at a fixed moment, so that the pictures of one
version are the same each time; signs in as its people, and writes docs/images/.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

Scheme = Literal["light", "dark"]
ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
MOMENT = "2026-11-21T15:00:00+00:00"
PASSWORD = "meterbook-demo"  # noqa: S105  of the demonstration, as the README prints it
PORT = 8791
READY_SECONDS = 240
WIDE, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Picture:
    """One file: who looks at which page, on which screen, and what is opened first."""

    name: str
    login: str
    path: str
    size: ViewportSize
    opens: str = ""  # what is followed from a list, in words


PICTURES = (
    Picture("home", "overdue.home", "/", WIDE),
    Picture("home-phone", "overdue.home", "/", PHONE),
    Picture("usage", "tou.home", "/usage/", WIDE),
    Picture("bill", "overdue.home", "/bills/", WIDE, opens="newest bill"),
    Picture("staff", "finance", "/", WIDE),
)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=os.environ.get("CHROMIUM") or None)
        for scheme in SCHEMES:
            for login in dict.fromkeys(picture.login for picture in PICTURES):
                _take(browser, address, login, scheme)
        browser.close()


@contextmanager
def demonstration() -> Iterator[str]:
    """Run the demonstration in a folder that is thrown away; yield its address."""
    with tempfile.TemporaryDirectory(prefix="meterbook-pictures-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text(MOMENT)
        settings = {"DEMO": "1", "VAR_DIR": folder, "CLOCK_FILE": str(clock), "REDIS_URL": ""}
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | settings
        command = [sys.executable, "manage.py", "demo", "--port", str(PORT)]
        running = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            _wait_for(running)
            yield f"http://127.0.0.1:{PORT}"
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(30)


def _wait_for(running: subprocess.Popen[bytes]) -> None:
    for _second in range(READY_SECONDS):
        if running.poll() is not None:
            raise SystemExit("The demonstration ended before it was ready.")
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=2).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"The demonstration was not ready after {READY_SECONDS} seconds.")


def _take(browser: Browser, address: str, login: str, scheme: Scheme) -> None:
    context = browser.new_context(base_url=address, color_scheme=scheme, locale="en-US")
    page = context.new_page()
    _sign_in(page, f"{login}@example.org")
    for picture in PICTURES:
        if picture.login == login:
            page.set_viewport_size(picture.size)
            _open(page, picture)
            page.screenshot(path=IMAGES / f"{picture.name}-{scheme}.png")
            print(f"docs/images/{picture.name}-{scheme}.png")
    context.close()


def _open(page: Page, picture: Picture) -> None:
    page.goto(picture.path, wait_until="networkidle")
    if picture.opens:
        page.locator("main table a").first.click()
        page.wait_for_load_state("networkidle")


def _sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").locator("button[type=submit]").first.click()
    page.wait_for_load_state()
    while "second-factor" in page.url:
        page.locator("input[name=code]").fill(_code_of(page, email))
        page.get_by_role("main").locator("button[type=submit]").first.click()
        page.wait_for_load_state()
        if "second-factor" in page.url:  # used a moment ago: the next one comes within 30 s
            time.sleep(5)


def _code_of(page: Page, email: str) -> str:
    """Read the code that the demonstration shows for a person."""
    other = page.context.new_page()
    other.goto("/demo/codes/")
    said = other.get_by_role("main").inner_text()
    other.close()
    found = re.search(rf"{re.escape(email)}.*?(\d{{3}}\s?\d{{3}})", said, re.DOTALL)
    if not found:
        raise SystemExit(f"/demo/codes/ shows no code for {email}.")
    return found[1].replace(" ", "")


if __name__ == "__main__":
    main()
