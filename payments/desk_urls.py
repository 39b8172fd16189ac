"""The addresses of the payments desk."""

from django.urls import path

from payments.views import cases, desk, late_fees, refunds, staff_payments, suspense

urlpatterns = [
    path("desk/", desk.index, name="desk"),
    path("desk/payments/", staff_payments.index, name="desk_payments"),
    path("desk/payments.csv", staff_payments.sheet, name="desk_payments_sheet"),
    path("desk/payments/<str:reference>/", staff_payments.detail, name="desk_payment"),
    path(
        "desk/payments/<str:reference>/receipt.pdf",
        staff_payments.receipt_pdf,
        name="desk_receipt_pdf",
    ),
    path("desk/payments/<str:reference>/refund/", refunds.ask, name="refund_request"),
    path("desk/attempts/", staff_payments.attempts, name="attempts"),
    path("desk/attempts/<str:reference>/", staff_payments.attempt, name="attempt"),
    path("desk/refunds/", refunds.index, name="refunds"),
    path("desk/refunds/<uuid:uid>/", refunds.detail, name="refund"),
    path("desk/refunds/<uuid:uid>/approve/", refunds.approve, name="refund_approve"),
    path("desk/refunds/<uuid:uid>/reject/", refunds.reject, name="refund_reject"),
    path("desk/suspense/", suspense.index, name="suspense"),
    path("desk/suspense/<int:pk>/", suspense.detail, name="suspense_item"),
    path("desk/suspense/<int:pk>/refund/", refunds.ask_unidentified, name="suspense_refund"),
    path("desk/cases/", cases.index, name="cases"),
    path("desk/cases/<int:pk>/", cases.detail, name="case"),
    path("desk/late-fees/", late_fees.index, name="late_fees"),
    path("desk/late-fees/<int:pk>/waive/", late_fees.waive, name="late_fee_waive"),
    path("desk/late-fees/policies/", late_fees.policies, name="late_fee_policies"),
    path("desk/late-fees/policies/new/", late_fees.add, name="late_fee_policy_add"),
]
