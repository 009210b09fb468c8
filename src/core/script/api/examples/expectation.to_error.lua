expect(function() json.encode(print) end).to_error "function"
