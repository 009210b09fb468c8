local order = json.decode '{"id": 7, "items": [1, 2], "note": null}'
print(order.id, #order.items, order.note == json.null) --> 7, 2, true
local nothing, why = json.decode "{"
print(nothing) --> nil
log.warn(why)
