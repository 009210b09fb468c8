crypto.hmac_sha1("key", "Ada") --> "0d266f8aae1933ab962ce7d29e5fcd2407fe58c7"
