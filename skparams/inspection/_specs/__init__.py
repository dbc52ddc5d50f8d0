"""One file a family; importing it registers the family's Specs."""

from skparams.inspection._specs import (  # noqa: F401  (imported for their registrations)
    _compose,
    _linear,
    _neural_network,
    _pipeline,
    _preprocessing,
)
