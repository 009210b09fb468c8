-- scripts/photographer.lua: somebody who uploads photographs with a caption, some of them several
-- at once, and receipts from a file. Most photographs are small, a few are very large.

local receipt = data.text "receipt.csv"
local sent = metrics.histogram("upload_bytes", { help = "Size of an upload." })

-- Bytes with the first ones of a PNG: most servers look at these.
local function photograph()
  local size = math.min(2000000, math.floor(random.lognormal(30000, 1)))
  sent:observe(size)
  return "\x89PNG\r\n\x1a\n" .. random.string(size)
end

local function upload_one()
  local caption = random.sentence()
  local res = http.post("/anything/photos", {
    multipart = {
      caption = caption,
      photo = { content = photograph(), filename = "photo.png", type = "image/png" },
    },
  })
  metrics.check("the photograph arrived", res.ok and res:json().files.photo)
  metrics.check("the caption arrived", res.ok and res:json().form.caption == caption)
end

-- A list, since several parts have the same name.
local function upload_album()
  local parts = { { name = "album", content = random.city() } }
  for i = 1, random.int(2, 4) do
    parts[#parts + 1] =
      { name = "photo", content = photograph(), filename = i .. ".png", type = "image/png" }
  end
  local res = http.post("/anything/albums", { multipart = parts, timeout = 30 })
  metrics.check("the album arrived", res.ok and res:json().form.album)
end

-- The file itself is the body, without a form around it.
local function send_receipt()
  local res = http.put("/anything/receipts/{id}", {
    params = { id = random.uuid() },
    headers = { ["Content-Type"] = "text/csv" },
    body = receipt,
  })
  metrics.check("the receipt arrived as it is", res.ok and res:json().data == receipt)
end

return {
  requests = { 3, 8 },
  think = { 2, 10 },
  steps = { { 6, upload_one }, { 2, upload_album }, { 2, send_receipt } },
}
