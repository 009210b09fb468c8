-- scripts/_crowd.lua: creates a room for all users, and deletes it.
return {
  setup = function()
    local res = http.post("/rooms", { json = { name = "run" } })
    return { room = res.ok and res:json().id }
  end,
  teardown = function(crowd)
    http.delete("/rooms/{id}", { params = { id = crowd.room } })
  end,
}
