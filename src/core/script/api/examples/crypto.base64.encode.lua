crypto.base64.encode "Ada" --> "QWRh"
crypto.base64.encode "Ad" --> "QWQ="
