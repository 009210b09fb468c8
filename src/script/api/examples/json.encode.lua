local text = json.encode({ name = "Ada", tags = json.array {} })
assert(text == '{"name":"Ada","tags":[]}')
