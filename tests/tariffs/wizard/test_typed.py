"""What is typed in the wizard and what it answers are the same thing said twice."""

from __future__ import annotations

from hypothesis import given, settings

from tariffs.authoring import definition, state_of
from tariffs.exchange.templates import templates
from tariffs.wizard import typed
from tests.tariffs.authoring.right_states import right_states


def about(state):
    basics = state.basics
    return {"code": basics.code, "currency": basics.currency, "zone": basics.zone}


def again(state):
    """Type a state and read it back, with the summary that the last page asks for."""
    return definition(typed.state_of(typed.answers(state), about(state)))


@settings(max_examples=150, deadline=None)
@given(right_states())
def test_answers_survive_being_typed(state):
    said = definition(state)
    said.pop("change_summary")

    assert again(state) == said


def test_templates_survive_being_typed():
    for template in templates():
        if template.key == "irrigation":  # its fixed charge has seasons: a file says it
            continue
        stated = {name: value for name, value in template.definition.items() if name != "examples"}
        state = state_of(stated)

        assert again(state) == {
            name: value for name, value in definition(state).items() if name != "change_summary"
        }
