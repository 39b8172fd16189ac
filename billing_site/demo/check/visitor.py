"""A visitor with a browser's manners: cookies, forms with their token, links that are followed."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar

TIMEOUT_SECONDS = 60


class SignInFailed(Exception):
    """The pages did not let the visitor in."""


class FormMissing(Exception):
    """A page does not have the form that was to be filled."""


@dataclass(slots=True)
class Form:
    """Where a form goes, what it would send unchanged, and the choices it leaves open."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def take(self, tag: str, values: dict[str, str]) -> None:
        """Read one control; buttons and unchecked boxes send nothing by themselves."""
        kind = values.get("type", "submit" if tag == "button" else "text")
        if tag == "button" or kind in ("submit", "radio", "checkbox"):
            self.choices.setdefault(values["name"], []).append(values.get("value", "on"))
            if "checked" not in values:
                return
        self.fields[values["name"]] = values.get("value", "")


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
        return self._read().links

    def form(self, having: str) -> Form:
        """Return the form that has a field of this name, as it would be sent unchanged.

        :raises FormMissing: if there is none
        """
        for form in self._read().forms:
            if having in form.fields or having in form.choices:
                return form
        raise FormMissing(f"no form with {having!r} at {self.url}: {self.text[:300]}")

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.body.decode())
        return reader


class Visitor:
    """Asks the site for pages, fills its forms and keeps its cookies.

    :param also: other sites that forms and redirects may lead to
    """

    def __init__(self, site: str, *also: str) -> None:
        self.sites = (site, *also)
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        direct = urllib.request.ProxyHandler({})  # the site is on this machine
        self._opener = urllib.request.build_opener(cookies, direct)

    def get(self, path: str) -> Page:
        """Return a page of the site, also when it is an error page."""
        return self._open(self._request(path))

    def submit(self, page: Page, having: str, **values: str) -> Page:
        """Fill the form that has a field of this name and return what comes of it.

        :raises FormMissing: if the page has no such form
        """
        form = page.form(having)
        address = urllib.parse.urljoin(page.url, form.action)
        said = urllib.parse.urlencode({**form.fields, **values})
        request = self._request(f"{address}?{said}" if form.method == "get" else address)
        request.data = None if form.method == "get" else said.encode()
        request.add_header("Referer", page.url)
        return self._open(request)

    def sign_in(self, email: str, password: str) -> Page:
        """Fill the sign-in form and return the page behind it.

        :raises SignInFailed: if the form comes back
        """
        form = self.get("/accounts/login/")
        page = self.submit(form, "login", login=email, password=password)
        if page.status != 200 or "/accounts/login" in page.url:
            raise SignInFailed(f"{page.status} at {page.url}")
        return page

    def _request(self, path: str) -> urllib.request.Request:
        url = urllib.parse.urljoin(self.sites[0], path)
        if not url.startswith(self.sites):
            raise ValueError(f"{url} is not of {', '.join(self.sites)}")
        return urllib.request.Request(url)  # noqa: S310  it is of the sites, by http

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
    """Collects words, links and forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").lower()))
        elif self.forms and "name" in values and tag in ("input", "select", "textarea", "button"):
            self.forms[-1].take(tag, values)

    def handle_data(self, data: str) -> None:
        self.said.append(data)
