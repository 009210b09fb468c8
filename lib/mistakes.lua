-- mistakes: rates of deliberate mistakes. `random.mistake(kind)` is true at the rate of its kind.
--
-- The rates are meant for `--error-rate 15`: over the stock mix they then make 15 in 100 requests
-- get an error status that the script declared with `expect`. Another rate scales all of them,
-- and with 0 there are none.

return {
  nominal = 15, -- the --error-rate that the rates below are meant for
  kinds = {
    wrong_password = 0.09, -- of logins
    invalid_fields = 0.13, -- of creations and changes
    not_found = 0.18, -- of lookups: an id, an address or a name that does not exist
    no_permission = 0.055, -- of protected calls: without a token, or for administrators only
    expired_token = 0.12, -- of token checks
    garbage_token = 0.06, -- of token checks
    given_up = 0.045, -- of reads: the user gives up before the response
  },
}
