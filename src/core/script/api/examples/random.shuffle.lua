local pages = { "/news", "/sport", "/weather" }
for _, path in ipairs(random.shuffle(pages)) do
  http.get(path)
end
print(pages) --> { "/news", "/sport", "/weather" }
