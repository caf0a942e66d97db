"""``environment.yml`` and the lock say the same as ``pyproject.toml``, which nothing here can solve with conda."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn", "pandera-core": "pandera"}


def pyproject() -> dict[str, SpecifierSet]:
    """Names and bounds of the dependencies that every user or tester needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    words = project["dependencies"] + project["optional-dependencies"]["test"]
    return {need.name.lower(): need.specifier for need in map(Requirement, words)}


def conda() -> dict[str, SpecifierSet]:
    """Names (as on PyPI) and bounds of ``environment.yml``."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pairs = [entry.partition(" ")[::2] for entry in entries if isinstance(entry, str)]
    return {CONDA_NAMES.get(name, name): SpecifierSet(bounds) for name, bounds in pairs}


def locked() -> dict[str, list[str]]:
    """Versions that the lock gives, by name; several where they hang on the Python version."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\n]+)", (ROOT / "requirements.lock").read_text(), re.M):
        found.setdefault(name.lower(), []).append(version)
    return found


def test_conda_has_the_same_names_and_bounds_as_pyproject():
    environment = conda()
    python = environment.pop("python")
    environment.pop("pip")
    assert environment == pyproject()
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert python == SpecifierSet(requires)


@pytest.mark.parametrize("name", sorted(pyproject()))
def test_the_lock_holds_a_version_within_the_bounds(name):
    versions = locked()[name]
    assert versions
    assert all(version in pyproject()[name] for version in versions)


def test_the_lock_holds_a_hash_of_every_package():
    packages = re.split(r"^(?=[\w.-]+==)", (ROOT / "requirements.lock").read_text(), flags=re.M)[1:]
    assert len(packages) > 100
    assert [one.split("==")[0] for one in packages if "--hash=sha256:" not in one] == []


def test_the_lock_names_no_host():
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_the_lock_holds_what_installs_the_rest():
    alone = re.findall(r"^uv==(?:.*\\\n)+.*\n", (ROOT / "requirements.lock").read_text(), re.M)
    assert [one.count("\nuv==") for one in alone] == [0]
    assert alone[0].count("--hash=sha256:") > 10
