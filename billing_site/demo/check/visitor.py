"""A visitor with a browser's manners: cookies, forms with their token, links that are followed."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar

TIMEOUT_SECONDS = 60


class SignInFailed(Exception):
    """The pages did not let the visitor in."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the site answered, after redirects."""

    status: int
    url: str
    kind: str
    body: bytes

    @property
    def text(self) -> str:
        """Return what a reader sees, with single spaces."""
        reader = _Reader()
        reader.feed(self.body.decode())
        return " ".join(" ".join(reader.said).split())

    def links(self) -> list[str]:
        reader = _Reader()
        reader.feed(self.body.decode())
        return reader.links

    def field(self, name: str) -> str:
        """Return the value of a form's field, or empty."""
        reader = _Reader()
        reader.feed(self.body.decode())
        return reader.fields.get(name, "")


class Visitor:
    """Asks the site for pages and keeps its cookies."""

    def __init__(self, site: str) -> None:
        self.site = site
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        direct = urllib.request.ProxyHandler({})  # the site is on this machine
        self._opener = urllib.request.build_opener(cookies, direct)

    def get(self, path: str) -> Page:
        """Return a page of the site, also when it is an error page."""
        return self._open(self._request(path))

    def sign_in(self, email: str, password: str) -> Page:
        """Fill the sign-in form and return the page behind it.

        :raises SignInFailed: if the form comes back
        """
        form = self.get("/accounts/login/")
        filled = {
            "login": email,
            "password": password,
            "csrfmiddlewaretoken": form.field("csrfmiddlewaretoken"),
        }
        request = self._request(form.url)
        request.data = urllib.parse.urlencode(filled).encode()
        request.add_header("Referer", form.url)
        page = self._open(request)
        if page.status != 200 or "/accounts/login" in page.url:
            raise SignInFailed(f"{page.status} at {page.url}")
        return page

    def _request(self, path: str) -> urllib.request.Request:
        url = urllib.parse.urljoin(self.site, path)
        if not url.startswith(self.site):
            raise ValueError(f"{url} is not of {self.site}")
        return urllib.request.Request(url)  # noqa: S310  it is of the site, by http

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Page(
                    answer.status, answer.url, answer.headers.get_content_type(), answer.read()
                )
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, error.url, error.headers.get_content_type(), error.read())


class _Reader(HTMLParser):
    """Collects words, links and fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "input" and "name" in values:
            self.fields.setdefault(values["name"], values.get("value", ""))

    def handle_data(self, data: str) -> None:
        self.said.append(data)
