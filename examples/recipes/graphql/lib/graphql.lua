-- lib/graphql.lua: GraphQL over HTTP POST. Operations are counted by their names, since all go to
-- one path; what GraphQL reports in `errors` is a failure, though its status is 200.
--   local answer, why = graphql.send("Products", QUERY, { page = 0 })

local graphql = {}

--- The `data` of the answer, or nil and why there is none.
function graphql.send(name, query, variables)
  local res = http.post(vars.graphql_path or "/", {
    name = "graphql/" .. name,
    json = { operationName = name, query = query, variables = variables },
    headers = { Accept = "application/json" },
  })
  if not res.ok then return nil, res.message or "status " .. res.status end
  local answer, why = res:json()
  if not answer then return nil, why end
  if answer.errors then
    res:fail "GraphQL errors"
    return nil, answer.errors[1].message
  end
  return answer.data
end

return graphql
