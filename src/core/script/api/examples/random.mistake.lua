if random.mistake "not_found" then
  http.get("/users/{id}", { params = { id = random.uuid() }, expect = 404 })
end
