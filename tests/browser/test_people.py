"""Two administrators give a colleague a role, each in a browser of their own."""

from __future__ import annotations

import pytest

from accounts.operations import create_user
from accounts.operations import people as operations
from accounts.staff import StaffRole
from tests.browser.conftest import PASSWORD, main
from tests.browser.test_helping import enter
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_colleague(name, *roles):
    return create_user(
        f"{name.split()[0].lower()}@example.org", password=PASSWORD, name=name, roles=roles
    )


@pytest.fixture
def staff(plain_files):
    make.make_world()
    return [
        make_colleague("Ruth Adeyemi", StaffRole.ADMINISTRATOR),
        make_colleague("Anders Holm", StaffRole.ADMINISTRATOR),
        make_colleague("Cora Benning", StaffRole.CASHIER),
    ]


def test_a_role_is_asked_for_by_one_and_given_by_another(people, staff):
    first, second, cashier = staff
    one, other = enter(people(), first), enter(people(), second)

    one.goto("/people/")
    one.get_by_role("link", name="Cora Benning").click()
    one.get_by_role("link", name="Change roles").click()
    one.get_by_label("Finance").check()
    one.get_by_label("Reason").fill("Helps at month end")
    one.get_by_role("button", name="Continue").click()
    assert "Nothing changes until another administrator approves" in main(one)
    one.get_by_role("button", name="Ask for it").click()
    assert "Waits for a second administrator" in main(one)
    assert operations.standing(cashier).roles == {"cashier"}

    other.goto("/people/")
    other.get_by_role("link", name="Cora Benning").first.click()
    other.get_by_role("link", name="To the request").click()
    assert "Helps at month end" in main(other)
    other.get_by_role("button", name="Approve").first.click()
    other.wait_for_load_state()

    assert operations.standing(cashier).roles == {"cashier", "finance"}
