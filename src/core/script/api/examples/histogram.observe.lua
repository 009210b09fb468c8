local age = metrics.histogram("data_age_seconds", {
  help = "Age of the newest entry.",
})

return {
  step = function()
    local entry = http.get("/latest"):json()
    local written = entry and time.parse(entry.at)
    if written then age:observe(math.max(0, time.now() - written)) end
  end,
}
