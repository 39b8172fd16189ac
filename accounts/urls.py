from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("claim/", views.claim, name="claim_account"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
