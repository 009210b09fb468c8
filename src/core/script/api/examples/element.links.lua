local page = assert(http.get("/shop"):html())
-- One of the products; the requests of all are counted under one name.
http.get(random.pick(page:links "#products"), { name = "/products/{id}" })
