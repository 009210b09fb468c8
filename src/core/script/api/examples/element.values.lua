local form = assert(http.get("/shop"):html()):first "form#cart"
print(form:values()) --> { csrf = "x7", item = "1" }
