local value, why = json.decode '{"items": [1, 2]}'
assert(value and #value.items == 2, why)
