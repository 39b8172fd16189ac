"""A text is kept while its stamp is the same, and only so many are."""

from __future__ import annotations

from core.kept import Kept


def test_a_text_is_made_once_for_a_stamp():
    kept, made = Kept(2), []

    def make():
        made.append(1)
        return f"Größe {len(made)}"

    told = [kept.get("a", stamp, make) for stamp in ("1", "1", "2", "2", "1")]

    assert told == ["Größe 1", "Größe 1", "Größe 2", "Größe 2", "Größe 3"]


def test_who_was_asked_for_least_lately_is_forgotten():
    kept, made = Kept(2), []

    def ask(key):
        return kept.get(key, "", lambda: made.append(key) or key)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert ask(key) == key

    assert made == ["a", "b", "c", "b"]


def test_nothing_is_left_after_clearing():
    kept = Kept(2)
    kept.get("a", "", lambda: "old")

    kept.clear()

    assert kept.get("a", "", lambda: "new") == "new"
