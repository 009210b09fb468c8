print(random.date()) --> such as "1991-06-14"
print(random.date("2026-01-01", "2026-01-31")) --> such as "2026-01-05"
