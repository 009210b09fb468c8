local res = http.get("/users", { timeout = 5 })
if res.ok then
  log.debug(res.url, { ms = res.duration * 1000 })
elseif res.status then
  log.warn("refused", { status = res.status, body = res.body })
else
  log.warn(res.message, { error = res.error }) -- `timeout`, `tls` and so on
end
