-- What a browser asks before a script of another site may send a PUT.
http.options("/users", {
  headers = {
    ["Origin"] = "https://shop.example.com",
    ["Access-Control-Request-Method"] = "PUT",
  },
})
