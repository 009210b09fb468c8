crypto.sha1 "Ada" --> "5c3cb098d52deb3f67e97b7fba960c4cf6880461"
