"""Consumer categories and service areas: added, moved, merged and retired, with what hangs on them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import offered
from accounts.models import AccountCategory, AuditEvent, ConsumerCategory, ServiceArea
from accounts.staff import StaffRole
from core import clock
from meters.models import LocationArea
from statements.operations import served
from tariffs import operations
from tests.accounts.factories import make_user
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
TODAY, DECEMBER = date(2026, 11, 5), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def category(code, parent=None):
    node = ConsumerCategory(code=code, name=code.title(), parent=parent)
    served.add(node, actor=None)
    return node


@pytest.fixture
def tree():
    homes, shops = category("homes"), category("shops")
    return homes, shops, category("flat", homes), category("villa", homes)


def of_account(account):
    rows = AccountCategory.objects.filter(account=account).order_by("starts_on")
    return list(rows.values_list("category__code", "starts_on", "ends_on"))


def refused(deed, *args, **said):
    with pytest.raises(served.NotServed) as error:
        deed(*args, actor=None, **said)
    return str(error.value)


def published(code, *categories):
    told = {**FLAT, "code": code, "name": code, "eligibility": {"categories": list(categories)}}
    version = operations.import_tariff(told, author=None)
    operations.publish(version, approver=None, published_at=LONG_AGO)


def test_merging_moves_accounts_from_a_day_on_and_keeps_what_was(tree):
    homes, shops, flat, villa = tree
    accounts = [make.make_home(FLAT).agreement.account for _ in range(3)]
    opened = date(2025, 1, 1)
    rows = [(None, opened), (DECEMBER, opened), (None, date(2027, 1, 1))]
    for account, (ends_on, starts_on) in zip(accounts, rows, strict=True):
        AccountCategory.objects.create(
            account=account, category=villa, starts_on=starts_on, ends_on=ends_on
        )
    day = date(2026, 11, 20)

    assert served.to_move(villa, day).count() == 3
    assert served.merge(villa, flat, on=day, actor=None, today=TODAY) == 3

    assert [of_account(each) for each in accounts] == [
        [("villa", opened, day), ("flat", day, None)],
        [("villa", opened, day), ("flat", day, DECEMBER)],
        [("flat", date(2027, 1, 1), None)],
    ]
    villa.refresh_from_db()
    assert (villa.is_offered, villa.merged_into) == (False, flat)
    assert set(offered.categories()) == {homes, shops, flat}
    assert AccountCategory.history.filter(category=villa, ends_on=day).exists()
    assert "part of Flat" in refused(served.offer, villa)
    assert "first" in refused(served.merge, homes, shops, on=TODAY, today=TODAY)
    assert "cannot be merged" in refused(served.merge, flat, shops, on=TODAY, today=TODAY)
    assert AuditEvent.objects.get(action="category.merged").detail["moved"] == 3


def test_areas_merge_at_once_within_one_service():
    areas = [ServiceArea(code=code, name=code, commodity=service) for code, service in (
        ("north", "electricity"), ("south", "electricity"), ("pipes", "water"))]  # fmt: skip
    for area in areas:
        served.add(area, actor=None)
    north, south, pipes = areas
    home = make.make_home(FLAT)
    location = home.agreement.usage_point.location
    LocationArea.objects.create(location=location, area=north, commodity="electricity")

    assert "another service" in refused(served.merge, north, pipes, on=TODAY, today=TODAY)
    assert served.merge(north, south, on=TODAY, actor=None, today=TODAY) == 1

    assert LocationArea.objects.get(location=location).area == south
    assert list(offered.areas("electricity")) == [south]
    assert "not offered" in refused(
        served.add,
        ServiceArea(
            code="n1",
            name="N",
            commodity="electricity",
            parent=ServiceArea.objects.get(code="north"),
        ),
    )


def test_one_moves_only_while_prices_and_bills_are_the_same(tree):
    homes, shops, flat, villa = tree

    served.move(villa, shops, actor=None, today=TODAY)
    published("for-homes", "homes")

    assert "for-homes would not serve Flat" in refused(served.move, flat, shops, today=TODAY)
    assert "for-homes would not serve Villa" in refused(served.move, villa, homes, today=TODAY)
    account = make.make_home(
        {**FLAT, "code": "other", "name": "Other", "rate_type": "slab"}
    ).agreement.account
    AccountCategory.objects.create(
        account=account, category=villa, starts_on=TODAY, ends_on=DECEMBER
    )
    assert "merge Villa into it" in refused(served.move, villa, None, today=TODAY)
    assert "sub-category itself" in refused(served.move, homes, villa, today=TODAY)


def page(client, name, role=StaffRole.BILLING_MANAGER, **query):
    client.force_login(make_user(roles=[role]))
    return client.get(reverse(f"statements:{name}"), query)


def test_the_tree_shows_what_the_lists_come_to(client, tree, django_assert_max_num_queries):
    flat = tree[2]
    published("for-homes", "homes")
    published("for-shops", "shops")
    account = make.make_home(
        {**FLAT, "code": "other", "name": "Other", "rate_type": "slab"}
    ).agreement.account
    AccountCategory.objects.create(account=account, category=flat, starts_on=TODAY)

    shown = page(client, "categories", StaffRole.AUDITOR)

    lines = {line.node.code: line for line in shown.context["lines"]}
    assert [(each.node.code, each.depth) for each in shown.context["lines"]] == [
        ("homes", 0), ("flat", 1), ("villa", 1), ("shops", 0)]  # fmt: skip
    assert [lines[code].holders for code in ("homes", "flat", "villa", "shops")] == [1, 1, 0, 0]
    for code, line in lines.items():
        for name, count in (("price_tariffs", line.tariffs), ("price_plans", line.plans)):
            listed = client.get(reverse(f"statements:{name}"), {"category": code})
            assert len(listed.context["list"].lines) == count, (code, name)
    assert [lines[code].tariffs for code in ("homes", "flat", "shops")] == [1, 1, 1]
    assert b"<form" not in shown.content.split(b"<main")[1].split(b"</main")[0]
    with django_assert_max_num_queries(25):
        client.get(reverse("statements:categories"))


def test_a_person_adds_renames_merges_and_retires_on_the_page(client, tree):
    address = reverse("statements:categories")
    page(client, "categories")
    new = {"new-code": "farm", "new-name": "Farm", "new-name_es": "Granja", "deed": "add"}

    assert client.post(address, {**new, "new-code": "FLAT"}).status_code == 422
    made = client.post(address, new)
    assert made["Location"] == address
    farm = ConsumerCategory.objects.get(code="farm")
    assert farm.names == {"es": "Granja"}
    of = {"QUERY_STRING": "of=farm"}
    assert client.post(address, {"rename-name": "", "deed": "rename"}, **of).status_code == 422
    client.post(address, {"rename-name": "Farms", "deed": "rename"}, **of)
    into = {"merge-into": "shops", "merge-day": "2026-12-01", "deed": "merge"}
    asked = client.post(address, into, **of)
    assert b"0 accounts have the other category" in asked.content
    farm.refresh_from_db()
    assert (farm.name, farm.is_offered) == ("Farms", True)
    client.post(address, {**into, "sure": "1"}, **of)
    client.post(address, {"deed": "retire"}, QUERY_STRING="of=villa")
    assert {row.code for row in offered.categories()} == {"homes", "shops", "flat"}
    client.post(address, {"deed": "offer"}, QUERY_STRING="of=villa")
    assert offered.categories().filter(code="villa").exists()
    page(client, "categories", StaffRole.BILLING_SPECIALIST)
    assert client.post(address, new).status_code == 404


def test_a_file_is_looked_at_first_and_taken_whole(client, tree):
    address = reverse("statements:areas")
    page(client, "areas")
    right = (
        "code,name,name es,service,parent\nn1,North one,Norte,water,north\nnorth,North,,water,\n"
    )

    def send(text, **more):
        file = SimpleUploadedFile("areas.csv", text.encode())
        return client.post(address, {"deed": "file", "file-file": file, **more})

    wrong = send(right + "x y,Bad,,water,\nn2,Two,,heat,\nn3,Three,,water,nowhere\n")
    assert wrong.status_code == 422
    assert [bool(each.wrong) for each in wrong.context["outcomes"]] == [
        False,
        False,
        True,
        True,
        True,
    ]
    looked = send(right)
    assert looked.status_code == 200
    assert not ServiceArea.objects.exists()
    text = looked.context["form"].initial["text"]
    sure = client.post(address, {"deed": "file", "file-text": text, "sure": "1"})
    assert sure.status_code == 302
    assert ServiceArea.objects.get(code="n1").parent.code == "north"
    saved = b"".join(client.get(address, {"save": "csv"})).decode()
    again = send(saved)
    assert {each.words for each in again.context["outcomes"]} == {"It stays as it is."}
    assert send("code\nx\n").status_code == 422
