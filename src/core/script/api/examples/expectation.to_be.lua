expect(6 * 7).to_be(42)
