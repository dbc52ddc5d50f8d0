"""What load_params makes of a file that was saved under other versions."""

import warnings
from contextlib import nullcontext

import numpy as np
import pytest
import sklearn
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

import skparams
from skparams import PCA, ParamsFileError, load_params, save_params
from skparams._keep.container import read, write as write_file
from skparams._keep.versions import Versions
from tests.keep.params_across_versions import check, may_be_refused, write
from tests.sweep import sweep

X, Y = np.arange(24.0).reshape(8, 3) % 7, np.arange(8) % 2
OTHER = "1.8.9" if sklearn.__version__.startswith("1.7") else "1.7.9"  # that was compared
SVMS = {"NuSVC", "NuSVR", "OneClassSVM", "SVC", "SVR"}


@pytest.fixture
def saved_under(tmp_path, monkeypatch):
    """A function that saves a model as another version would."""

    def save(model, **versions):
        from skparams._keep import save as module

        here = module.version_of
        monkeypatch.setattr(module, "version_of", lambda name: versions.get(name) or here(name))
        save_params(model, tmp_path / "file")
        monkeypatch.undo()
        return tmp_path / "file"

    return save


def test_the_same_versions_are_silent(saved_under):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_params(saved_under(StandardScaler().fit(X)))
        load_params(saved_under(PCA(2).fit(X)))
        release = ".".join(sklearn.__version__.split(".")[:2])
        load_params(saved_under(StandardScaler().fit(X), sklearn=f"{release}.99"))


def test_a_version_that_was_compared_is_a_warning(saved_under):
    path = saved_under(StandardScaler().fit(X), sklearn=OTHER)
    with pytest.warns(
        InconsistentVersionWarning, match=f"under scikit-learn {OTHER}, here is"
    ) as caught:
        loaded = load_params(path)
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(loaded.transform(X), StandardScaler().fit_transform(X))


@pytest.mark.parametrize("version", ["1.6.1", "0.24", "1.60", "2.0.0", "99.0.dev0"])
@pytest.mark.parametrize("package", ["sklearn", "skparams"])
def test_a_version_that_nobody_compared_is_refused(package, version, saved_under):
    model = StandardScaler() if package == "sklearn" else PCA(2)
    path = saved_under(model.fit(X), **{package: version})
    here = skparams.__version__ if package == "skparams" else sklearn.__version__
    with pytest.raises(ParamsFileError, match=rf"{version}.*{here}"):
        load_params(path)


@pytest.mark.parametrize("version", ["unknown", "", "1", "1.x", "1.8x", None, 8, [], {}, "1.8\n"])
def test_what_is_no_version_is_refused(version):
    for package in ("sklearn", "skparams"):
        with pytest.raises(ParamsFileError, match="is not known"):
            Versions({package: version}).check()


def test_a_version_of_another_package_is_a_warning():
    with pytest.warns(UserWarning, match="saved under joblib 0.1, here is"):
        Versions({"joblib": "0.1", "numpy": "1.0", "scipy": "0.1"}).check()


@pytest.mark.parametrize("version", ["1.6.1", "2.0.0"])
def test_other_versions_can_be_looked_at(version, saved_under):
    path = saved_under(StandardScaler().fit(X), sklearn=version)
    assert skparams.inspect_params(path).totals.stored == 6


@pytest.mark.skipif(sklearn.__version__ < "1.8", reason="it is needed since")
def test_an_attribute_that_is_needed_here(saved_under):
    model = RidgeClassifier().fit(X, Y)
    del model.classes_
    path = saved_under(model, sklearn="1.7.0")
    with (
        pytest.warns(InconsistentVersionWarning),
        pytest.raises(ParamsFileError, match=rf"no classes_ .*1\.7\.0.*{sklearn.__version__}"),
    ):
        load_params(path)


