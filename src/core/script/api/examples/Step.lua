local function browse() http.get "/items" end
local function buy() http.post("/orders", { json = { item = 7 } }) end
local function export() http.get "/export.csv" end

return {
  steps = {
    { 9, browse, next = { browse = 0.7, buy = 0.2, leave = 0.1 } },
    -- Of weight 0: only `next` leads to it.
    { 0, buy, name = "buy", next = { browse = 0.5, leave = 0.5 } },
    -- Skipped first while the target is overloaded.
    { 1, export, heavy = true },
  },
}
