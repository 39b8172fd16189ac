"""The pages of help by an employee, and of what customers change themselves."""

from __future__ import annotations

from django.urls import path

from support.views import (
    adjustments,
    approvals,
    customer,
    delegates,
    edit,
    plan,
    profile,
    relations,
    report,
    search,
    session,
    start,
    topics,
)

app_name = "support"
urlpatterns = [
    path("approvals/", approvals.index, name="approvals"),
    path("approvals/<uuid:uid>/", approvals.detail, name="approval"),
    path("profile/", profile.show, name="profile"),
    path("profile/you/", profile.you, name="profile_you"),
    path("profile/contact/<uuid:uid>/", profile.change_contact, name="profile_contact"),
    path("accounts/<str:number>/people/", delegates.people, name="people"),
    path("accounts/<str:number>/people/<int:pk>/", delegates.person, name="person"),
    path("accounts/<str:number>/people/<int:pk>/remove/", delegates.remove, name="person_remove"),
    path(
        "accounts/<str:number>/people/invitations/<uuid:uid>/again/",
        delegates.send_again,
        name="send_again",
    ),
    path(
        "accounts/<str:number>/people/invitations/<uuid:uid>/withdraw/",
        delegates.withdraw,
        name="withdraw",
    ),
    path("accounts/<str:number>/leave/", delegates.leave, name="leave"),
    path("help-topics/", topics.topics, name="topics"),
    path("help-topics/words/", topics.words, name="words"),
    path("help-topics/<slug:slug>/", topics.topic, name="topic"),
    path("help/", search.search, name="search"),
    path("help/start/<uuid:uid>/", start.start, name="start"),
    path("help/emergency/<uuid:uid>/", start.emergency, name="emergency"),
    path("help/session/extend/", session.extend, name="extend"),
    path("help/session/end/", session.end, name="end"),
    path("help/show/<str:field>/", session.show, name="show"),
    path("help/message/", session.message, name="message"),
    path("help/customer/", customer.overview, name="customer"),
    path("help/bills/<str:number>/", customer.bill, name="bill"),
    path("help/bills/<str:number>/readings/<int:seq>/", customer.readings, name="readings"),
    path("help/bills/<str:number>/pdf/", customer.pdf, name="bill_pdf"),
    path("help/bills/<str:number>/adjust/", adjustments.adjust, name="adjust"),
    path("help/accounts/<str:number>/payments/", customer.payments, name="payments"),
    path("help/payments/<str:reference>/", customer.payment, name="payment"),
    path("help-sessions/", report.index, name="report"),
    path("help-sessions/<uuid:uid>/", report.session, name="session"),
    path("help/relations/", relations.index, name="relations"),
    path("help/relations/<int:pk>/end/", relations.end, name="end_relation"),
    path("help/edit/contact/", edit.change_contact, name="edit_contact"),
    path("help/edit/plan/<int:pk>/", plan.change_plan, name="edit_plan"),
    path("help/edit/delegates/", edit.people, name="edit_people"),
    path("help/edit/delegates/<int:pk>/", edit.person, name="edit_person"),
]
