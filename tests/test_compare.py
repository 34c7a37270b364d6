"""Models that ours is compared with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import SMALL
from model import InputError
from training import compare as comparing
from training.seeds import load_seeds
from training.variants import VARIANTS


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_learns_from_the_seeds(name: str, few_seeds: Path) -> None:
    seeds = load_seeds(few_seeds)
    decisions = VARIANTS[name](SMALL, seeds.sentences, seeds.targets, seeds.sentences)
    assert decisions.shape == seeds.targets.shape
    assert ((decisions > 0) == seeds.targets).mean() > 0.9
    assert np.isfinite(decisions).all()


def test_a_missing_package_is_named_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"the package fasttext is missing; run pip install"):
        comparing.require_packages()


@pytest.mark.parametrize(
    ("content", "message"),
    [("{}", "not written by python -m training.compare"), ('{"seeds": "x", "rivals": {}}', "is of other seeds")],
)
def test_figures_of_rivals_from_elsewhere_are_refused(
    tmp_path: Path, few_seeds: Path, content: str, message: str
) -> None:
    (tmp_path / "rivals.json").write_text(content)
    with pytest.raises(InputError, match=message):
        comparing.load_rivals(tmp_path / "rivals.json", load_seeds(few_seeds))
