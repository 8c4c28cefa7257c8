"""The step kinds, one module per family; importing this registers them, in the order of the palette."""

# isort: off
from . import office
from . import completion
from . import preparation
from . import board
from . import delegated
from . import automatic
from . import waiting
# isort: on

__all__ = ["automatic", "board", "completion", "delegated", "office", "preparation", "waiting"]
