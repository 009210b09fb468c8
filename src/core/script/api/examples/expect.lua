expect(6 * 7).to_be(42)
expect({ 1, 2 }).never.to_contain(3)
