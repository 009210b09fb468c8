local page = assert(http.get("/shop"):html())
print(page:first("h1"):text()) --> "Books & more"
print(page:first("#products"):text()) --> "Emma Ulysses"
