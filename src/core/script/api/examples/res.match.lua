local major, minor = http.get("/version"):match "Version (%d+)%.(%d+)"
print(major, minor) --> "1", "4"
