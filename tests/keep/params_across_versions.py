"""Files of `save_params` under other versions, for all of scikit-learn's estimators.

``python -m tests.keep.params_across_versions write FOLDER`` fits and saves them, and ``... check
FOLDER``, run with other versions, fails if one is neither loaded and predicts the same nor refused
with both versions. `.ci/run` does both, from the oldest versions to the newest and back.
"""

import pickle
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import sklearn
from scipy import sparse

from skparams import ParamsFileError, load_params, save_params
from tests import all_estimators
from tests.params.test_restore import results

TOLERANCE = 1e-9  # of the largest number
# What may be refused; all else must load. By the version of scikit-learn since which
# predictions need another attribute,
NEW_ATTRIBUTES = {
    "1.8": {"IterativeImputer", "RidgeClassifier", "RidgeClassifierCV", "SimpleImputer"},
    "1.9": {"NuSVC", "NuSVR", "OneClassSVM", "SVC", "SVR"},
}
# and since which there is another hyperparameter, default or attribute, when a file goes back.
NEW_DEFAULTS = {
    "1.8": {
        *("BaggingClassifier", "BaggingRegressor"),
        *("LogisticRegressionCV", "MaxAbsScaler", "QuadraticDiscriminantAnalysis"),
        *("RidgeClassifier", "RidgeClassifierCV", "SparseCoder", "SplineTransformer"),
    },
}


def write(folder: Path, names=None) -> None:
    """Save estimators, with the rows for which they predict and what they return."""
    cases = []
    for name in names or all_estimators.names():
        for i, estimator in enumerate(all_estimators.instances(name)):
            model, X, _ = all_estimators.fit(estimator)
            path = folder / f"{name}-{i}.safetensors"
            try:
                save_params(model, path)
            except (TypeError, ValueError):  # refused, which test_saving.py checks
                continue
            cases.append((name, path.name, X, plain(results(model, X))))
    (folder / "results.pickle").write_bytes(pickle.dumps((versions(), cases)))


def versions() -> dict[str, str]:
    return {name: version(name) for name in ("scikit-learn", "numpy", "scipy")}


def plain(value):
    """Results as what all versions have."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if sparse.issparse(value):  # SciPy decides how many bits its indices have
        parts = value.tocsr().data, value.tocsr().indices, value.tocsr().indptr
        return [part if i == 0 else part.astype(np.int64) for i, part in enumerate(parts)]
    if isinstance(value, str) and "(" in value:  # an error, whose message may change
        return value.partition("(")[0]
    return value


def check(folder: Path) -> None:
    """Load what another version saved, and compare."""
    saved, cases = pickle.loads((folder / "results.pickle").read_bytes())
    assert cases, f"no estimators in {folder}"
    here, refused = versions(), set()
    for name, file, X, expected in cases:
        try:
            model = load_params(folder / file)
        except ParamsFileError as error:
            if not (saved["scikit-learn"] in str(error) and sklearn.__version__ in str(error)):
                raise
            refused.add(name)
            continue
        found = plain(results(model, X))
        compare(found, expected, 0 if saved == here else TOLERANCE, f"{folder / file}")
    allowed = may_be_refused(saved["scikit-learn"])
    assert refused <= allowed, f"{folder}: {sorted(refused - allowed)} may not be refused"
    print(f"{len(cases)} files of {saved}: {', '.join(sorted(refused)) or 'none'} refused")


def may_be_refused(saved: str) -> set[str]:
    """Names of estimators that were changed between a version of scikit-learn and this one."""
    saved, here = _release(saved), _release(sklearn.__version__)
    changed = NEW_ATTRIBUTES if saved < here else NEW_DEFAULTS
    since = [each for each in changed if min(saved, here) < _release(each) <= max(saved, here)]
    return set().union(*(changed[each] for each in since))


def _release(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")[:2]))


def compare(found, expected, tolerance: float, where: str) -> None:
    """Fail unless results are the same: floats to a share of the largest, all else exactly."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for name, value in expected.items():
            compare(found[name], value, tolerance, f"{where}: {name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for pair in zip(found, expected, strict=True):
            compare(*pair, tolerance, where)
    elif isinstance(expected, np.ndarray) and expected.dtype.kind in "fc" and tolerance:
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), where
        finite = np.abs(expected[np.isfinite(expected)])
        atol = tolerance * finite.max(initial=0)
        np.testing.assert_allclose(found, expected, rtol=0, atol=atol, err_msg=where)
    else:
        np.testing.assert_array_equal(found, expected, where, strict=True)


def main(command: str, folder: str) -> None:
    warnings.simplefilter("ignore")
    Path(folder).mkdir(parents=True, exist_ok=True)
    {"write": write, "check": check}[command](Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
