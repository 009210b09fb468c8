expect(2).to_be_at_least(2)
