local res = http.get "/balance"
if res.ok and res:json().amount then
  log.error("a balance without a currency", res:json())
end
