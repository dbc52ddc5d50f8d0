"""One file a family; importing it registers the family's Specs."""

from skparams.inspection._specs import (  # noqa: F401  (imported for their registrations)
    _boosting,
    _calibration,
    _compose,
    _ensemble,
    _forest,
    _hist_gradient_boosting,
    _imbalanced_learn,
    _lightgbm,
    _linear,
    _meta,
    _multi,
    _neural_network,
    _pipeline,
    _preprocessing,
    _selection,
    _skorch,
    _tree,
    _xgboost,
)
