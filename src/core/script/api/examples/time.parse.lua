time.parse "2025-11-24T16:00:00Z" --> 1764000000.0
time.parse "2025-11-24T17:00:00+01:00" --> 1764000000.0
local nothing, why = time.parse "yesterday"
print(nothing) --> nil
log.warn(why)
