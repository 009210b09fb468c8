local home = random.address "de_DE"
print(home.country, home.region) --> such as "DE", "Sachsen"
metrics.check("the line has it all", home.line:find(home.postcode, 1, true))
