-- Messages that do not wait for each other, one in 5 s on average.
for _ = 1, 3 do
  http.post("/messages", { json = { text = random.sentence() } })
  think(random.exponential(5))
end
