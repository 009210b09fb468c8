-- Tests of NAME: `throng test` runs them, in virtual time and without a network.

describe("NAME", function()
  it("reads the start page", function()
    mock { ["GET /"] = { body = "<h1>Welcome</h1>" } }
    local user = throng.user "NAME"
    user:step "read"
    expect(user.requests[1].path).to_be "/"
    expect(user.requests[1].status).to_be(200)
    expect(user.state.reads).to_be(1)
  end)
end)
