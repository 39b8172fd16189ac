from django.urls import path

from statements.views import (
    bill_files,
    bills,
    calendar,
    lists,
    price_lists,
    price_overview,
    runs,
    sending,
)

app_name = "statements"
urlpatterns = [
    path("bills/", lists.index, name="list"),
    path("bills.csv", lists.sheet, name="sheet"),
    path("accounts/<str:number>/calendar/", calendar.show, name="calendar"),
    path("accounts/<str:number>/calendar.ics", calendar.file, name="calendar_file"),
    path("bills/by-id/<int:pk>/", bills.by_id, name="by_id"),
    path("bills/<str:number>/", bills.detail, name="detail"),
    path("bills/<str:number>/readings/<int:seq>/", bills.readings, name="readings"),
    path("bills/<str:number>/pdf/", bills.pdf, name="pdf"),
    path("bills/<str:number>/lines.csv", bill_files.lines, name="lines"),
    path("bills/<str:number>/bill.json", bill_files.as_json, name="json"),
    path("manage/bills/sent/", sending.send, name="send_again"),
    path("manage/bills/sent/<uuid:token>/", sending.sent, name="sent"),
    path("manage/prices/", price_overview.price_overview, name="price_overview"),
    path("manage/tariffs/", price_lists.tariff_list, name="price_tariffs"),
    path(
        "manage/tariffs.csv",
        price_lists.tariffs_file,
        {"form": "csv"},
        name="price_tariffs_csv",
    ),
    path(
        "manage/tariffs.xlsx",
        price_lists.tariffs_file,
        {"form": "xlsx"},
        name="price_tariffs_xlsx",
    ),
    path("manage/plans/", price_lists.plan_list, name="price_plans"),
    path("manage/plans.csv", price_lists.plans_file, {"form": "csv"}, name="price_plans_csv"),
    path("manage/plans.xlsx", price_lists.plans_file, {"form": "xlsx"}, name="price_plans_xlsx"),
    path("runs/", runs.index, name="runs"),
    path("runs/start/", runs.start, name="start"),
    path("runs/<int:pk>/", runs.detail, name="run"),
    path("runs/<int:pk>/retry/", runs.retry, name="retry"),
    path("runs/<int:pk>/approve/", runs.approve, name="approve"),
    path("runs/<int:pk>/find/", runs.find, name="find"),
    path("runs/<int:pk>/statements/<int:statement_pk>/release/", runs.release, name="release"),
    path("runs/<int:pk>/statements/<int:statement_pk>/cancel/", runs.cancel, name="cancel"),
]
