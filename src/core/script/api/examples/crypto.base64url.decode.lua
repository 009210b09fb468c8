local cursor = crypto.base64url.encode '{"after":7}'
print(json.decode(crypto.base64url.decode(cursor)).after) --> 7
