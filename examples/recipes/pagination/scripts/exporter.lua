-- scripts/exporter.lua: a program that fetches whole lists, page by page to the end: once by the
-- links in the answer's header (RFC 8288), once by numbers, until a page is not full.

local SIZE <const> = 10

--- The URL of `rel="next"` in a Link header; nil on the last page.
local function next_of(res) return (res.headers.link or ""):match '<([^>]*)>; rel="next"' end

local function by_links()
  local url, count, total = "/posts?_page=1&_limit=" .. SIZE, 0, nil
  while url do
    local res = http.get(url, { name = "/posts?page" })
    if not res.ok then return end
    count, total = count + #res:json(), tonumber(res.headers["x-total-count"])
    url = next_of(res)
    if url then think(0.1, 0.5) end
  end
  metrics.check("links lead to every post", count == total)
end

local function by_numbers()
  local page, ids = 0, {}
  repeat
    page = page + 1
    local res = http.get("/comments", { query = { _page = page, _limit = SIZE } })
    if not res.ok then return end
    local rows = res:json()
    for _, row in ipairs(rows) do
      metrics.check("no comment comes twice", not ids[row.id])
      ids[row.id] = true
    end
  until #rows < SIZE
end

return {
  requests = { 10, 30 },
  think = { 1, 5 },
  steps = { { 1, by_links }, { 1, by_numbers } },
}
