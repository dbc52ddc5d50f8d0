"""Forged files: whoever wrote them, compiled code gets nothing that it does not expect."""

import json
import os
import re

import numpy as np
import pytest

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
GROUPS = sweep([list(LAYOUTS)[i::3] for i in range(3)], 1)


def forged_layouts(some_names, folder):
    return {name: forged_by_fields(name, folder) for name in some_names}


@pytest.mark.parametrize("some_names", GROUPS, ids=["1", "2", "3"])
def test_each_field_that_compiled_code_reads(some_names, tmp_path):
    done = in_a_process(f"forged_layouts({some_names}, {str(tmp_path)!r})")
    for name, (n_forgeries, unknown, crashed, gave) in done.items():
        assert n_forgeries > 10, name
        assert not unknown, name
        assert not crashed, name
        assert not gave, name


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
GROUPS_OF_ALL = sweep([FEW, *(OTHERS[i : i + 10] for i in range(0, len(OTHERS), 10))], 1)


@pytest.mark.parametrize("some_names", GROUPS_OF_ALL, ids=lambda some_names: some_names[0])
def test_anything_in_a_file(some_names, tmp_path):
    assert in_a_process(f"forged_at_random({some_names}, 20, {str(tmp_path)!r})") == []
