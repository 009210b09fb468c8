local name, code = random.country "fr_FR"
print(name, code) --> such as "Canada", "CA"
