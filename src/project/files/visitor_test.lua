-- Tests of scripts/visitor.lua: `throng test` runs them, in virtual time and without a network.

describe("visitor", function()
  before_each(
    function()
      mock {
        ["GET /"] = { body = "<h1>Welcome</h1>", headers = { ["Content-Type"] = "text/html" } },
      }
    end
  )

  it("looks at the start page", function()
    local user = throng.user "visitor"
    user:step "look"
    expect(user.requests).to_have_length(1)
    expect(user.requests[1].path).to_be "/"
    expect(user.state.looks).to_be(1)
    expect(user.checks["the start page arrives"].passed).to_be(1)
  end)

  it("lives a session with pauses between its steps", function()
    local user, begun = throng.user("visitor", { seed = 7 }), clock.now()
    user:run()
    expect(user.ended).to_be "completed"
    expect(#user.requests).to_be_at_least(3)
    expect(clock.now() - begun).to_be_greater_than(1)
  end)

  it("notices a page that fails", function()
    mock { ["GET /"] = 503 }
    local user = throng.user "visitor"
    user:step "look"
    expect(user.checks["the start page arrives"].failed).to_be(1)
  end)
end)
