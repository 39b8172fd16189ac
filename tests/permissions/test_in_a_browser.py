"""Every page of the table in a real browser: axe, width, weight, other hosts, complaints.

A page added later is looked at too: the addresses come from the resolver.
"""

from __future__ import annotations

import pytest

from billing_site.permissions import table
from tests.permissions import objects
from tests.permissions.asking import ask
from tests.permissions.test_matrix import asked_routes
from tests.permissions.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LOOKERS = (  # whoever sees a page first shows it
    *("customer", "support_helping", "billing_manager", "finance", "meter_employee"),
    *("administrator", "auditor", "cashier", "support", "anonymous"),
)
NO_PAGE = {  # what shows no page when it is asked for alone, and what meets it instead
    "files": (
        *(
            "people/access-review.csv",
            "brand.css",
            "bills.csv",
            "accounts/<str:number>/calendar.ics",
        ),
        *(
            "bills/<str:number>/pdf/",
            "bills/<str:number>/lines.csv",
            "bills/<str:number>/bill.json",
        ),
        *("accounts/<str:number>/payments.csv", "accounts/<str:number>/usage.csv", "audit.csv"),
        *("payments/<str:reference>/receipt.pdf", "desk/payments/<str:reference>/receipt.pdf"),
        *("desk/payments.csv", "help/bills/<str:number>/pdf/", "statistics.csv"),
        *("manage/bills.csv", "manage/bills.xlsx", "manage/meters.csv", "manage/meters.xlsx"),
        *("manage/plans.csv", "manage/plans.xlsx", "manage/tariffs.csv", "manage/tariffs.xlsx"),
        *("manage/readings.csv", "manage/readings.xlsx", "healthz", "readyz", "metrics"),
        *("manage/prices/files/save/", "prices/<slug:code>.<slug:form>"),
    ),
    "ways to a page": (
        *("usage/", "service/", "my-payments/", "bills/by-id/<int:pk>/", "runs/<int:pk>/find/"),
        *("invitation/<str:token>/", "manage/meters/<str:serial>/<slug:deed>/"),
        *(
            "manage/plans/new/",
            "manage/plans/<slug:code>/edit/",
            "manage/tariffs/<slug:code>/edit/",
        ),
        *("accounts/password/set/",),
    ),
    "tests/browser/test_pages_of_doors.py": (
        *("invitation/", "accounts/second-factor/", "security/verify/", "security/remove/"),
    ),
    "tests/browser/test_customer_path.py": (
        *("bills/<str:number>/pay/check/", "accounts/<str:number>/pay/check/"),
    ),
    "tests/browser/test_staff_paths.py": (
        *("manage/bills/send-again/", "manage/bills/sent/<uuid:token>/"),
        *("manage/meters/<str:serial>/<slug:deed>/done/",),
    ),
    "tests/browser/test_signing_in.py": (
        *("security/recovery-codes/", "accounts/confirm-email/"),
        *("accounts/password/reset/confirm/", "accounts/password/reset/complete/"),
    ),
    "tests/browser/test_price_book.py": (
        *("manage/tariffs/change/", "manage/plans/change/", "manage/tariffs/edit/"),
        "manage/prices/files/<uuid:token>/",
    ),
    "shown after a look at the use by day was asked for": (
        *("help/bills/<str:number>/readings/<int:seq>/",),
    ),
    "only in the demonstration": ("demo/outbox/", "demo/codes/"),
}
KB = 1024
BUDGETS = {"html": 20 * KB, "css": 12 * KB, "javascript": 24 * KB}  # of a customer's page
WHOLE = 60 * KB
MOVED = 0.01


@pytest.fixture(scope="module")
def window(browser, world):
    context = browser.new_context()
    yield Window(context.new_page())
    context.close()


@pytest.fixture(autouse=True)
def plain_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def pages() -> list[str]:
    """Return the routes that may show a page: all that somebody may get, but not the admin's."""
    return [
        route
        for route in asked_routes()
        if not route.startswith("admin/")
        and any("GET" in row.methods for row in table.load().of(route))
    ]


def first_looker(world, route):
    """Return who sees a page of this route, and its address; None if it shows none by itself."""
    sides = (world.own, world.helped) if objects.has_object(route) else (None,)
    for name in LOOKERS:
        for side in sides:
            address = objects.address(route, side) if side else f"/{route}"
            answer = ask(world.people[name], "GET", address)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            if answer.status_code == 200 and is_page:
                return world.people[name], address
    return None


def names_of(route: str) -> str:
    return route or "start"


@pytest.mark.parametrize("route", pages(), ids=names_of)
def test_a_page_is_for_everybody(world, window, route):
    looker = first_looker(world, route)
    elsewhere = [who for who, those in NO_PAGE.items() if route in those]
    assert bool(looker) != bool(elsewhere), f"{route} is shown to nobody here: {elsewhere}"
    if looker is None:
        return

    window.found.clear()
    window.open(*looker)
    shifted = window.shift()
    assert window.page.locator("h1").count() == 1
    window.look(width=320, scheme="light")
    window.look(width=640, scheme="light", text=200)
    weight = dict(window.loaded)
    window.open(*looker, language="ar")
    window.look(width=1280, scheme="dark")

    assert window.found == []
    assert shifted < MOVED
    if looker[0].is_customer:
        assert {k: v for k, v in weight.items() if v > BUDGETS.get(k, WHOLE)} == {}
        assert sum(weight.values()) <= WHOLE
