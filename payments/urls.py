from django.urls import path

from payments.views import counter

app_name = "payments"
urlpatterns = [
    path("counter/", counter.counter, name="counter"),
    path("counter/<str:reference>/", counter.receipt, name="receipt"),
    path("counter/<str:reference>/reverse/", counter.reverse, name="reverse"),
]
