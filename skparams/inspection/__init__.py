"""Look at any estimator: what was chosen, what it learned, how much of it.

Loaded when first used, as an estimator that has ``ParamsMixin`` needs the rest only on request.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
