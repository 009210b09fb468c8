print(random.city(), random.city "de_DE") --> such as "Boston", "München"
