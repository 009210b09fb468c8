local personas = require "personas"

return {
  headers = personas.headers,
  step = function() http.get("/") end,
}
