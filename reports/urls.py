from django.urls import path

from reports.views import pages, statistics

app_name = "reports"
urlpatterns = [
    path("health/", pages.health, name="health"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("accounts/<str:number>/history/", pages.account_history, name="account_history"),
]
