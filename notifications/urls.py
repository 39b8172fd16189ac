from django.urls import path

from notifications.views import inbox, preferences

app_name = "notifications"
urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="read_all"),
    path("inbox/<int:pk>/read/", inbox.read, name="read"),
    path("inbox/preferences/", preferences.preferences, name="preferences"),
    path("inbox/preferences/email/", preferences.email, name="switch_email"),
    path("inbox/preferences/days/", preferences.days, name="reminder_days"),
    path("inbox/preferences/language/", preferences.language, name="notice_language"),
    path("demo/outbox/", inbox.demo_outbox, name="demo_outbox"),
]
