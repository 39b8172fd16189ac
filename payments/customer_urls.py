"""The addresses of a customer who pays, and of what was paid."""

from django.urls import path

from payments.views import attempt, pay, receipts

urlpatterns = [
    path("bills/<str:number>/pay/", pay.pay_bill, name="pay_bill"),
    path("bills/<str:number>/pay/check/", pay.check_bill, name="check_bill"),
    path("accounts/<str:number>/pay/", pay.pay_account, name="pay_account"),
    path("accounts/<str:number>/pay/check/", pay.check_account, name="check_account"),
    path("pay/<str:reference>/", attempt.result, name="result"),
    path("pay/<str:reference>/cancel/", attempt.cancel, name="cancel"),
    path("accounts/<str:number>/payments/", receipts.index, name="list"),
    path("accounts/<str:number>/payments.csv", receipts.sheet, name="sheet"),
    path("payments/<str:reference>/", receipts.detail, name="payment"),
    path("payments/<str:reference>/receipt.pdf", receipts.pdf, name="receipt_pdf"),
]
