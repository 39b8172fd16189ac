"""Customers who pay through our pages: `python -m tests.faults.payer_pages ORDERS.json SANDBOX THREADS SITE`.

They choose an amount, check it, go to the provider's page, pay and come back, by HTTP as a browser
would. The last line tells also how long the slowest page took.
"""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import django

from tests.faults.payer import Order, Payers

PAGE_SECONDS = 60


@dataclass
class Seen:
    """What a customer has seen of a payment: a state, and the provider's page if there is one."""

    state: str
    session_id: str = ""


class Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: where it leads is what we want to know."""

    def redirect_request(self, *_: object) -> None:
        return None


class PagePayers(Payers):
    """Pay orders through the pages of a site."""

    def __init__(self, sandbox_url: str, site: str, cookie: str, number_of: dict[int, str]) -> None:
        super().__init__(sandbox_url)
        self.site, self.cookie, self.number_of = site, cookie, number_of
        self.forms: dict[uuid.UUID, str] = {}
        self.slowest = 0.0
        self.seen: dict[str, str] = {}  # what the page says after coming back, by order
        self.opener = urllib.request.build_opener(Stay)

    def _go(self, order: Order, token: uuid.UUID) -> Seen:
        bill = f"/bills/{self.number_of[order.statement]}/pay/check/"
        if token not in self.forms:
            amount = f"{order.amount // 100}.{order.amount % 100:02}"
            asked = {"choice": "other", "amount": amount, "method": order.method}
            _, page = self._page(f"{bill}?{urllib.parse.urlencode(asked)}")
            self.forms[token] = _hidden(page, "order")
        where, page = self._page(bill, {"order": self.forms[token]})
        found = re.search(r"/c/pay/(cs_\w+)", where)
        return Seen("open", found[1]) if found else Seen("unknown")

    def _pay_page(self, order: Order, session: str) -> None:
        super()._pay_page(order, session)
        sessions = self._tell("/_sandbox/books", None)["sessions"]
        back = next(each["success_url"] for each in sessions if each["id"] == session)
        _, self.seen[order.key] = self._page(urllib.parse.urlsplit(back).path)

    def _page(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Return where a page leads and what it says; the slowest is kept."""
        headers = {"Cookie": f"sessionid={self.cookie}; csrftoken={TOKEN}"}
        data = None
        if form is not None:
            data = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": TOKEN}).encode()
            headers["Referer"] = self.site
        began = time.monotonic()
        request = urllib.request.Request(self.site + path, data, headers)
        try:
            with self.opener.open(request, timeout=PAGE_SECONDS) as answer:
                return "", answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code == 303:
                return error.headers["Location"], ""
            raise RuntimeError(f"{error.code} {path.partition('?')[0]}") from None
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)


TOKEN = "f" * 32


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if not found:
        raise RuntimeError(f"no {name} on the page: {re.sub(r'<[^>]+>|[ ]+', ' ', page)[-300:]}")
    return found[1]


def sign_in() -> str:
    """Return the cookie of a session of the customer."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    user = User.objects.get(email="payer@example.org")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def main(path: str, sandbox_url: str, threads: str, site: str) -> None:
    from statements.models import Statement

    with open(path) as file:
        orders = [Order(**values) for values in json.load(file)]
    number_of = dict(Statement.objects.values_list("pk", "number"))
    payers = PagePayers(sandbox_url, site, sign_in(), number_of)
    with ThreadPoolExecutor(int(threads)) as pool:
        paid = sum(pool.map(payers.pay, orders))
    told = sum('id="receipt"' in page for page in payers.seen.values())
    result = {"paid": paid, "told": told, "errors": dict(payers.errors)}
    print(json.dumps({**result, "slowest": round(payers.slowest, 1)}))


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
