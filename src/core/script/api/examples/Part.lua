http.post("/photos", {
  multipart = {
    { name = "tag", content = "new" },
    { name = "tag", content = "blue" },
    {
      name = "photo",
      content = random.string(1000),
      filename = "a.png",
      type = "image/png",
    },
  },
})
