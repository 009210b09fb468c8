http.cookies.set("theme", "dark")
http.cookies.set("basket", "b7")
http.cookies.clear "basket"
print(#http.cookies.all()) --> 1
http.cookies.clear() -- As if the browser were new.
