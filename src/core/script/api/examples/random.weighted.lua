local action = random.weighted { read = 90, write = 10 }
if action == "read" then
  http.get("/notes")
else
  http.post("/notes", { json = { text = random.sentence() } })
end
