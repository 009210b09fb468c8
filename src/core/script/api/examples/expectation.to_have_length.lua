expect({ "tea", "milk" }).to_have_length(2)
