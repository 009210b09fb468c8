-- scripts/author.lua: the author of a blog: writes posts, corrects, reads and withdraws them. What
-- is left at the end a clean-up deletes, also what was created without an answer.

local written = metrics.counter("posts_written", { help = "Posts that the blog took." })

local function write(user)
  -- An id of our own: json-server gives that of a deleted post to the next one.
  local id, slug = random.uuid(), "post-" .. random.unique()
  local post = { id = id, slug = slug, title = random.sentence(), version = 1 }
  post.body = random.words(40)
  local res = http.post("/posts", {
    json = post,
    expect = 201,
    creates = {
      kind = "post",
      id = "/id",
      delete = { path = "/posts/{id}" },
      -- Where the answer never came: is there a post with this slug?
      find = { path = "/posts?slug={slug}", params = { slug = slug }, list = "", id = "/id" },
    },
  })
  if res.status ~= 201 then return end
  written:add()
  table.insert(user.state.posts, id)
end

local function correct(user)
  local id = random.pick(user.state.posts)
  if not id then return write(user) end
  local res = http.get("/posts/{id}", { params = { id = id } })
  if not res.ok then return end
  think(1, 4)
  local post = res:json()
  post.version, post.body = post.version + 1, random.words(50)
  local saved = http.put("/posts/{id}", { params = { id = id }, json = post })
  metrics.check("a correction is kept", saved.ok and saved:json().version == post.version)
end

local function retitle(user)
  local id = random.pick(user.state.posts)
  if not id then return write(user) end
  local title = random.sentence()
  local saved = http.patch("/posts/{id}", { params = { id = id }, json = { title = title } })
  metrics.check(
    "a new title leaves the body",
    saved.ok and saved:json().title == title and saved:json().body
  )
end

local function withdraw(user)
  local id = table.remove(user.state.posts)
  if not id then return write(user) end
  http.delete("/posts/{id}", { params = { id = id } })
  http.get("/posts/{id}", { params = { id = id }, expect = 404 })
end

return {
  requests = { 10, 30 },
  think = { 1, 5 },
  on_start = function(user) user.state.posts = {} end,
  steps = { { 3, write }, { 3, correct }, { 2, retitle }, { 2, withdraw } },
}
