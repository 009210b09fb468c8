-- shopper: a customer of the Astronomy Shop, the OpenTelemetry demo. Opens the shop, looks at
-- products, their advertisements and recommendations, fills a cart, and now and then checks out.

local CURRENCIES <const> = { "USD", "EUR", "CHF", "GBP" }
local QUANTITIES <const> = { 1, 1, 1, 2, 3, 5, 10 }

-- GET with a query, which is no part of the name under which the call is counted.
local function get(path, query, name)
  local url = path .. "?" .. query
  return http.get(url, { name = name or path })
end

local function browse(user)
  local shop = user.state
  local product = random.pick(shop.products)
  local currency = "currencyCode=" .. shop.currency
  get("/api/products/" .. product.id, currency, "/api/products/{id}")
  get("/api/data", "contextKeys=" .. (random.pick(product.categories) or "telescopes"))
  local about = "productIds=" .. product.id .. "&sessionId=" .. shop.id
  get("/api/recommendations", about .. "&" .. currency)
end

local function view_cart(user)
  local shop = user.state
  get("/api/cart", "sessionId=" .. shop.id .. "&currencyCode=" .. shop.currency)
end

local function add_to_cart(user)
  local shop = user.state
  local product = random.pick(shop.products)
  local res = http.post("/api/cart", {
    json = {
      userId = shop.id,
      item = { productId = product.id, quantity = random.pick(QUANTITIES) },
    },
  })
  if res.ok then shop.items = shop.items + 1 end
end

local function change_currency(user)
  if http.get("/api/currency").ok then user.state.currency = random.pick(CURRENCIES) end
end

-- Nobody pays for an empty cart: the shop would refuse it.
local function checkout(user)
  local shop = user.state
  if shop.items == 0 then add_to_cart(user) end
  if shop.items == 0 then return end
  view_cart(user)
  think(1, 3)
  local res = http.post("/api/checkout", {
    json = {
      userId = shop.id,
      userCurrency = shop.currency,
      email = random.email(),
      address = {
        streetAddress = "1600 Amphitheatre Parkway",
        city = "Mountain View",
        state = "CA",
        country = "United States",
        zipCode = "94043",
      },
      -- The demo's own test card.
      creditCard = {
        creditCardNumber = "4432-8015-6152-0454",
        creditCardCvv = 672,
        creditCardExpirationYear = 2039,
        creditCardExpirationMonth = 1,
      },
    },
  })
  if res.ok then shop.items = 0 end
end

return {
  weight = 1,
  requests = { 10, 40 },
  think = { 1, 10 },

  on_start = function(user)
    http.get("/")
    local res = get("/api/products", "currencyCode=USD")
    local found = res.ok and res:json() or {}
    local products = {}
    for _, product in ipairs(found) do
      products[#products + 1] = { id = product.id, categories = product.categories or {} }
    end
    if #products == 0 then return false, "the shop has no products" end
    user.state.products = products
    user.state.id = random.uuid()
    user.state.currency = "USD"
    user.state.items = 0
  end,

  steps = {
    { 10, browse },
    { 3, view_cart },
    { 3, add_to_cart },
    { 1, change_currency },
    { 1, checkout },
  },
}
