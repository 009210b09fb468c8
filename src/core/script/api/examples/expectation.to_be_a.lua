expect({}).to_be_a "table"
