expect("a list of books").to_contain "books"
expect({ "tea", "milk" }).to_contain "milk"
expect({ id = 7, name = "Ada" }).to_contain { id = 7 }
