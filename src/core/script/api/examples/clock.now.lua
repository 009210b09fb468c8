mock { ["*"] = 200 }
local begun = clock.now()
throng.user("visitor"):run()
expect(clock.now() - begun).to_be_at_least(60)
