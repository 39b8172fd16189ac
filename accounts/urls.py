from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("claim/", views.claim, name="claim_account"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", login_not_required(set_language), name="change_language"),
    path("privacy/", views.privacy, name="privacy"),
]
