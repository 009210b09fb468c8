-- scripts/searcher.lua: somebody who searches while typing. Each letter after the third asks for
-- suggestions; then a result is opened, mostly one of the first.

local WORDS <const> = { "table", "chair", "lamp", "shelf", "basket", "clock", "mirror" }
local FIRST <const> = 3

local found = metrics.histogram("results", { help = "Results of a whole word." })

--- Types a word; the results of the last letter.
local function type_in(word)
  local res
  for length = FIRST, #word do
    if length > FIRST then think(0.08, 0.25) end
    res = http.get("/products", {
      query = { name_like = word:sub(1, length), _limit = 8 },
      name = "/products?suggest",
      tags = { letters = length == #word and "all" or "some" },
    })
  end
  return res
end

local function search()
  local word = random.pick(WORDS)
  if random.chance(0.1) then word = word .. "xx" end -- a slip of the fingers finds nothing
  local res = type_in(word)
  if not res.ok then return end
  local results = res:json()
  found:observe(#results)
  if #results == 0 then return end
  think(1, 3)
  local chosen = results[random.zipf(#results, 1.2)]
  local product = http.get("/products/{id}", { params = { id = chosen.id } })
  metrics.check("the product is what was found", product.ok and product:json().name == chosen.name)
end

return {
  requests = { 20, 60 },
  think = { 2, 10 },
  steps = { search },
}
