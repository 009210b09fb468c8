local feed = assert(http.get("/feed.xml"):xml())
print(#feed:select "item") --> 2
-- Prefixes are left out: this is <dc:creator>.
print(feed:first("item > creator"):text()) --> "Jane Austen"
