from django.urls import path

from accounts.views import (
    brand,
    claim,
    display,
    invitation,
    looked,
    people,
    people_changes,
    property_name,
    public,
)

urlpatterns = [
    path("security/who-looked/", looked.who_looked, name="who_looked"),
    path("security/who-looked/<uuid:uid>/objection/", looked.objection, name="object_to_help"),
    path("security/help-code/", looked.help_code, name="help_code"),
    path("claim/", claim.claim, name="claim_account"),
    path("invitation/", invitation.show, name="invitation"),
    path("invitation/<str:token>/", invitation.open_link, name="open_invitation"),
    path("properties/<str:number>/name/", property_name.change_name, name="property_name"),
    path("people/", people.index, name="people"),
    path("people/invite/", people_changes.invite, name="invite_person"),
    path("people/access-review.csv", people.review, name="access_review"),
    path(
        "people/invitations/<uuid:uid>/withdraw/",
        people_changes.withdraw_invitation,
        name="withdraw_staff_invitation",
    ),
    path("people/<uuid:uid>/", people.detail, name="person"),
    path("people/<uuid:uid>/roles/", people_changes.roles, name="person_roles"),
    path("people/<uuid:uid>/disable/", people_changes.disable, name="person_disable"),
    path("people/<uuid:uid>/enable/", people_changes.enable, name="person_enable"),
    path(
        "people/<uuid:uid>/second-factor/",
        people_changes.reset_second_factor,
        name="person_second_factor",
    ),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("display/", display.display, name="display"),
    path("language/", display.language, name="change_language"),
    path("brand.css", brand.brand_css, name="brand_css"),
    path("privacy/", public.privacy, name="privacy"),
]
