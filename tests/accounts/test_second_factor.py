"""The second factor of a person: set up, replaced, removed; each code good once."""

from __future__ import annotations

import threading

import pytest
from django.core import mail
from django.db import connection, connections
from django.urls import reverse

from accounts.models import AuditEvent, AuthenticatorDevice, RecoveryCode, RecoveryDevice
from accounts.models.devices import DEMO_NAME
from accounts.operations import second_factor
from accounts.staff import StaffRole
from billing_site.demo import codes as demo
from core import clock
from tests.accounts.doors import (
    code_of,
    give_app,
    is_in,
    sign_in,
    type_code,
    type_password,
    wrong_code,
)
from tests.accounts.factories import make_user, make_utility
from tests.signing_in import let_it_be_long_ago, password_only

ENROL = "/security/enrol/"


@pytest.fixture
def user(db):
    make_utility()
    return make_user()


@pytest.fixture
def staff(db):
    make_utility()
    return make_user(roles=[StaffRole.FINANCE])


def begin(client, **more):
    return client.post(ENROL, {"start": "1", **more}, follow=True)


def pending(user):
    return AuthenticatorDevice.objects.get(user=user, confirmed=False)


def actions():
    return list(
        AuditEvent.objects.filter(action__startswith="second_factor")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_setting_up_shows_picture_and_key_and_then_the_recovery_codes_once(client, user):
    password_only(client, user)
    page = begin(client).content.decode()
    device = pending(user)
    assert 'src="data:image/svg+xml' in page
    assert " ".join(device.key[i : i + 4] for i in range(0, 32, 4)) in page

    answer = client.post(ENROL, {"code": code_of(device)}, follow=True)

    codes = answer.context["codes"]
    assert len(set(codes)) == 10
    assert client.get(answer.redirect_chain[-1][0]).context["codes"] == codes
    file = client.post(reverse("security_codes_download"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert all(code in file.content.decode() for code in codes)
    client.post(reverse("security_codes_kept"))
    assert client.get(reverse("security_codes")).status_code == 302
    assert client.post(reverse("security_codes_download")).status_code == 404
    assert actions() == ["second_factor.add"]


def test_no_secret_is_kept_in_clear(client, user):
    password_only(client, user)
    begin(client)
    key = pending(user).key
    codes = client.post(ENROL, {"code": code_of(pending(user))}, follow=True).context["codes"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM accounts_authenticatordevice")
        stored = cursor.fetchall()
    kept = str(dict(client.session))
    assert key not in str(stored)
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    hashes = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(hashes) == 10 and all(len(each) == 64 for each in hashes)


def test_reading_the_page_begins_nothing_and_loading_it_again_shows_the_same_key(client, user):
    password_only(client, user)
    client.get(ENROL)
    assert not AuthenticatorDevice.objects.exists()
    begin(client)
    key = pending(user).key

    again = client.get(ENROL).content.decode()

    assert " ".join(key[i : i + 4] for i in range(0, 32, 4)) in again
    assert AuthenticatorDevice.objects.count() == 1


def test_a_key_that_waits_is_shown_in_its_own_session_only(client, user):
    from django.test import Client

    password_only(client, user)
    begin(client)
    key = pending(user).key
    other = Client()
    password_only(other, user)

    page = other.get(ENROL).content.decode()

    assert " ".join(key[i : i + 4] for i in range(0, 32, 4)) not in page
    assert "Show the picture" in page


def test_a_wrong_first_code_sets_up_nothing(client, user):
    password_only(client, user)
    begin(client)

    answer = client.post(ENROL, {"code": wrong_code(pending(user))})

    assert answer.status_code == 422
    assert not AuthenticatorDevice.objects.filter(confirmed=True).exists()


def test_an_app_that_is_not_confirmed_counts_for_nothing_at_sign_in(client, user):
    second_factor.enrol(user)

    sign_in(client, user)

    assert is_in(client)


def test_setting_up_gives_the_session_a_new_key_and_verifies_it(client, user):
    password_only(client, user)
    begin(client)
    before = client.session.session_key

    client.post(ENROL, {"code": code_of(pending(user))})

    assert client.session.session_key != before
    assert client.session["otp_device_id"] == AuthenticatorDevice.objects.get().persistent_id


def test_setting_up_needs_a_password_typed_not_long_ago(client, user):
    password_only(client, user)
    let_it_be_long_ago(client)

    answer = client.post(ENROL, {"start": "1"})

    assert answer.url.startswith(reverse("security_step_up"))
    assert not AuthenticatorDevice.objects.exists()


def test_another_app_needs_a_session_that_passed_the_first_one(client, user):
    give_app(user)
    password_only(client, user)

    answer = client.get(ENROL)

    assert answer.url.startswith((reverse("security_verify"), reverse("security_step_up")))


def test_a_new_app_takes_the_place_of_the_old_one(client, staff):
    old = give_app(staff)
    sign_in(client, staff, old)
    begin(client)
    client.post(ENROL, {"code": code_of(pending(staff))})

    assert AuthenticatorDevice.objects.filter(user=staff).count() == 1
    assert AuthenticatorDevice.objects.get(user=staff).key != old.key
    assert client.get("/health/").status_code == 200
    assert actions() == ["second_factor.replace"]


def test_a_recovery_code_signs_in_once_however_it_is_typed(client, user):
    give_app(user)
    code = second_factor.make_recovery_codes(user, real_now=clock.real_now())[3]
    type_password(client, user)

    first = type_code(client, f" {code.lower().replace('-', ' ')} ")
    client.logout()
    type_password(client, user)
    second = type_code(client, code)

    assert first.status_code == 302
    assert second.status_code == 422
    assert AuditEvent.objects.get(action="recovery_code.use").detail == {"left": 9}
    assert not is_in(client)


def test_six_digits_never_slow_the_recovery_codes_and_the_other_way_round(client, user):
    device = give_app(user)
    second_factor.make_recovery_codes(user, real_now=clock.real_now())
    type_password(client, user)

    type_code(client, wrong_code(device))
    type_code(client, "AAAA-BBBB-CCCC")

    device.refresh_from_db()
    assert device.throttling_failure_count == 1
    assert RecoveryDevice.objects.get().throttling_failure_count == 1


def test_new_codes_end_the_old_ones(client, user):
    device = give_app(user)
    old = second_factor.make_recovery_codes(user, real_now=clock.real_now())
    sign_in(client, user, device)

    new = client.post(reverse("security_codes_new"), follow=True).context["codes"]

    assert not set(old) & set(new)
    with pytest.raises(second_factor.WrongCode):
        second_factor.take_code(user, old[0])


def test_a_customer_removes_the_app_and_is_told(client, user, django_capture_on_commit_callbacks):
    device = give_app(user)
    second_factor.make_recovery_codes(user, real_now=clock.real_now())
    sign_in(client, user, device)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("security_remove"))

    assert not AuthenticatorDevice.objects.exists() and not RecoveryDevice.objects.exists()
    assert mail.outbox[-1].subject == "The authenticator app was removed from your login"
    assert mail.outbox[-1].to == [user.email]
    assert actions() == ["second_factor.remove"]


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_away_undoes_nothing(client, user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there
    device = give_app(user)
    sign_in(client, user, device)

    assert client.post(reverse("security_remove")).status_code == 302
    assert not AuthenticatorDevice.objects.exists()


def test_removing_needs_a_step_up(client, user):
    device = give_app(user)
    sign_in(client, user, device)
    let_it_be_long_ago(client)

    assert client.get(reverse("security_remove")).url.startswith(reverse("security_step_up"))


def test_staff_replace_and_never_remove(client, staff):
    device = give_app(staff)
    sign_in(client, staff, device)

    assert client.post(reverse("security_remove")).status_code == 404
    assert "Remove the app" not in client.get(reverse("security")).content.decode()
    with pytest.raises(second_factor.Needed):
        second_factor.remove(staff, actor=staff)
    assert AuthenticatorDevice.objects.count() == 1


def test_an_administrator_helps_somebody_who_lost_both(client, staff):
    boss = make_user(roles=[StaffRole.ADMINISTRATOR])
    sign_in(client, staff, give_app(staff))

    second_factor.reset(staff, actor=boss, reason="Phone stolen, seen in person")

    assert not is_in(client)
    event = AuditEvent.objects.get(action="second_factor.reset")
    assert (event.actor, event.detail) == (boss, {"reason": "Phone stolen, seen in person"})
    type_password(client, staff)
    assert client.get("/health/").url.startswith(ENROL)
    with pytest.raises(second_factor.OwnReset):
        second_factor.reset(boss, actor=boss, reason="mine")


def test_the_devices_of_another_person_do_not_open_a_session(client, user):
    give_app(user)
    other = give_app(make_user())
    type_password(client, user)

    assert type_code(client, code_of(other)).status_code == 422


def test_demonstration_keys_exist_and_open_only_in_the_demonstration(client, user, settings):
    settings.DEMO = True
    demo.give_app(user)
    device = AuthenticatorDevice.objects.get()
    assert (device.name, device.key) == (DEMO_NAME, demo.key_of(user.email))
    code = code_of(device)

    settings.DEMO = False
    with pytest.raises(demo.OnlyInTheDemonstration):
        demo.key_of(user.email)
    type_password(client, user)
    refused = type_code(client, code)
    settings.DEMO, settings.PRODUCTION = True, True
    with pytest.raises(demo.OnlyInTheDemonstration):
        demo.give_app(user)

    assert refused.status_code == 422
    assert client.get("/demo/codes/").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_sent_twice_at_once_is_taken_once(kind):
    user = make_user()
    device = give_app(user)
    codes = second_factor.make_recovery_codes(user, real_now=clock.real_now())
    code = code_of(device) if kind == "app" else codes[0]
    together = threading.Barrier(8)
    taken, refused = [], []

    def take():
        together.wait()
        try:
            taken.append(second_factor.take_code(user, code))
        except (second_factor.WrongCode, second_factor.MustWait) as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(taken), len(refused)) == (1, 7)
