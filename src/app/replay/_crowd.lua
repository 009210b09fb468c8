-- When the replay began, for all users.
return {
  setup = function() return { began = time.now() } end,
}
