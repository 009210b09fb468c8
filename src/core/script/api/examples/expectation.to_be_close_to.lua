expect(0.1 + 0.2).to_be_close_to(0.3)
expect(97).to_be_close_to(100, 5)
