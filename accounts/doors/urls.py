from django.urls import path

from accounts.doors.views import codes, factor, sessions, sign_in, step_up

urlpatterns = [
    path("", factor.security, name="security"),
    path("enrol/", factor.enrol, name="security_enrol"),
    path("verify/", sign_in.verify, name="security_verify"),
    path("step-up/", step_up.ask, name="security_step_up"),
    path("remove/", factor.remove, name="security_remove"),
    path("recovery-codes/", codes.show, name="security_codes"),
    path("recovery-codes/new/", codes.make, name="security_codes_new"),
    path("recovery-codes/download/", codes.download, name="security_codes_download"),
    path("recovery-codes/kept/", codes.kept, name="security_codes_kept"),
    path("sessions/<int:pk>/end/", sessions.end, name="security_end_session"),
    path("sessions/end-others/", sessions.end_others, name="security_end_others"),
]
