"""Those pages of allauth that we use, under the names it knows them by. All else is not there."""

from __future__ import annotations

from allauth.account import views
from django.urls import path

from accounts.doors.step_up import step_up_required
from accounts.doors.views import sign_in

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("second-factor/", sign_in.otp_login, name="otp_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    path("email/", step_up_required(views.email), name="account_email"),
    path(
        "password/change/",
        step_up_required(views.password_change),
        name="account_change_password",
    ),
    path("password/set/", step_up_required(views.password_set), name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "password/reset/confirm/",
        views.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/reset/complete/",
        views.complete_password_reset,
        name="account_complete_password_reset",
    ),
    path(
        "password/reset/done/",
        views.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
]
