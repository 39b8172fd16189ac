"""The addresses of the payments desk."""

from django.urls import path

from payments.views import desk, staff_payments

urlpatterns = [
    path("desk/", desk.index, name="desk"),
    path("desk/payments/", staff_payments.index, name="desk_payments"),
    path("desk/payments.csv", staff_payments.sheet, name="desk_payments_sheet"),
    path("desk/payments/<str:reference>/", staff_payments.detail, name="desk_payment"),
    path("desk/attempts/", staff_payments.attempts, name="attempts"),
    path("desk/attempts/<str:reference>/", staff_payments.attempt, name="attempt"),
]
