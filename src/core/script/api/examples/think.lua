http.get("/article")
think(1, 3)
http.get("/article/comments")
