local page = assert(http.get("/shop"):html())
for place, link in ipairs(page:select "#products a[href]") do
  log.debug(link:text(), { place = place, href = link:attr "href" })
end
