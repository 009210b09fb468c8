-- mistakes: how often people go wrong. `random.mistake(kind)` is true at the rate of its kind.
--
-- The rates are meant for `--error-rate 15`: over the stock mix they then make 15 in 100 requests
-- end as a refusal that the script declared with `expect`. Another rate scales all of them alike,
-- and 0 makes a crowd that never errs.

return {
  nominal = 15, -- the --error-rate that the rates below are meant for
  kinds = {
    wrong_password = 0.09, -- of logins
    invalid_fields = 0.13, -- of creations and changes
    not_found = 0.18, -- of look-ups: an id, an address or a name that nobody has
    no_permission = 0.055, -- of protected calls: without a token, or at an administrator's door
    expired_token = 0.12, -- of token checks
    garbage_token = 0.06, -- of token checks
    given_up = 0.045, -- of reads: the user turns away before the answer
  },
}
