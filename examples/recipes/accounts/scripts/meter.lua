-- scripts/meter.lua: electricity meters of a file with a JSON value on each line. Each meter sends
-- its readings; a reading is never lower than the one before.

local meters = data.jsonl "meters.jsonl" -- {"id":1,"serial":"M-1001","tariff":{...}}

return {
  weight = 1,
  requests = { 4, 8 },
  think = { 2, 6 },

  on_start = function(user)
    local meter = meters:take()
    if not meter then return false, "all meters are taken" end
    local res = http.get("/devices/{id}", { params = { id = meter.id } })
    if not res.ok then return false, "no such meter" end
    metrics.check("a meter has its serial number", res:json().serial == meter.serial)
    user.state.meter, user.state.reading = meter, res:json().reading
  end,

  step = function(user)
    local meter = user.state.meter
    user.state.reading = user.state.reading + random.int(1, meter.tariff.steps)
    http.patch(
      "/devices/{id}",
      { params = { id = meter.id }, json = { reading = user.state.reading } }
    )
  end,
}
