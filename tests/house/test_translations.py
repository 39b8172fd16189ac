"""The catalogues of words: every text of the sources, whole in each complete language."""

from __future__ import annotations

import os
import re
import time
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from core import checks
from core.translations import catalogues
from core.translations.extract import Text, found_texts, in_python, in_template
from statements.models import Cancellation, RunItem

COMPLETE = ("es",)
VALUE = re.compile(r"%\(\w+\)[sd]|%[sd]|(?<!\{)\{\w*\}(?!\})")
ELEMENT = re.compile(r"</?\w+[^>]*>|&\w+;")


def key(message):
    return message.id, message.context


def by_key(language):
    return {key(message): message for message in catalogues.messages(catalogues.read(language))}


def of_sources():
    """Return the texts of the sources, as a catalogue keeps them: one entry for a text."""
    found = {}
    for text, path in found_texts():
        found.setdefault((text.singular, text.context), []).append((text, path))
    return found


def forms(value):
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize("language", catalogues.languages())
def test_the_catalogue_has_the_texts_of_the_sources(language):
    known = {(forms(name)[0], context) for name, context in by_key(language)}
    found = of_sources()

    new = [
        f"{path}: {text.singular!r}"
        for each in found.values()
        for text, path in each[:1]
        if (text.singular, text.context) not in known
    ]

    assert new == [], "run `make messages` and translate"
    assert known - set(found) == set(), "run `make messages`"


@pytest.mark.parametrize("language", COMPLETE)
def test_the_language_is_complete(language, capsys):
    messages = by_key(language).values()
    missing = [message.id for message in messages if not catalogues.is_translated(message)]

    with capsys.disabled():
        print(f"\n{language}: {len(messages) - len(missing)} of {len(messages)} texts")
    assert len(messages) > 2000
    assert missing == []


@pytest.mark.parametrize("language", catalogues.languages())
def test_what_stands_for_a_value_stays(language):
    faults = []
    for message in by_key(language).values():
        for index, said in enumerate(forms(message.string)):
            if said and not same_values(message, said, index):
                faults.append((message.id, said))

    assert faults == []


def same_values(message, said, index):
    """Compare with the form it translates; "one bill" may leave its number out."""
    asked = forms(message.id)[min(index, len(forms(message.id)) - 1)]
    wanted, given = Counter(VALUE.findall(asked)), Counter(VALUE.findall(said))
    if wanted == given:
        return True
    singular = Counter(VALUE.findall(forms(message.id)[0]))
    return len(forms(message.id)) > 1 and given in (singular, wanted)


@pytest.mark.parametrize("language", catalogues.languages())
def test_elements_and_edges_stay(language):
    faults = [
        (asked, said)
        for message in by_key(language).values()
        for asked, said in zip(forms(message.id), forms(message.string), strict=False)
        if said
        and (
            Counter(ELEMENT.findall(asked)) != Counter(ELEMENT.findall(said))
            or edges(asked) != edges(said)
        )
    ]

    assert faults == []


