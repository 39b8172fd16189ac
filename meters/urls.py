from django.urls import path

from meters.views import exceptions, work

app_name = "meters"
METER = "manage/meters/<str:serial>/"
urlpatterns = [
    path(f"{METER}exceptions/", exceptions.of_meter, name="exceptions"),
    path(f"{METER}exceptions/<int:pk>/", exceptions.decide, name="decide"),
    path(f"{METER}<slug:deed>/", work.begin, name="work"),
    path(f"{METER}<slug:deed>/done/", work.done, name="work_done"),
    path(f"{METER}<slug:deed>/<slug:step>/", work.step, name="work_step"),
]
