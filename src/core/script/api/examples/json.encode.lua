json.encode { name = "Ada", id = json.null } --> '{"id":null,"name":"Ada"}'
json.encode { 1, 2.0, "three" } --> '[1,2.0,"three"]'
