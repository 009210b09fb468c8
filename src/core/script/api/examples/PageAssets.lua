http.page "/shop"
-- The second visit finds them in the user's cache, as a browser does.
local _, assets = http.page "/shop"
print(assets.loaded, assets.cached, assets.revalidated) --> 0, 2, 1
