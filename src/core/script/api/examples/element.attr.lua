local link = assert(http.get("/shop"):html()):first "#products a"
print(link:attr "href", link:attr "target") --> "/products/1", nil
