expect(nil).to_be_falsy()
