from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("counter/", views.counter, name="counter"),
    path("counter/<str:reference>/", views.receipt, name="receipt"),
    path("counter/<str:reference>/reverse/", views.reverse, name="reverse"),
]