def edges(text):
    """Return the blanks that a text begins and ends with: what follows it relies on them."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@pytest.mark.parametrize("language", catalogues.languages())
def test_every_plural_form_is_there(language):
    catalog = catalogues.read(language)
    plurals = [m for m in catalogues.messages(catalog) if not isinstance(m.id, str)]

    assert plurals
    for message in plurals:
        count = len([form for form in message.string if form])
        assert count in (0, catalog.num_plurals), message.id


def test_every_language_to_choose_has_a_catalogue():
    assert set(settings.LANGUAGE_NAMES) == set(catalogues.languages())


# --- how texts are found ---------------------------------------------------------------------------

TEMPLATE = """{% load i18n %}<h1>{% translate "One" %}</h1> plain {% translate 'May' context "month" %}
{% blocktranslate trimmed with a=b|lower %}
  Two {{ a }}
  lines
{% endblocktranslate %}
{% blocktranslate count n=x %}{{ n }} bill{% plural %}{{ n }} bills{% endblocktranslate %}
{% tag _("Four") "warn" %}{{ x|default:_("Five") }}{# {% translate "Not" %} #}{% comment %}{% translate "Nor" %}{% endcomment %}
{% translate "Six" as six %} 100 % sure: {% translate "5 % off" %}"""

PYTHON = """
a = _("One " "two")
b = ngettext("%(n)s bill", "%(n)s bills", 3)
c = pgettext_lazy("unit", "days"), npgettext("unit", "day", "days", 2)
d = _(a), gettext(f"{a}"), other("Not")
e = translation.gettext("Dotted")
"""


def test_texts_of_a_template():
    assert sorted(in_template(TEMPLATE), key=str) == sorted(
        [
            Text("One"),
            Text("May", None, "month"),
            Text("Two %(a)s lines"),
            Text("%(n)s bill", "%(n)s bills"),
            Text("Four"),
            Text("Five"),
            Text("Six"),
            Text("5 %% off"),
        ],
        key=str,
    )


def test_texts_of_a_module():
    assert sorted(in_python(PYTHON), key=str) == sorted(
        [
            Text("One two"),
            Text("%(n)s bill", "%(n)s bills"),
            Text("days", None, "unit"),
            Text("day", "days", "unit"),
            Text("Dotted"),
        ],
        key=str,
    )


# --- catalogues come up to date, and into use ------------------------------------------------------


@pytest.fixture
def project(tmp_path, settings, monkeypatch):
    """A project of one template, with a catalogue of Spanish."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "templates").mkdir()
    (tmp_path / "locale" / "es" / "LC_MESSAGES").mkdir(parents=True)
    catalogues.source_path("es").write_text("")
    page = tmp_path / "templates" / "page.html"
    page.write_text('{% translate "Bill" %}{% translate "Meter" %}')
    return page


def translate(wanted):
    path = catalogues.source_path("es")
    text = path.read_text()
    for english, spanish in wanted.items():
        text = text.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{spanish}"'
        )
    path.write_text(text)


def test_what_was_translated_stays_and_what_is_gone_goes(project):
    assert catalogues.update("es")
    translate({"Bill": "Factura", "Meter": "Contador"})
    project.write_text('{% translate "Bill" %}{% translate "Usage" %}')

    assert catalogues.update("es")
    assert {m.id: m.string for m in by_key("es").values()} == {"Bill": "Factura", "Usage": ""}


def test_nothing_new_changes_nothing(project):
    catalogues.update("es")
    before = catalogues.source_path("es").read_bytes()

    assert not catalogues.update("es")
    assert catalogues.source_path("es").read_bytes() == before


def test_only_what_changed_is_compiled(project):
    catalogues.update("es")

    assert catalogues.compile_stale() == ["es"]
    assert catalogues.compile_stale() == []
    later = time.time() + 10
    os.utime(catalogues.source_path("es"), (later, later))
    assert not catalogues.is_fresh("es")
    assert catalogues.compile_stale() == ["es"]


def test_a_start_complains_of_words_that_are_not_compiled(project, settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]

    [warning] = checks.catalogues_are_compiled()
    assert warning.id == "core.W002" and "--compile" in warning.hint

    catalogues.update("es")
    catalogues.compile_stale()
    assert checks.catalogues_are_compiled() == []


def test_the_command_counts(project, capsys):
    call_command("translations", "--extract")

    assert capsys.readouterr().out.split() == ["es", "0", "/", "2"]


def test_names_that_nobody_gave_are_words_too():
    """Django makes a name of a field's own; the admin pages show it to people who read Spanish."""
    assert (Text("run items"), "statements/models/runs.py") in set(found_texts())
    with translation.override("es"):
        assert str(RunItem._meta.verbose_name_plural) == "cuentas del proceso"
        assert str(Cancellation._meta.get_field("cancelled_at").verbose_name) == "anulado el"
    with translation.override("en"):
        assert str(RunItem._meta.get_field("error_code").verbose_name) == "error code"
