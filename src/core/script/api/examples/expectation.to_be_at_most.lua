expect(2).to_be_at_most(2)
