"""The forms of the wizard of tariffs: what is typed, held against the checks of `authoring`."""
