from django.urls import path

from reports.views import audit, chosen, customer_home, pages, properties, statistics

app_name = "reports"
urlpatterns = [
    path("own/", customer_home.show, name="own_home"),
    path("usage/", chosen.usage, name="my_usage"),
    path("service/", chosen.service, name="my_service"),
    path("my-payments/", chosen.payments, name="my_payments"),
    path("health/", pages.health, name="health"),
    path("properties/", properties.properties, name="properties"),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.audit_sheet, name="audit_sheet"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("accounts/<str:number>/history/", pages.account_history, name="account_history"),
]
