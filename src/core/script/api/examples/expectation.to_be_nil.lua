expect(({}).name).to_be_nil()
