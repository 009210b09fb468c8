http.request("PROPFIND", "/files", {
  headers = { Depth = "1" },
  expect = { 207, 405 },
})
