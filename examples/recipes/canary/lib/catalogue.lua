-- lib/catalogue.lua: how customers look at the catalogue. Change it while the crowd is out: a fifth
-- of the users tries the change first (`canary` in throng.toml).

local catalogue = {}

--- A page of the list. Try another size, or a path that does not exist: "/product".
function catalogue.list()
  return http.get("/products", { query = { _page = random.int(1, 4), _limit = 10 } })
end

function catalogue.open(id) return http.get("/products/{id}", { params = { id = id } }) end

return catalogue
