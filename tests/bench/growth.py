"""Whether a sampled figure grows, or only fluctuates."""

import statistics


class Growth:
    """A line through the second half of a run, when caches, pools and histograms have reached their size.

    The line is the Theil-Sen estimator (the median of the slopes between all pairs), which is robust against spikes. A figure grows when the
    line gains more over that half than is allowed, and more than the samples deviate from it.
    """

    def __init__(self, times, values, allowed):
        half = len(times) // 2
        times, values = times[half:], values[half:]
        self.allowed = allowed
        self.slope = slope(times, values)
        self.gained = self.slope * (times[-1] - times[0]) if times else 0.0
        middle = statistics.median(values) - self.slope * statistics.median(times)
        off = [abs(value - middle - self.slope * time) for time, value in zip(times, values)]
        # The factor 1.48 converts a median absolute deviation to a standard deviation.
        self.noise = 1.48 * statistics.median(off)
        tenth = max(1, len(values) // 5)
        self.first, self.last = statistics.median(values[:tenth]), statistics.median(values[-tenth:])

    @property
    def grows(self):
        return self.gained > self.allowed and self.gained > 2 * self.noise

    @property
    def per_hour(self):
        return self.slope * 3600

    def as_json(self):
        return {
            "per_hour": self.per_hour, "gained": self.gained, "allowed": self.allowed, "noise": self.noise,
            "first": self.first, "last": self.last, "grows": self.grows,
        }


def slope(times, values):
    """A second; 0 for fewer than two samples."""
    pairs = [
        (values[b] - values[a]) / (times[b] - times[a])
        for a in range(len(times)) for b in range(a + 1, len(times)) if times[b] > times[a]
    ]
    return statistics.median(pairs) if pairs else 0.0
