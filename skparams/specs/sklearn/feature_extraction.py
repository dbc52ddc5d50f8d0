"""Features from text, dicts and images: words are structure, inverse frequencies are learned."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._records import DataShape, Unknown
from skparams.specs import After, Member, Params, Spec, made, parameter, register


def _n_words(data: DataShape, params: Params) -> int | Unknown:
    vocabulary: Any = params["vocabulary"]
    if isinstance(vocabulary, Sized):
        return len(vocabulary)
    if vocabulary is None:
        return Unknown("depends on the words in the data")
    return Unknown("depends on how many words vocabulary yields")


_WORDS = {
    "vocabulary_": "structure",
    "fixed_vocabulary_": "structure",
    "_stop_words_id": "structure",
    "stop_words_": "structure",
}
register(
    "sklearn.CountVectorizer",
    Spec(_WORDS, sizes={"n_words": _n_words}, n_features_out="n_words", passes_float32=False),
)


def _weighting(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    settings = {name: params[name] for name in ("norm", "use_idf", "smooth_idf", "sublinear_tf")}
    transformer = made("sklearn.feature_extraction.text.TfidfTransformer", settings)
    dtype = "float32" if np.dtype(params["dtype"]) == np.float32 else "float64"
    counted = replace(data, columns=_n_words(data, params), dtype=dtype, head=None)
    yield Member("_tfidf", transformer, counted)


register(
    "sklearn.TfidfVectorizer",
    Spec(
        {**_WORDS, "_tfidf": "estimator"},
        members=_weighting,
        sizes={"n_words": _n_words},
        n_features_out="n_words",
        passes_float32=False,
    ),
)
register(
    "sklearn.TfidfTransformer",
    Spec(
        {"idf_": parameter("n_features", when="use_idf")},
        n_features_out="n_features",
        keeps_float32=True,
    ),
)
for _name in ("HashingVectorizer", "FeatureHasher"):
    register(
        f"sklearn.{_name}",
        Spec(
            {},
            n_features_out="n_hashes",
            sizes={"n_hashes": lambda data, params: params["n_features"]},
        ),
    )
register(
    "sklearn.DictVectorizer",
    Spec(
        {"feature_names_": "structure", "vocabulary_": "structure"},
        sizes={"n_words": lambda data, params: Unknown("depends on the keys in the data")},
        n_features_out="n_words",
    ),
)
register("sklearn.PatchExtractor", Spec({}))
