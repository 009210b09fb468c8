expect(1).to_be_less_than(2)
