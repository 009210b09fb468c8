crypto.hex.decode "416461" --> "Ada"
local nothing, why = crypto.hex.decode "41646"
print(nothing, why) --> nil, "not hex: 5 digits, an even number was expected"
