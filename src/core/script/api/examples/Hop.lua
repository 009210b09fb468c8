local res = http.get "/old"
local hop = res.redirects[1]
print(res.status, #res.redirects) --> 200, 1
print(hop.status, hop.headers.location) --> 302, "/users"
