from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts.views import claim, home, invitation

urlpatterns = [
    path("", home.home, name="home"),
    path("claim/", claim.claim, name="claim_account"),
    path("invitation/", invitation.show, name="invitation"),
    path("invitation/<str:token>/", invitation.open_link, name="open_invitation"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("language/", login_not_required(set_language), name="change_language"),
    path("privacy/", home.privacy, name="privacy"),
]
