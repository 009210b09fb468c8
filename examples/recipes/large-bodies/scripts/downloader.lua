-- scripts/downloader.lua: somebody who downloads: compressed documents, large files, parts of them,
-- and files whose length nobody knows before their end.

local KIB <const> = 1024

-- Accept-Encoding is sent by itself; `body` and `json` are what was compressed.
local function read_document()
  local coding = random.pick { "gzip", "deflate", "brotli" }
  local res = http.get("/" .. coding)
  metrics.check("a document is unpacked", res.ok and res:json().method == "GET")
end

local function read_as_is()
  local res = http.get("/get", { headers = { ["Accept-Encoding"] = "identity" } })
  metrics.check("identity is not compressed", res.ok and not res.headers["content-encoding"])
end

local function download()
  local size = random.int(10, 100) * KIB
  local res = http.get("/bytes/{size}", { params = { size = size }, timeout = 60 })
  metrics.check("a file is complete", res.ok and #res.body == size)
end

-- The second half of a file, as after a broken download.
local function resume()
  local size = 64 * KIB
  local res = http.get("/range/{size}", {
    params = { size = size },
    headers = { Range = "bytes=" .. size // 2 .. "-" },
    expect = 206,
  })
  metrics.check("the rest of a file comes", res.status == 206 and #res.body == size // 2)
end

local function stream()
  local size = 50 * KIB
  local res =
    http.get("/stream-bytes/{size}", { params = { size = size }, query = { chunk_size = KIB } })
  metrics.check("a stream is complete", res.ok and #res.body == size)
end

local function upload()
  http.put(
    "/anything/files/{id}",
    { params = { id = random.uuid() }, body = random.string(200 * KIB) }
  )
end

return {
  requests = { 5, 15 },
  think = { 1, 5 },
  steps = {
    { 4, read_document },
    { 1, read_as_is },
    { 3, download, heavy = 1 },
    { 1, resume },
    { 1, stream },
    { 1, upload, heavy = true },
  },
}
