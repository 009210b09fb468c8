-- scripts/caller.lua: a program whose requests can be found again in the target's logs: one id for
-- a session, one for each request, and a trace context (`trace_context` in throng.toml).

-- A header of every request of the session, also of those that throng itself makes.
local function session_headers(user)
  user.state.session = random.uuid()
  return { ["X-Session-Id"] = user.state.session, ["User-Agent"] = "billing/2.4" }
end

--- A call with an id of its own; a failure is logged with all that helps to find it.
local function call(user, method, path, opts)
  local id = random.uuid()
  opts = opts or {}
  opts.headers = { ["X-Correlation-Id"] = id }
  local res = http.request(method, path, opts)
  if not res.ok then
    local session = user.state.session
    log.warn(
      "a call failed",
      { request = id, session = session, trace = res.trace_id, status = res.status }
    )
  end
  return res, id
end

local function read(user)
  local res, id = call(user, "GET", "/headers")
  local seen = res.ok and res:json().headers or {}
  metrics.check("the request's id arrived", seen["X-Correlation-Id"] == id)
  metrics.check("the session's id arrived", seen["X-Session-Id"] == user.state.session)
  metrics.check(
    "the trace arrived",
    seen.Traceparent and seen.Traceparent:find(res.trace_id, 1, true)
  )
end

local function write(user)
  call(
    user,
    "POST",
    "/post",
    { json = { amount = random.price(1, 100) }, tags = { part = "billing" } }
  )
end

return {
  requests = { 5, 10 },
  think = { 0.5, 2 },
  headers = session_headers,
  steps = { { 3, read }, { 1, write } },
}
