-- permissions: what a role allows. The functions are those of lib/catalogue.lua.

local catalogue = require "catalogue"

return catalogue {
  kind = "permission",
  path = "/api/v1/permissions",
  form = function()
    return {
      name = "permission-" .. random.unique(),
      display_name = random.sentence(2),
      resource = random.pick { "users", "profiles", "reports", "invoices" },
      action = random.pick { "read", "write", "approve" },
      description = random.sentence(),
    }
  end,
}
