"""Forged files: whoever wrote them, compiled code gets nothing that it does not expect."""

import json
import os
import re

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skparams import ParamsFileError
from tests.all_estimators import FEW, fitted, names
from tests.keep import forging
from tests.keep.forged_layouts import LAYOUTS
from tests.processes import assert_runs
from tests.sweep import sweep

pytest.importorskip("safetensors")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def in_a_process(code):
    """What a process without threads gives, through JSON."""
    call = f"""
    import json
    import tests.keep.test_forged as test
    test.forging.guard()
    print(json.dumps(test.{code}))
    """
    return json.loads(assert_runs(call, **ONE_THREAD).stdout.splitlines()[-1])


def forged_by_fields(name, folder):
    """Forge each field of a layout; return how many times, what crashed, and what gave results."""
    layout, rng = LAYOUTS[name], np.random.RandomState(0)
    model, X, y = layout.model()
    case = forging.Case(model, X, y, layout.state, layout.training)
    assert forging.used(case.load(case.tree, os.path.join(folder, "honest")), X)
    forgeries, unknown = [], []
    for place, value in case.places:
        path = forging.joined(place)
        if not path.startswith(layout.within) or isinstance(value, forging.Item):
            continue
        kinds = next((k for p, k in layout.fields.items() if re.fullmatch(p, path)), None)
        if kinds is None:
            unknown.append(path)
            continue
        if not isinstance(value, forging.Stored):
            kinds = [kind for kind in kinds if kind is forging.number]
        for kind in kinds:
            forgeries += case.forgeries(place, value, kind, rng)
    return len(forgeries), unknown, *forging.run(case, forgeries, folder)


# A process imports all that it needs once.
GROUPS = sweep([list(LAYOUTS)[::8], [each for i, each in enumerate(LAYOUTS) if i % 8]], 1)


def forged_layouts(some_names, folder):
    return {name: forged_by_fields(name, folder) for name in some_names}


@pytest.mark.parametrize("some_names", GROUPS, ids=["some", "others"])
def test_each_field_that_compiled_code_reads(some_names, tmp_path):
    done = in_a_process(f"forged_layouts({some_names}, {str(tmp_path)!r})")
    for name, (n_forgeries, unknown, crashed, gave) in done.items():
        assert n_forgeries > 10, name
        assert not unknown, name
        assert not crashed, name
        assert not gave, name


VOTES = {  # places in the members of a vote, and what they predict instead
    "estimators_/0/attributes/classes_": np.array([0, 1, 2**63 - 1]),
    "estimators_/1/attributes/_label_binarizer/attributes/classes_": np.array([0, 1, 2**63 - 1]),
    "estimators_/2/params/constant": 2**63 - 1,
}


@pytest.mark.parametrize("where", VOTES)
def test_votes_that_numpy_cannot_count(where, tmp_path):
    """Of the largest integer ``np.bincount`` writes outside its array, at best without a crash."""
    X, y = np.random.RandomState(0).standard_normal((30, 3)), np.arange(30) % 3
    members = [("tree", DecisionTreeClassifier()), ("ridge", RidgeClassifier())]
    members.append(("constant", DummyClassifier(strategy="constant", constant=1)))
    case = forging.Case(make_pipeline(StandardScaler(), VotingClassifier(members)).fit(X, y), X, y)
    assert case.load(case.tree, tmp_path / "honest").predict(X).shape == (30,)
    places = [each for each in case.places if forging.joined(each[0]).endswith(where)]
    assert len(places) == 1
    ((_, forged),) = case.forgeries(*places[0], lambda *_: [("forged", VOTES[where])], None)
    with pytest.raises(ParamsFileError, match="must not hold the number 9223372036854775807"):
        case.load(forged, tmp_path / "forged")


def forged_at_random(some_names, n_forgeries, folder):
    """Forge anything in the files of estimators; return what crashed."""
    rng, crashes = np.random.RandomState(0), []
    for name in some_names:
        for model, X, y in fitted(name):
            for state, training in ((False, False), (True, False), (True, True)):
                if training and not hasattr(model, "partial_fit"):
                    continue
                try:
                    case = forging.Case(model, X, y, state, training)
                except TypeError:  # not kept
                    continue
                forgeries = case.all(rng)
                drawn = rng.permutation(len(forgeries))[:n_forgeries]
                crashed, _ = forging.run(case, [forgeries[i] for i in sorted(drawn)], folder)
                crashes += [[name, *crash] for crash in crashed]
    return crashes


OTHERS = [name for name in names() if name not in FEW]
GROUPS_OF_ALL = sweep([FEW, *(OTHERS[i : i + 30] for i in range(0, len(OTHERS), 30))], 1)


@pytest.mark.parametrize("some_names", GROUPS_OF_ALL, ids=lambda some_names: some_names[0])
def test_anything_in_a_file(some_names, tmp_path):
    assert in_a_process(f"forged_at_random({some_names}, 4, {str(tmp_path)!r})") == []
