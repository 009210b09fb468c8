crypto.md5 "Ada" --> "1a382809b7c03f686e12dd15677c5497"
