-- lib/mistakes.lua
return {
  nominal = 15, -- With --error-rate 30 users err twice as often.
  kinds = { not_found = 0.2, given_up = 0.05 },
}
