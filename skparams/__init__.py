"""See what a scikit-learn model learned, and train the ones that have nothing to hide, faster.

The public names stand in ``__init__.pyi`` and are loaded when they are first used.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

# Where the documentation site is published, such as "https://example.org/skparams/stable". While it
# is None, reports refer to the texts that the package has.
docs_url = None
