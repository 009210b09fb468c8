local res, assets = http.page("/shop", {}, { "cdn.example.com" })
print(res.status, assets.loaded, assets.foreign) --> 200, 3, 1
metrics.check("all assets came", assets.failed == 0)
