return {
  steps = {
    function()
      journey.begin "visit"
      http.get("/")
      journey.finish "visit"
    end,
  },
}
