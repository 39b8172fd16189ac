"""The guards that the database keeps: coverage, plans, and what is frozen once issued."""

from django.db import migrations

from core.db import AppendOnly, Frozen, FrozenWith, NoOverlap

NUMBERED = ("issued", "cancelled", "superseded")


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_runs_and_statements")]

    operations = [
        NoOverlap(
            "statements_planassignment",
            "plan_assignment_no_overlap",
            keys=["agreement_id"],
            start="starts_at",
            end="ends_at",
        ),
        NoOverlap(
            "statements_statementcoverage",
            "coverage_no_overlap",
            keys=["agreement_id"],
            start="starts_at",
            end="ends_at",
            condition="live",
        ),
        Frozen(
            "statements_statement",
            "state",
            NUMBERED,
            but_columns=["state"],
            unique=[["number"]],
        ),
        FrozenWith(
            "statements_statementline",
            "statement_id",
            "statements_statement",
            "state",
            NUMBERED,
            row_key=["statement_id", "seq"],
        ),
        FrozenWith(
            "statements_trace",
            "statement_id",
            "statements_statement",
            "state",
            NUMBERED,
            row_key=["statement_id"],
        ),
        FrozenWith(
            "statements_statementcoverage",
            "statement_id",
            "statements_statement",
            "state",
            NUMBERED,
            but_columns=["live"],
        ),
        AppendOnly("statements_cancellation", unique=[["statement_id"], ["number"]]),
        AppendOnly("statements_statementdocument", unique=[["statement_id", "language"]]),
    ]
