"""A wizard keeps what was typed, goes on where one was, and does its work once."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory

from core import wizard
from core.wizard import Fact, Refused, Step, Wizard
from core.wizard.draft import Draft, TooLong


class Name(forms.Form):
    name = forms.CharField(max_length=5)


class Size(forms.Form):
    size = forms.IntegerField(min_value=1)


class Memory:
    """A store that forgets with the test."""

    def __init__(self):
        self.body = {}

    def read(self):
        return self.body

    def write(self, body):
        self.body = dict(body)

    def forget(self):
        self.body = {}

    @contextmanager
    def alone(self):
        kept = self.body
        try:
            yield
        except Exception:
            self.body = kept
            raise


class Boxes(Wizard):
    title, submit = "Make a box", "Make it"

    def __init__(self, store):
        super().__init__(store)
        self.made = []
        self.refuses = ""

    @property
    def steps(self):
        return [
            Step("name", "Name", "What is it called?", lambda answered, **o: Name(**o)),
            Step("size", "Size", "How big is it?", lambda answered, **o: Size(**o)),
        ]

    def address(self, key=""):
        return f"/boxes/{key}"

    leave, outcome = "/", "/boxes/done"

    def facts(self, answered):
        return [
            Fact("name", "Name", answered["name"]["name"]),
            Fact("size", "Size", answered["size"]["size"]),
        ]

    def finish(self, answered):
        if self.refuses:
            raise Refused(self.refuses)
        self.made.append((answered["name"]["name"], answered["size"]["size"]))
        return {"number": len(self.made)}


@pytest.fixture
def boxes():
    return Boxes(Memory())


def asked(method, data=None):
    request = getattr(RequestFactory(), method)("/boxes/", data or {})
    request.session = SessionStore()
    request._messages = FallbackStorage(request)
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    return request


def show(boxes, key):
    return wizard.step(asked("get"), boxes, key)


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]


def send(boxes, key, seen=None, **typed):
    seen = seen_on(show(boxes, key)) if seen is None else seen
    return wizard.step(asked("post", {"seen": seen, **typed}), boxes, key)


def check(boxes, seen=None):
    seen = seen_on(wizard.check(asked("get"), boxes)) if seen is None else seen
    return wizard.check(asked("post", {"seen": seen}), boxes)


pytestmark = pytest.mark.django_db  # the frame of a page asks for the utility


def test_answers_lead_from_step_to_step_and_to_the_check(boxes):
    assert send(boxes, "name", name="Ada").url == "/boxes/size"
    assert send(boxes, "size", size="3").url == "/boxes/check"

    page = wizard.check(asked("get"), boxes).content.decode()

    assert "Ada" in page and 'href="/boxes/name">Change<span' in page
    assert check(boxes).url == "/boxes/done"
    assert boxes.made == [("Ada", 3)]


def test_back_shows_what_was_typed_and_a_change_comes_back_to_the_check(boxes):
    send(boxes, "name", name="Ada")
    send(boxes, "size", size="3")

    assert 'value="Ada"' in show(boxes, "name").content.decode()
    assert send(boxes, "name", name="Bea").url == "/boxes/check"
    check(boxes)
    assert boxes.made == [("Bea", 3)]


def test_a_wrong_answer_is_said_and_kept_all_the_same(boxes):
    answer = send(boxes, "name", name="far too long")

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert 'value="far too long"' in show(boxes, "name").content.decode()
    assert wizard.check(asked("get"), boxes).url == "/boxes/name"


def test_coming_back_goes_on_at_the_first_open_step(boxes):
    send(boxes, "name", name="Ada")

    assert wizard.start(asked("get"), boxes).url == "/boxes/size"
    assert show(boxes, "size").status_code == 200


def test_no_step_is_jumped(boxes):
    assert show(boxes, "size").url == "/boxes/name"
    assert wizard.step(asked("post", {"size": "3"}), boxes, "size").url == "/boxes/name"
    assert boxes.store.body == {}


def test_beginning_anew_forgets(boxes):
    send(boxes, "name", name="Ada")

    assert wizard.start(asked("post"), boxes).url == "/boxes/name"
    assert 'value="Ada"' not in show(boxes, "name").content.decode()


def test_an_answer_that_another_window_gave_meanwhile_is_said_and_nothing_is_lost(boxes):
    old = seen_on(show(boxes, "name"))
    send(boxes, "name", name="Ada")

    answer = send(boxes, "name", seen=old, name="Bea")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Another window was here" in page
    assert "Ada" in page and 'value="Bea"' in page
    assert Draft(**boxes.store.body).typed["name"] == {"name": "Ada"}
    assert send(boxes, "name", seen=seen_on(answer), name="Bea").status_code == 302
    assert Draft(**boxes.store.body).typed["name"] == {"name": "Bea"}


def test_the_same_answer_from_two_windows_is_no_quarrel(boxes):
    old = seen_on(show(boxes, "name"))
    send(boxes, "name", name="Ada")

    assert send(boxes, "name", seen=old, name="Ada").status_code == 302


def test_what_is_finished_twice_is_done_once(boxes):
    send(boxes, "name", name="Ada")
    send(boxes, "size", size="3")
    seen = seen_on(wizard.check(asked("get"), boxes))

    first, second = check(boxes, seen), check(boxes, seen)

    assert first.url == second.url == "/boxes/done"
    assert boxes.made == [("Ada", 3)]


def test_the_check_page_of_before_a_change_does_nothing(boxes):
    send(boxes, "name", name="Ada")
    send(boxes, "size", size="3")
    seen = seen_on(wizard.check(asked("get"), boxes))
    send(boxes, "size", size="4")

    answer = check(boxes, seen)

    assert answer.status_code == 422
    assert "changed in another window" in answer.content.decode()
    assert boxes.made == []
    assert check(boxes).url == "/boxes/done"


def test_a_refusal_is_said_and_keeps_the_answers(boxes):
    send(boxes, "name", name="Ada")
    send(boxes, "size", size="3")
    boxes.refuses = "No wood is left."

    answer = check(boxes)

    assert answer.status_code == 422
    assert "No wood is left." in answer.content.decode()
    boxes.refuses = ""
    assert check(boxes).url == "/boxes/done"


def test_a_window_of_a_finished_go_does_not_begin_another_unasked(boxes):
    send(boxes, "name", name="Ada")
    send(boxes, "size", size="3")
    old = seen_on(show(boxes, "name"))
    check(boxes)

    answer = send(boxes, "name", seen=old, name="Bea")

    assert answer.status_code == 422 and boxes.made == [("Ada", 3)]


def test_the_list_of_steps_says_where_one_is(boxes):
    send(boxes, "name", name="Ada")

    page = show(boxes, "size").content.decode()

    assert re.search(r'class="done"><a href="/boxes/name">Name</a>', page)
    assert re.search(r'aria-current="step">Size', page)


class Shelf(wizard.RowsForm):
    lists = (wizard.Rows("books", lambda: {"title": forms.CharField(max_length=5)}, first=2),)


class Library(Boxes):
    """A wizard with a list in its step, and a question on its last page."""

    @property
    def steps(self):
        return [Step("books", "Books", "Which books?", lambda answered, **o: Shelf(**o))]

    def closing(self, answered, **options):
        return Name(**options)

    def facts(self, answered):
        return []

    def finish(self, answered):
        self.made.append((dict(answered["books"]), answered["check"]["name"]))
        return {}


def test_buttons_of_a_list_keep_what_is_typed_and_the_page_that_it_is_typed_on():
    library = Library(Memory())
    seen = seen_on(show(library, "books"))
    two = {"books-count": "2", "books-0-title": "Emma", "books-1-title": "much too long"}

    added = send(library, "books", seen=seen, act="add books 1", **two)
    three = library.store.read()["typed"]["books"]
    removed = send(library, "books", seen=seen, act="remove books 2", **three)
    answered = send(library, "books", seen=seen, **library.store.read()["typed"]["books"])

    assert [three[f"books-{i}-title"] for i in range(3)] == ["Emma", "", "much too long"]
    assert added.status_code == removed.status_code == 302  # wrong titles stop only at Continue
    assert answered.status_code == 422  # the row that was added is empty
    assert "books-2-title" not in library.store.read()["typed"]["books"]


def test_what_the_last_page_asks_comes_to_the_end():
    library = Library(Memory())
    send(library, "books", **{"books-count": "1", "books-0-title": "Emma"})
    seen = seen_on(wizard.check(asked("get"), library))

    nameless = wizard.check(asked("post", {"seen": seen}), library)
    wizard.check(asked("post", {"seen": seen, "name": "Ann"}), library)

    assert nameless.status_code == 422
    assert library.made == [({"books-count": "1", "books-0-title": "Emma"}, "Ann")]


def test_a_wizard_may_begin_with_answers():
    library = Library(Memory())
    library.begun = lambda: Draft(
        token="v3", typed={"books": {"books-count": "1", "books-0-title": "Emma"}}, about={"of": 3}
    )

    page = wizard.check(asked("get"), library)

    assert seen_on(page) == "v3.0"
    assert library.store.read() == {}  # nothing was typed, so nothing is kept


def test_a_right_answer_that_is_too_long_to_keep_is_said_and_shown_again(boxes, monkeypatch):
    def refuse(body):
        raise TooLong("a draft is too long")

    monkeypatch.setattr(boxes.store, "write", refuse)

    answer = send(boxes, "name", name="Emma")

    assert answer.status_code == 422
    assert "This is too long to be kept." in answer.content.decode()
    assert 'value="Emma"' in answer.content.decode()
