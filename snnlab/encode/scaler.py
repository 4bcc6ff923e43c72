"""From real data to [0, 1], and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .values import Array, finite_values, switch


@dataclass(frozen=True, eq=False)
class Scaler:
    """How data were mapped to [0, 1]: from `low` to `high`, one pair for all or one for each feature.

    `Scaler.of(data)` takes them from data. A feature that is always the same is mapped to 0.

    >>> lengths = np.array([[4.0, 10.0], [6.0, 30.0], [8.0, 20.0]])
    >>> scaler = Scaler.of(lengths)
    >>> x = scaler.scale(lengths)
    >>> x[1]
    array([0.5, 1. ])
    >>> scaler.restore(x)[1]
    array([ 6., 30.])
    """

    low: Array
    high: Array

    def __post_init__(self) -> None:
        low, high = finite_values("Scaler.low", self.low), finite_values("Scaler.high", self.high)
        if low.shape != high.shape:
            raise ValueError(f"Scaler.high: must have the shape of low, {low.shape}, got {high.shape}")
        if (high < low).any():
            raise ValueError(
                f"Scaler.high: must be >= low, got {high[high < low].flat[0]:g} below {low[high < low].flat[0]:g}"
            )
        for name, values in (("low", low), ("high", high)):
            values.flags.writeable = False
            object.__setattr__(self, name, values)

    @classmethod
    def of(cls, data: ArrayLike, *, together: bool = False) -> Scaler:
        """The scaler of these data, shape (n,) or (n, features…): each feature has its own range.

        With `together=True` all numbers share one, as the pixels of a picture should.

        Raises
        ------
        ValueError
            If there are no data, or a NaN, with its index.

        >>> Scaler.of([[0.0, 50.0], [100.0, 200.0]], together=True).high.item()
        200.0
        """
        values = finite_values("Scaler.of.data", data)
        if not values.size:
            raise ValueError("Scaler.of.data: must have at least one number")
        axis = None if switch("Scaler.of.together", together) or values.ndim < 2 else 0
        return cls(values.min(axis=axis), values.max(axis=axis))

    def scale(self, data: ArrayLike, *, clip: bool = False) -> Array:
        """The data on [0, 1]; the same shape.

        Raises
        ------
        ValueError
            For a number outside the range that the scaler knows, with its index. With `clip=True` it becomes 0 or 1.
        """
        values = self._fitting("scale", "data", data)
        outside = (values < self.low) | (values > self.high)
        if not switch("Scaler.scale.clip", clip) and outside.any():
            index = tuple(int(k) for k in np.unravel_index(int(np.argmax(outside)), outside.shape))
            raise ValueError(
                f"Scaler.scale.data: must be in the range that the scaler knows, got {values[index]:g} at index {index} "
                "(clip=True takes it to the end of the range)"
            )
        width = self.high - self.low
        return np.clip((values - self.low) / np.where(width > 0, width, 1.0), 0.0, 1.0)

    def restore(self, x: ArrayLike) -> Array:
        """Values on [0, 1] in the units of the data; the same shape."""
        return self.low + self._fitting("restore", "x", x) * (self.high - self.low)

    def _fitting(self, method: str, argument: str, data: ArrayLike) -> Array:
        values = finite_values(f"Scaler.{method}.{argument}", data)
        features = self.low.shape
        if features and values.shape[values.ndim - len(features) :] != features:
            raise ValueError(
                f"Scaler.{method}.{argument}: must end in the features of the scaler, {features}, got shape {values.shape}"
            )
        return values
