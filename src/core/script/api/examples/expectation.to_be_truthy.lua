expect("").to_be_truthy()
