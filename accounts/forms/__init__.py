"""Forms of people: one file for each subject."""

from accounts.forms.sign_up import SignUpForm

__all__ = ["SignUpForm"]
