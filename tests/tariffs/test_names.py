"""The usual words of tariffs are said in the reader's language; other names stay."""

from __future__ import annotations

from django.utils import translation

from tariffs.names import USUAL, told


def test_a_usual_word_follows_the_reader():
    with translation.override("es"):
        assert (told("off-peak"), told("Standing charge")) == ("valle", "Cargo fijo")
    with translation.override("en"):
        assert [told(str(name)) for name in USUAL] == [str(name) for name in USUAL]


def test_any_other_name_stays_as_it_was_written():
    with translation.override("es"):
        assert [told("Prairie Saver"), told(""), told("Home")] == ["Prairie Saver", "", "Home"]
