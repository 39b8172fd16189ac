"""The notes on the price pages in words: their pages, properties, values and sections."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity
from statements.pricing.changing import deeds
from tariffs.differing import field
from tariffs.models import RateType, VersionState

Words = Mapping[str, str | Promise]
PAGES: Words = {
    "statements:price_overview": gettext_lazy("Overview"),
    "statements:price_tariffs": gettext_lazy("List of tariffs"),
    "statements:price_plans": gettext_lazy("List of plans"),
    "statements:price_tariff": gettext_lazy("A tariff"),
    "statements:price_plan": gettext_lazy("A plan"),
    "statements:price_tariff_version": gettext_lazy("A version of a tariff"),
    "statements:price_plan_version": gettext_lazy("A version of a plan"),
    "statements:price_tariff_compare": gettext_lazy("Versions of a tariff compared"),
    "statements:price_plan_compare": gettext_lazy("Versions of a plan compared"),
    "statements:discounts": gettext_lazy("Discounts"),
    "statements:discount": gettext_lazy("A discount"),
    "statements:discount_new": gettext_lazy("A new discount"),
    "statements:shadow_run": gettext_lazy("Results of shadow billing"),
    "statements:price_tariffs_change": gettext_lazy("Change of several tariffs"),
    "statements:price_plans_change": gettext_lazy("Change of several plans"),
    "statements:price_tariffs_edit": gettext_lazy("Rates of several tariffs changed"),
    "statements:plan_assign": gettext_lazy("Customers moved to a plan"),
    "reports:price_usage": gettext_lazy("Use of the price pages"),
    "tariffs:edit": gettext_lazy("Beginning of a change of a tariff"),
    "tariffs:plan_new": gettext_lazy("Beginning of a new plan"),
    "tariffs:plan_edit": gettext_lazy("Beginning of a change of a plan"),
    "statements:shadow_runs": gettext_lazy("Shadow billing"),
    "statements:suggestions": gettext_lazy("Suggestions"),
    "tariffs:new": gettext_lazy("Beginning of a new tariff"),
    "tariffs:new_step": gettext_lazy("Steps of a new tariff"),
    "tariffs:edit_step": gettext_lazy("Steps of a change of a tariff"),
    "tariffs:plan_new_step": gettext_lazy("Steps of a new plan"),
    "tariffs:plan_edit_step": gettext_lazy("Steps of a change of a plan"),
    "tariffs:files": gettext_lazy("Files of the price book"),
    "tariffs:file": gettext_lazy("Preview of a file"),
}
NAMES: Words = {
    "after": gettext_lazy("Afterwards"),
    "before": gettext_lazy("Before"),
    "count": gettext_lazy("How many"),
    "destination": gettext_lazy("Where to"),
    "direction": gettext_lazy("Direction"),
    "export": gettext_lazy("Saved as"),
    "fields": gettext_lazy("Fields"),
    "filters": gettext_lazy("Narrowed by"),
    "format": gettext_lazy("Format"),
    "found": gettext_lazy("Rows found"),
    "item": gettext_lazy("Code"),
    "kind": gettext_lazy("Of"),
    "levels": gettext_lazy("Use"),
    "list": gettext_lazy("List"),
    "outcome": gettext_lazy("Outcome"),
    "rate_type": gettext_lazy("Rate type"),
    "reason": gettext_lazy("Reason"),
    "records": gettext_lazy("Entries"),
    "service": gettext_lazy("Service"),
    "terms": gettext_lazy("Words looked for"),
    "version": gettext_lazy("Version"),
    "versions": gettext_lazy("Versions"),
    "way": gettext_lazy("How"),
}
KINDS: Words = {
    "discount": gettext_lazy("Discounts"),
    "plan": gettext_lazy("Plans"),
    "plans": gettext_lazy("Plans"),
    "price book": gettext_lazy("The whole price book"),
    "tariff": gettext_lazy("Tariffs"),
    "tariffs": gettext_lazy("Tariffs"),
}
STATES: Words = {
    **{str(key): word for key, word in VersionState.choices},
    **{deed.key: deed.word for deed in deeds.DEEDS},
    "approve": gettext_lazy("Approved and published"),
    "ask": gettext_lazy("Sent for review"),
    "discard": gettext_lazy("Thrown away"),
    "end": gettext_lazy("Last day set"),
    "publish": gettext_lazy("Published"),
    "send_back": gettext_lazy("Sent back"),
    "take_back": gettext_lazy("Review taken back"),
    "withdraw": gettext_lazy("Withdrawn"),
}
FORMATS: Words = {
    "csv": "CSV",
    "json": "JSON",
    "pdf": "PDF",
    "print": gettext_lazy("Print"),
    "xlsx": "Excel",
}
VALUES: Mapping[str, Words] = {
    "after": STATES,
    "before": STATES,
    "destination": {"file": gettext_lazy("A file"), "paper": gettext_lazy("Paper")},
    "direction": {"in": gettext_lazy("Brought in"), "out": gettext_lazy("Saved")},
    "export": FORMATS,
    "filters": {
        "area": gettext_lazy("Area"),
        "category": gettext_lazy("Category"),
        "ending": gettext_lazy("Ends within"),
        "kind": gettext_lazy("Rate type"),
        "look": gettext_lazy("Needs a look"),
        "q": gettext_lazy("Words"),
        "service": gettext_lazy("Service"),
        "status": gettext_lazy("Status"),
    },
    "format": FORMATS,
    "kind": KINDS,
    "list": KINDS,
    "outcome": {
        "brought in": gettext_lazy("Brought in"),
        "checked": gettext_lazy("Checked, nothing wrong"),
        "errors found": gettext_lazy("Checked, errors found"),
        "refused": gettext_lazy("Refused"),
        "saved": gettext_lazy("Saved"),
    },
    "rate_type": {str(key): word for key, word in RateType.choices},
    "service": {str(key): word for key, word in Commodity.choices},
    "way": {"file": gettext_lazy("By a file"), "form": gettext_lazy("By the form")},
}
SECTIONS: Words = {
    "about-plans": gettext_lazy("What is this? Plans"),
    "about-subscribers": gettext_lazy("What is this? Active subscribers"),
    "about-tariffs": gettext_lazy("What is this? Tariffs"),
    "benefits": gettext_lazy("Benefits"),
    "columns": gettext_lazy("Columns"),
    "endings": gettext_lazy("Ending soon"),
    "own-views": gettext_lazy("Own views"),
}


def page(route: str) -> str:
    """Return what a page is called; the name of its route where it has no other."""
    return str(PAGES.get(route, route))


def name(key: str) -> str:
    """Return what a property is called."""
    return str(NAMES.get(key, key))


def value(key: str, said: str) -> str:
    """Return what a property says: codes in words, all else as it was noted."""
    if key == "fields":
        return field(said.split("."))
    if key in ("version", "versions"):
        return f"v{said}"
    return str(VALUES.get(key, {}).get(said, said))


def section(key: str) -> str:
    """Return what a section is called that can be opened on a page."""
    if key.startswith("deed-"):
        deed = key.removeprefix("deed-")
        return _("Deed: %(deed)s") % {"deed": STATES.get(deed, deed)}
    return str(SECTIONS.get(key, key))
