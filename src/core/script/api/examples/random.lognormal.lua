-- Half of the files have less than 20 kB, one in forty more than 140 kB.
local size = math.min(random.lognormal(20000, 1), 1000000)
http.post("/files", { body = random.string(math.floor(size)) })
