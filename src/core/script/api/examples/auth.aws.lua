return {
  on_start = function()
    auth.aws {
      access_key = vars.aws_key or "AKIDEXAMPLE",
      secret_key = vars.aws_secret or "secret",
      region = "eu-west-1",
      service = "execute-api",
    }
  end,
  step = function() http.get("/prod/orders", { query = { limit = 20 } }) end,
}
