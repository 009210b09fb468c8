expect({ id = 7, tags = { "new" } }).to_equal { id = 7, tags = { "new" } }
