return {
  requests = 20,
  on_start = function() journey.begin "visit" end,
  step = function() http.get "/articles" end,
  -- Its time is that of all steps between, with the pauses.
  on_stop = function() journey.finish "visit" end,
}
