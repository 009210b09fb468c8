local page = assert(http.get("/shop"):html())
for _, form in ipairs(page:forms()) do
  log.debug("form", { action = form:attr "action", fields = form:values() })
end
print(#page:forms()) --> 2
