print(json.encode({ id = 7 }, { pretty = true })) --> '{\n  "id": 7\n}'
