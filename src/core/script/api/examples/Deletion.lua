http.post("/teams/{team}/keys", {
  params = { team = 7 },
  json = { name = "ci" },
  creates = {
    kind = "key",
    id = "/id",
    needs = { "team" }, -- Keys are deleted before the teams.
    delete = {
      method = "POST",
      path = "/teams/{team}/keys/{id}/revoke",
      json = { now = true },
    },
    find = {
      path = "/teams/7/keys",
      list = "/items",
      where = { name = "ci" },
    },
  },
})
