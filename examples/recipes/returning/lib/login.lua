-- lib/login.lua: how users log in, and those who clean up after them.
auth.setup {
  login = {
    path = "/api/v1/auth/login",
    fields = { "email", "password" },
    token = "/access_token",
  },
  logout = { path = "/api/v1/auth/logout" },
}
