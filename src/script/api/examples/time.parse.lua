local seconds = time.parse "2026-11-23T10:15:00Z"
assert(time.iso(seconds) == "2026-11-23T10:15:00Z")
