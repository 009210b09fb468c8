-- scripts/customer.lua: a customer of a shop, made of a module that can be changed during the run.

local catalogue = require "catalogue"

local function browse(user)
  local res = catalogue.list()
  local product = res.ok and random.pick(res:json())
  user.state.product = product and product.id
end

local function open(user)
  if user.state.product then
    catalogue.open(user.state.product)
  else
    browse(user)
  end
end

return {
  requests = { 10, 30 },
  think = { 0.2, 1 },
  steps = { { 1, browse }, { 1, open } },
}
