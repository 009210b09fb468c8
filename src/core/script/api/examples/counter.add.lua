local sent = metrics.counter("bytes_sent", {
  help = "Bytes of uploads.",
  labels = { "kind" },
})

return {
  step = function()
    local body = random.string(1000)
    if http.post("/files", { body = body }).ok then
      sent:add(#body, { kind = "text" })
    end
  end,
}
