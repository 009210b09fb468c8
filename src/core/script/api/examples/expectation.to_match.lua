expect("order 17").to_match "^order %d+$"
