local searches = data.jsonl "searches.jsonl" -- each line: {"q": "emma"}

return {
  step = function() http.get("/search", { query = searches:next() }) end,
}
