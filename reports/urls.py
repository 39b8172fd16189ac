from django.urls import path

from reports.views import audit, pages, properties, statistics

app_name = "reports"
urlpatterns = [
    path("health/", pages.health, name="health"),
    path("properties/", properties.properties, name="properties"),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.audit_sheet, name="audit_sheet"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("accounts/<str:number>/history/", pages.account_history, name="account_history"),
]