def test_a_class_that_is_not_here(saved_under):
    path = saved_under(RidgeClassifier().fit(X, Y))
    text, arrays = read(path, verify=True)
    text["tables"][0]["object"]["@class"] = "sklearn.linear_model.Nothing"
    text["versions"]["sklearn"] = OTHER
    write_file(path, text, arrays)
    with (
        pytest.warns(InconsistentVersionWarning),
        pytest.raises(ParamsFileError, match=rf"Nothing.*{OTHER}.*{sklearn.__version__}"),
    ):
        load_params(path)


@pytest.mark.skipif(sklearn.__version__ < "1.8", reason="they changed in 1.8")
def test_attributes_that_mean_something_else(saved_under):
    several, two = LogisticRegression().fit(X, np.arange(8) % 3), LogisticRegression().fit(X, Y)
    several.solver = two.solver = "liblinear"
    constant, mean = SimpleImputer(strategy="constant").fit(X), SimpleImputer().fit(X)
    for model, loads in [(several, False), (two, True), (constant, False), (mean, True)]:
        path = saved_under(model, sklearn="1.7.0")
        message = rf"1\.7\.0.*{sklearn.__version__}"
        raised = nullcontext() if loads else pytest.raises(ParamsFileError, match=message)
        with pytest.warns(InconsistentVersionWarning), raised:
            load_params(path)
    load_params(saved_under(several))
    load_params(saved_under(constant))


def test_hyperparameters_of_another_version():
    other = Versions({"sklearn": "1.0.0"})
    weights = np.arange(3.0)
    # Unknown here and without effect there; without a value there, so that it has its default here.
    given = {"C": "deprecated", "gamma": 2.0, "gone": "deprecated", "also_gone": "warn"}
    assert other.hyperparameters(SVC, given) == {"gamma": 2.0}
    assert other.hyperparameters(OneHotEncoder, {"handle_unknown": "warn"}) == {
        "handle_unknown": "warn"  # a value like any other
    }
    old = {"eta0": 0.0, "alpha": 0.0}  # scikit-learn 1.7's default, which 1.8 does not take
    kept = old if sklearn.__version__ < "1.8" else {"alpha": 0.0}
    assert other.hyperparameters(SGDClassifier, old) == kept
    found = other.hyperparameters(OneHotEncoder, {"categories": [weights]})
    assert found["categories"][0] is weights
    for wrong in (1.0, weights, None, "auto"):
        with pytest.raises(ParamsFileError, match=rf"'gone'.*1\.0\.0.*{sklearn.__version__}"):
            other.hyperparameters(SVC, {"gone": wrong})


def test_what_may_be_refused(monkeypatch):
    for here, there, expected in [
        ("1.9.1", "1.9.0", set()),
        ("1.9.1", "1.8.2", SVMS),
        ("1.8.0", "1.9.1", set()),
        ("1.7.2", "1.7.0", set()),
    ]:
        monkeypatch.setattr(sklearn, "__version__", here)
        assert may_be_refused(there) == expected, (here, there)
    monkeypatch.setattr(sklearn, "__version__", "1.9.1")
    assert may_be_refused("1.7.0") > {*SVMS, "SimpleImputer"}
    monkeypatch.setattr(sklearn, "__version__", "1.7.0")
    assert "MaxAbsScaler" in may_be_refused("1.9.1")


NAMES = ["Ridge", "RandomForestClassifier", "SVC", "IterativeImputer", "CountVectorizer"]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of deprecated estimators
@pytest.mark.parametrize("names", sweep([NAMES, None], 1), ids=["few", "all"])
def test_the_script_finds_the_same(names, tmp_path, capsys):
    write(tmp_path, names)
    check(tmp_path)
    assert "none refused" in capsys.readouterr().out


def test_the_script_finds_other_predictions_and_refusals(tmp_path):
    write(tmp_path, ["Ridge"])
    path = tmp_path / "Ridge-0.safetensors"
    model = load_params(path)
    model.coef_ = model.coef_ + 1e-15
    save_params(model, path)
    with pytest.raises(AssertionError, match=r"Ridge-0\.safetensors: predict"):
        check(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(ParamsFileError, match="empty"):
        check(tmp_path)
    with pytest.raises(FileNotFoundError):
        check(tmp_path / "none")
