from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from model.weights import Weights

class Kernel:
    def __init__(self, weights: Weights) -> None: ...
    def decision_function(self, sentences: Iterable[str]) -> NDArray[np.float64]: ...
