local begun = clock.now()
clock.advance "2h"
expect(clock.now() - begun).to_be_close_to(7200)
