from django.urls import path

from statements.views import bills, runs

app_name = "statements"
urlpatterns = [
    path("bills/", bills.index, name="list"),
    path("bills/by-id/<int:pk>/", bills.by_id, name="by_id"),
    path("bills/<str:number>/", bills.detail, name="detail"),
    path("bills/<str:number>/readings/<int:seq>/", bills.readings, name="readings"),
    path("bills/<str:number>/pdf/", bills.pdf, name="pdf"),
    path("runs/", runs.index, name="runs"),
    path("runs/start/", runs.start, name="start"),
    path("runs/<int:pk>/", runs.detail, name="run"),
    path("runs/<int:pk>/retry/", runs.retry, name="retry"),
    path("runs/<int:pk>/approve/", runs.approve, name="approve"),
    path("runs/<int:pk>/find/", runs.find, name="find"),
    path("runs/<int:pk>/statements/<int:statement_pk>/release/", runs.release, name="release"),
    path("runs/<int:pk>/statements/<int:statement_pk>/cancel/", runs.cancel, name="cancel"),
]
