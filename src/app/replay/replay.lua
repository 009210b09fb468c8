-- Plays the sessions of an access log: each request at its time, each session by one user. The log has no bodies.
local sessions = data.jsonl "sessions.jsonl"

local function due(user)
  local session = sessions:get(user.state.session)
  return session.requests[user.state.place]
end

return {
  requests = { 1, 1 },
  think = function(user)
    local request = due(user)
    return request and math.max(0, crowd.began + request[1] - time.now()) or 0
  end,

  on_start = function(user)
    local session = sessions:take()
    if not session then return false, "no session is left" end
    user.state.session = session.i
    user.state.place = 1
    user.requests_left = #session.requests
  end,

  step = function(user)
    local request = due(user)
    user.state.place = user.state.place + 1
    if not request then return end
    local failure = request[4]
    http.request(request[2], request[3], {
      expect = failure > 0 and failure or nil,
      redirects = false,
    })
  end,
}
