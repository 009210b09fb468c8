-- Temporary keys, as a role gives them.
auth.aws {
  access_key = vars.aws_key or "ASIAEXAMPLE",
  secret_key = vars.aws_secret or "secret",
  session_token = vars.aws_token or "token",
  region = "eu-west-1",
  service = "s3",
}
http.get "/photos/cat.jpg"
