crypto.hex.encode "Ada" --> "416461"
