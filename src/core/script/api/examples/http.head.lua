local res = http.head "/export.csv"
print(res.status, res.headers["content-type"]) --> 200, "text/csv"
