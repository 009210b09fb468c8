-- scripts/operator.lua: somebody with a dashboard, a page of six parts that load at the same time
-- and are refreshed again and again. What counts is when the last of them is there.

local slowest =
  metrics.counter("slowest_part", { help = "Which part came last.", labels = { "part" } })

local PARTS <const> = {
  { "products", "/products?_sort=stock&_limit=5" },
  { "categories", "/products?category=office" },
  { "orders", "/orders?_sort=id&_order=desc&_limit=10" },
  { "posts", "/posts?_embed=comments&_limit=3" },
  { "comments", "/comments?_limit=5" },
  { "visits", "/visits" },
}

--- A request for each part, all under way at once: a user has six connections, as a browser has.
local function requests()
  local calls = {}
  for i, part in ipairs(PARTS) do
    calls[i] = function() return http.get(part[2], { name = "dashboard/" .. part[1] }) end
  end
  return calls
end

local function load()
  local answers = { parallel(requests()) }
  local last, all_ok = 1, true
  for i, res in ipairs(answers) do
    all_ok = all_ok and res.ok
    if (res.duration or 0) > (answers[last].duration or 0) then last = i end
  end
  metrics.check("every part of the dashboard came", all_ok)
  slowest:add(1, { part = PARTS[last][1] })
end

return {
  requests = { 30, 90 },
  pace = 10, -- a refresh begins ten seconds after the one before
  -- A journey is measured as one: how long the whole dashboard takes.
  step = function() journey("dashboard", load) end,
}
