-- Ids are UUIDs of 16 bytes; times are RFC 3339 text in UTC. `seq` gives lists their order and SQLite its fast key.
CREATE TABLE IF NOT EXISTS users (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  username TEXT NOT NULL COLLATE NOCASE UNIQUE,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  name TEXT NOT NULL,
  phone_number TEXT,
  document_number TEXT,
  password_hash TEXT NOT NULL,
  is_active INTEGER NOT NULL DEFAULT 1,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS users_by_state ON users (is_deleted, is_active, seq);
CREATE INDEX IF NOT EXISTS users_listed ON users (is_deleted, seq);

CREATE TABLE IF NOT EXISTS roles (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  display_name TEXT NOT NULL,
  description TEXT,
  is_active INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS roles_by_state ON roles (is_active, seq);

CREATE TABLE IF NOT EXISTS permissions (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  display_name TEXT NOT NULL,
  resource TEXT NOT NULL COLLATE NOCASE,
  action TEXT NOT NULL,
  description TEXT,
  is_active INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS permissions_by_resource ON permissions (resource, is_active, seq);
CREATE INDEX IF NOT EXISTS permissions_by_state ON permissions (is_active, seq);

CREATE TABLE IF NOT EXISTS role_permissions (
  role_id BLOB NOT NULL REFERENCES roles (id),
  permission_id BLOB NOT NULL REFERENCES permissions (id),
  PRIMARY KEY (role_id, permission_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS permissions_in_use ON role_permissions (permission_id);

CREATE TABLE IF NOT EXISTS user_roles (
  user_id BLOB NOT NULL REFERENCES users (id),
  role_id BLOB NOT NULL REFERENCES roles (id),
  PRIMARY KEY (user_id, role_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS roles_in_use ON user_roles (role_id);

CREATE TABLE IF NOT EXISTS profiles (
  user_id BLOB PRIMARY KEY REFERENCES users (id),
  id BLOB NOT NULL UNIQUE,
  avatar TEXT, bio TEXT, website TEXT, location TEXT, company TEXT, job_title TEXT,
  birth_date TEXT, gender TEXT, timezone TEXT, language TEXT,
  is_public INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A refresh token is stored as its SHA-256 only; a row is removed when it is used, so each works once.
CREATE TABLE IF NOT EXISTS refresh_tokens (
  hash BLOB PRIMARY KEY,
  user_id BLOB NOT NULL,
  session BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refresh_by_user ON refresh_tokens (user_id);
CREATE INDEX IF NOT EXISTS refresh_by_session ON refresh_tokens (session);
CREATE INDEX IF NOT EXISTS refresh_by_expiry ON refresh_tokens (expires_at);

-- Accounts by state, kept by triggers: counting tens of thousands of rows for each list would cost more than the list.
CREATE TABLE IF NOT EXISTS user_counts (
  is_deleted INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  users INTEGER NOT NULL,
  PRIMARY KEY (is_deleted, is_active)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO user_counts VALUES (0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0);
CREATE TRIGGER IF NOT EXISTS user_counts_insert AFTER INSERT ON users BEGIN
  UPDATE user_counts SET users = users + 1 WHERE is_deleted = new.is_deleted AND is_active = new.is_active;
END;
CREATE TRIGGER IF NOT EXISTS user_counts_update AFTER UPDATE OF is_deleted, is_active ON users BEGIN
  UPDATE user_counts SET users = users - 1 WHERE is_deleted = old.is_deleted AND is_active = old.is_active;
  UPDATE user_counts SET users = users + 1 WHERE is_deleted = new.is_deleted AND is_active = new.is_active;
END;

-- Substrings of three letters and more are found by their trigrams. Deleted accounts are not in the index, so its own
-- count is the count of a list.
CREATE VIEW IF NOT EXISTS user_texts AS
  SELECT seq, username || char(10) || email || char(10) || name AS body FROM users;
CREATE VIRTUAL TABLE IF NOT EXISTS user_search
  USING fts5 (body, content = 'user_texts', content_rowid = 'seq', tokenize = 'trigram');
CREATE TRIGGER IF NOT EXISTS user_search_insert AFTER INSERT ON users WHEN new.is_deleted = 0 BEGIN
  INSERT INTO user_search (rowid, body)
    VALUES (new.seq, new.username || char(10) || new.email || char(10) || new.name);
END;
CREATE TRIGGER IF NOT EXISTS user_search_leave BEFORE UPDATE OF username, email, name, is_deleted ON users
WHEN old.is_deleted = 0 BEGIN
  INSERT INTO user_search (user_search, rowid, body)
    VALUES ('delete', old.seq, old.username || char(10) || old.email || char(10) || old.name);
END;
CREATE TRIGGER IF NOT EXISTS user_search_enter AFTER UPDATE OF username, email, name, is_deleted ON users
WHEN new.is_deleted = 0 BEGIN
  INSERT INTO user_search (rowid, body)
    VALUES (new.seq, new.username || char(10) || new.email || char(10) || new.name);
END;
