local page = assert(http.get("/shop"):html())
print(page.name, page:first("h1"):text()) --> "#document", "Books & more"
local nothing, why = http.head("/shop"):html()
print(nothing, why) --> nil, "the body is empty"
