/// Finds the value at a path in the JSON of an answer.
pub(super) const AT: &str = "\
-- What is at a path in the JSON of an answer, or nil.
local function at(res, ...)
  local value = res:json()
  for _, key in ipairs { ... } do
    if type(value) ~= \"table\" then return nil end
    value = value[key]
  end
  if value == json.null then return nil end
  return value
end
";

/// Draws from a distribution that is given by quantiles.
pub(super) const DRAWN: &str = "\
-- A random value of a distribution that is given by its quantiles, at equal distances.
local function drawn(quantiles)
  local place = random.float(1, #quantiles)
  local below = math.floor(place)
  local from, to = quantiles[below], quantiles[below + 1] or quantiles[below]
  return from + (to - from) * (place - below)
end
";
