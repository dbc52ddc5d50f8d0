"""The leading features of components: the same in every form, escaped, and bounded."""

import re

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA as SklearnPCA, IncrementalPCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skparams import PCA, summary

X = load_iris().data


@pytest.mark.parametrize("Estimator", [PCA, SklearnPCA, IncrementalPCA])
def test_each_component_by_its_largest_entries(Estimator):
    model = Estimator(2).fit(X)
    leading = summary(model).root.leading
    assert leading.n_components == 2
    for i, component in enumerate(leading.components):
        entries = {f"x{j}": entry for j, entry in enumerate(model.components_[i])}
        expected = sorted(entries, key=lambda name: -abs(entries[name]))[:3]
        assert [name for name, _ in component.features] == expected
        assert dict(component.features) == {name: entries[name] for name in expected}
        assert component.share == pytest.approx(model.explained_variance_ratio_[i])


def test_forms_agree():
    model = summary(make_pipeline(PCA(2)).fit(X))
    (data,) = [node["leading"] for node in model.to_dict()["estimator"]["children"]]
    text, html = str(model), re.sub(r"<[^>]*>", " ", model._repr_html_())
    for component in data["components"]:
        said = ", ".join(f"{name} {entry:.2f}" for name, entry in component["features"])
        share = f"{100 * component['share']:.1f} %"
        for form in (text, html):
            assert re.search(rf"pca{component['index']}\s+{share}\s+{re.escape(said)}", form)
    assert "components of pca" in text


def test_names_are_escaped():
    pd = pytest.importorskip("pandas")
    evil = ["<script>alert(1)</script>", "[red]x", "a\x1b[31mb", "n" * 200]
    shown = summary(SklearnPCA(2).fit(pd.DataFrame(X, columns=evil)))
    html, text = shown._repr_html_(), str(shown)
    assert "<script" not in html
    assert "\x1b" not in text + html
    assert "[red]x" in text
    assert "n" * 40 not in text + html
    assert shown.to_dict()["estimator"]["leading"]["components"][0]["features"][0][0] in evil


def test_many_components_are_cut():
    rows = np.random.RandomState(0).standard_normal((60, 30))
    shown = summary(PCA().fit(rows))
    assert len(shown.root.leading.components) == 8
    assert "… 22 more" in str(shown)
    assert "… 22 more" in shown._repr_html_()


def test_what_has_no_components():
    assert summary(PCA()).root.leading is None
    model = SklearnPCA(2).fit(X)
    model.components_ = None
    assert summary(model).root.leading is None
    assert summary(SklearnPCA(0).fit(X)).root.leading is None
    broken = SklearnPCA(2).fit(X)
    broken.components_[0, 0] = np.nan
    del broken.explained_variance_ratio_
    leading = summary(broken).to_dict()["estimator"]["leading"]
    assert [component["share"] for component in leading["components"]] == [None, None]
    assert "pca1" in str(summary(broken))


def test_features_have_the_names_that_earlier_steps_give_them():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"]).assign(kind=["u", "v", "w"] * 50)
    columns = ColumnTransformer(
        [("kind", OneHotEncoder(sparse_output=False), ["kind"])], remainder="passthrough"
    )
    model = make_pipeline(columns, StandardScaler(), PCA(2)).fit(frame)
    names = list(model[:2].get_feature_names_out())
    pca = summary(model).root.children[-1]
    for i, component in enumerate(pca.leading.components):
        entries = dict(zip(names, model[-1].components_[i], strict=True))
        assert dict(component.features) == {name: entries[name] for name, _ in component.features}
    assert "remainder__a" in str(summary(model)) + str(summary(model).to_dict())


def test_features_without_names_are_numbered():
    unnamed = FunctionTransformer(lambda X: X)
    for model in (make_pipeline(unnamed, PCA(2)), make_pipeline(PCA(2))):
        leading = summary(model.fit(X)).root.children[-1].leading
        assert {name[0] for each in leading.components for name, _ in each.features} == {"x"}
