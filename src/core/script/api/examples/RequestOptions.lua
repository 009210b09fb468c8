http.post("/teams/{team}/users", {
  params = { team = 7 },
  query = { role = { "reader", "editor" } }, -- ?role=reader&role=editor
  headers = { ["X-Source"] = "import" },
  json = { name = random.name() },
  expect = { "2xx", 409 }, -- Another user may have taken the name.
  timeout = 5, -- seconds
  tags = { plan = "free" },
})
