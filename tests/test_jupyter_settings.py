"""What the package installs for JupyterLab: it serves the folder where it was started, and asks about no news."""

import json
import sys
from pathlib import Path


def installed(path):
    with open(Path(sys.prefix, path), encoding="utf-8") as file:
        return json.load(file)


def test_lessons_can_link_to_their_solutions():
    assert installed("etc/jupyter/jupyter_lab_config.json") == {"ServerApp": {"root_dir": "."}}


def test_no_pop_up_covers_the_lesson():
    settings = installed("share/jupyter/lab/settings/overrides.json")
    assert settings["@jupyterlab/apputils-extension:notification"] == {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
