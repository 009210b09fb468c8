local timings = http.get("/users").timings
-- What the target took to think, without the connection and the transfer.
metrics.check("the first byte came in time", timings and timings.wait < 0.5)
