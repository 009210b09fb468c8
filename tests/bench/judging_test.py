"""Tests of the verdicts of tests/bench/soak: growth and counts."""

import random
import unittest

from counts import Comparison, add, of_target
from growth import Growth


class Growing(unittest.TestCase):
    times = list(range(200))

    def of(self, figure, allowed=1):
        chance = random.Random(1)
        return Growth(self.times, [figure(time, chance) for time in self.times], allowed)

    def test_a_leak_in_noise_grows(self):
        growth = self.of(lambda time, chance: 100 + 0.1 * time + chance.gauss(0, 1))
        self.assertTrue(growth.grows)
        self.assertAlmostEqual(growth.per_hour, 360, delta=36)
        self.assertAlmostEqual(growth.gained, 10, delta=1)

    def test_noise_alone_does_not_grow(self):
        self.assertFalse(self.of(lambda time, chance: 100 + chance.gauss(0, 5)).grows)

    def test_what_grows_at_the_beginning_only_does_not_grow(self):
        self.assertFalse(self.of(lambda time, chance: min(time, 80) + chance.gauss(0, 0.1)).grows)

    def test_a_spike_is_no_growth(self):
        self.assertFalse(self.of(lambda time, chance: 1000 if 190 < time < 195 else 100).grows)

    def test_what_is_allowed_for_does_not_grow(self):
        self.assertFalse(self.of(lambda time, chance: 100 + 0.1 * time, allowed=11).grows)


class Counting(unittest.TestCase):
    @staticmethod
    def target(*lines):
        counts = of_target("")
        for line in lines:
            endpoint, status, count = line.rsplit(" ", 2)
            method, path = endpoint.split(" ")
            text = f'user_service_http_requests_total{{endpoint="{path}",method="{method}",status="{status}"}} {count}'
            add(counts, of_target(text))
        return counts

    @staticmethod
    def run_of(endpoints, errors=()):
        all_of_them = [{"method": method, "name": name, "status": status} for (method, name), status in endpoints.items()]
        total = sum(sum(status.values()) for status in endpoints.values())
        return {
            "endpoints": all_of_them, "requests": {"total": total},
            "errors": [{"kind": kind, "count": count} for kind, count in errors],
        }

    def test_equal_counts_are_fine_over_two_lives(self):
        run = self.run_of({("GET", "/a"): {"200": 7, "404": 1}})
        compared = Comparison(run, self.target("GET /a 200 3", "GET /a 200 4", "GET /a 404 1"))
        self.assertEqual((compared.broken, compared.equal, compared.seen), ([], 8, 8))

    def test_one_request_more_or_less_is_seen(self):
        run = self.run_of({("GET", "/a"): {"200": 7}})
        for theirs in (6, 8):
            self.assertTrue(Comparison(run, self.target(f"GET /a 200 {theirs}")).broken, theirs)

    def test_a_request_without_an_answer_may_have_been_seen_or_not(self):
        run = self.run_of({("POST", "/a"): {"200": 7, "none": 3}}, [("connect", 1), ("reset", 2)])
        for more in (("POST /a 499 1", "POST /a 200 8"), ("POST /a dropped 2", "POST /a 200 7"), ("POST /a 200 7",)):
            self.assertEqual(Comparison(run, self.target(*more)).broken, [], more)
        # Requests that could not connect were not seen; and at most those without a response can be missing here.
        for more in (("POST /a 200 10",), ("POST /a 499 4", "POST /a 200 7")):
            self.assertTrue(Comparison(run, self.target(*more)).broken, more)

    def test_a_request_may_be_sent_again_where_that_does_no_harm(self):
        for method, fine in (("GET", True), ("POST", False)):
            run = self.run_of({(method, "/a"): {"200": 7}})
            compared = Comparison(run, self.target(f"{method} /a 200 7", f"{method} /a dropped 1"))
            self.assertEqual(not compared.broken, fine, compared.broken)


if __name__ == "__main__":
    unittest.main()
