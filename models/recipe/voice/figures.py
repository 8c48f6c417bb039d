"""One figure of the evaluation, and how sure it is."""

from collections.abc import Callable

import numpy as np

DRAWS = 1000


def figure(what: str, rows: list, unit: str, goal: tuple | None = None, of: Callable = np.mean) -> dict:
    """The figure that `of` makes of all `rows`, and between what it lies when the rows are drawn anew."""
    rows, rng = np.asarray(rows, float), np.random.default_rng(1)
    drawn = [of(rows[rng.integers(len(rows), size=len(rows))]) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"what": what, "value": of(rows), "unit": unit, "count": len(rows), "low": low, "high": high, "goal": goal}


def share(rows: np.ndarray) -> float:
    """Percent of rows of (wrong, all)."""
    return 100 * rows[:, 0].sum() / max(rows[:, 1].sum(), 1)


def weighted(rows: np.ndarray) -> float:
    """Mean of rows of (sum, count)."""
    return rows[:, 0].sum() / max(rows[:, 1].sum(), 1e-9)
