json.encode { tags = {} } --> '{"tags":{}}'
json.encode { tags = json.array() } --> '{"tags":[]}'
json.encode(json.decode '{"tags":[]}') --> '{"tags":[]}'
