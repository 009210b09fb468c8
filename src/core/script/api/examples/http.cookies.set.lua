http.cookies.set("consent", "all", { max_age = 86400 })
http.get("/")
