-- system: the service about itself. No token is needed.

local system = {}

function system.welcome() return http.get("/") end
function system.health() return http.get("/health") end
function system.metrics() return http.get("/metrics") end

-- One of them: most who ask only want to know whether the service is up.
function system.look()
  local ask = random.weighted { { 30, system.welcome }, { 55, system.health }, { 15, system.metrics } }
  return ask()
end

return system
