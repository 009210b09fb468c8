print("user", user.id, "has", user.requests_left, "requests left")
