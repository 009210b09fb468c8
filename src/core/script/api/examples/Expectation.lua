expect("Emma").to_be "Emma"
expect("Emma"):to_be "Emma"
expect("Emma").never.to_be "Ulysses"
