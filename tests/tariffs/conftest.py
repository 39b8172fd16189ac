"""What tests of files share."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.tariffs.files import written


@pytest.fixture
def rate(tmp_path: Path):
    """Return a function that writes files, runs `manage.py rate` on them and returns its words."""

    def run(tariffs, *rows, account=None, as_json=False, **options):
        given = [f"--tariff={file}" for file in written(tmp_path, tariffs)]
        if rows:
            (tmp_path / "use.csv").write_text("\n".join(rows) + "\n")
            given.append(f"--usage={tmp_path / 'use.csv'}")
        if account is not None:
            (tmp_path / "account.json").write_text(json.dumps(account))
            given.append(f"--account={tmp_path / 'account.json'}")
        given += [f"--{name.rstrip('_')}={value}" for name, value in options.items()]
        out = StringIO()
        call_command("rate", *given, *(["--json"] if as_json else []), stdout=out)
        return json.loads(out.getvalue()) if as_json else out.getvalue()

    return run
