-- system: status of the service. No token is needed.

local system = {}

function system.welcome() return http.get("/") end
function system.health() return http.get("/health") end
function system.metrics() return http.get("/metrics") end

-- One of them: mostly the health check.
function system.look()
  local asked = random.weighted { welcome = 30, health = 55, metrics = 15 }
  return system[asked]()
end

return system
