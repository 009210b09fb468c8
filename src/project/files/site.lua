-- What all types of this project share.
local M = {}

---Opens a page as a browser asks for it.
---@param path string
---@return Response
function M.open(path) return http.get(path, { headers = { Accept = "text/html" } }) end

return M
