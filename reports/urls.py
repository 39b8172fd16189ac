from django.urls import path

from reports.views import (
    audit,
    chosen,
    customer_home,
    manage_bills,
    pages,
    properties,
    service,
    statistics,
    year,
)

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
    path("manage/bills/", manage_bills.index, name="manage_bills"),
    path("manage/bills.csv", manage_bills.file, {"form": "csv"}, name="manage_bills_csv"),
    path("manage/bills.xlsx", manage_bills.file, {"form": "xlsx"}, name="manage_bills_xlsx"),
    path("manage/bills/send-again/", manage_bills.send_again, name="send_bills_again"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("properties/choose/", properties.choose_property, name="choose_property"),
    path("accounts/<str:number>/home/usage/", customer_home.usage, name="home_usage"),
    path("accounts/<str:number>/home/prices/", customer_home.prices, name="home_prices"),
    path("accounts/<str:number>/service/", service.service, name="service"),
    path("accounts/<str:number>/years/<int:year>/", year.year, name="year"),
    path("help/accounts/<str:number>/years/<int:year>/", year.help_year, name="help_year"),
    path("accounts/<str:number>/history/", pages.account_history, name="account_history"),
]
