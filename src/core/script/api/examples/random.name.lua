print(random.name()) --> such as "Maya Dahl"
print(random.name "ja_JP") --> such as "岡田 隆"
