expect(2).to_be_greater_than(1)
