log.info("logged in", { user = user.id })
