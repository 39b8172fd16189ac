"""The table binds every address; what it does not name is refused."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from billing_site.permissions import checks, table
from billing_site.permissions.page import PAGE, page
from billing_site.permissions.routes import routes
from billing_site.permissions.table import COLUMNS, FILE, PEOPLE, BadTable
from billing_site.urls import urlpatterns as site
from tests.statements.factories import make_staff

ran: list[str] = []


def forgotten(request):
    ran.append(request.method)
    return HttpResponse("The view ran.")


urlpatterns = [*site, path("forgotten/", forgotten, name="forgotten")]
with_a_forgotten_address = override_settings(ROOT_URLCONF="tests.permissions.test_table")


def test_every_address_has_a_row_and_every_row_an_address():
    assert checks.every_route_is_listed() == []


@with_a_forgotten_address
def test_the_start_complains_of_an_address_without_a_row():
    found = checks.every_route_is_listed()

    assert "forgotten/" in routes()
    assert [error.id for error in found] == ["billing_site.E102"]
    assert "'forgotten/'" in found[0].msg


@with_a_forgotten_address
@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, "administrator", "support"])
def test_an_address_without_a_row_is_refused_to_everybody(client, role):
    ran.clear()
    if role:
        client.force_login(make_staff(role))

    answers = {client.get("/forgotten/").status_code, client.post("/forgotten/").status_code}

    assert answers == {404 if role else 302}
    assert ran == []


def test_the_start_complains_of_a_row_without_an_address(tmp_path, monkeypatch):
    row = ",".join(["gone/", "GET", *"A" * len(PEOPLE), "", "404", "", ""])
    file = tmp_path / "permissions.csv"
    file.write_text(f"{FILE.read_text(encoding='utf-8')}{row}\n", encoding="utf-8")
    loaded = table.load(file)
    monkeypatch.setattr(table, "load", lambda: loaded)

    assert [error.id for error in checks.every_route_is_listed()] == ["billing_site.E103"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"methods": "GET SEND"}, "column methods: 'SEND'"),
        ({"methods": ""}, "column methods: ''"),
        ({"finance": "B"}, "column finance: 'B'"),
        ({"anonymous": ""}, "column anonymous: ''"),
        ({"answer": "500"}, "column answer: '500'"),
        ({"step_up": "no"}, "column step_up: 'no'"),
        ({"shows": "secrets"}, "column shows: 'secrets'"),
        ({"shows": "butler:name"}, "column shows: 'butler'"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, changes, named):
    with pytest.raises(BadTable, match=named):
        table.load(_file(tmp_path, changes))


def test_a_method_of_an_address_is_listed_once(tmp_path):
    with pytest.raises(BadTable, match="line 3: POST some/ is on line 2 already"):
        table.load(_file(tmp_path, {"methods": "GET POST"}, {"methods": "POST"}))


def test_a_row_has_every_column(tmp_path):
    file = _file(tmp_path, {})
    file.write_text(file.read_text(encoding="utf-8") + "short,GET\n", encoding="utf-8")

    with pytest.raises(BadTable, match="line 3: 2 cells"):
        table.load(file)


def test_the_page_of_the_documentation_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(table.load()), (
        "run manage.py permissions --write"
    )


def test_the_command_prints_the_page(capsys):
    call_command("permissions")

    assert "## Customers' own pages" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    "extra",
    [
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
        {"HTTP_X_HTTP_METHOD": "POST"},
        {"HTTP_X_METHOD_OVERRIDE": "POST"},
        {"QUERY_STRING": "_method=POST"},
    ],
)
def test_nobody_changes_the_method_by_a_header(client, extra):
    client.force_login(make_staff("finance"))

    assert client.get("/language/", **extra).status_code == 405
    assert client.post("/desk/", {"_method": "GET"}, **extra).status_code == 405


@pytest.mark.django_db
def test_a_method_that_is_not_listed_names_those_that_are(client):
    client.force_login(make_staff("finance"))

    answer = client.delete("/desk/suspense/1/")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")


def _file(tmp_path, *rows):
    """Return a table in which each row says these things, and otherwise nothing special."""
    plain = dict.fromkeys(PEOPLE, "-") | {"route": "some/", "methods": "GET", "answer": "404"}
    lines = [",".join((plain | row).get(column, "") for column in COLUMNS) for row in rows]
    file = tmp_path / "table.csv"
    file.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
    return file
