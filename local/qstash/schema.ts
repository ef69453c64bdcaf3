/** Tables of the QStash store; `spec` is the JSON of a MessageSpec, times are unix ms. */
export const QSTASH_SCHEMA = `
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  retried INTEGER NOT NULL DEFAULT 0,
  flow_key TEXT,
  spec TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
DROP INDEX IF EXISTS messages_due;
-- Of earlier versions. The Worker's sweeper rings again for what they were about.
DELETE FROM messages WHERE flow_key IS NULL OR spec ->> '$.retryDelay' IS NULL OR spec ->> '$.flowControl.parallelism' IS NULL;
CREATE INDEX IF NOT EXISTS messages_of_key ON messages (coalesce(flow_key, ''), due_at, seq);

CREATE TABLE IF NOT EXISTS deduplication (
  key TEXT PRIMARY KEY,
  message_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

DROP TABLE IF EXISTS dead_letters;
DROP TABLE IF EXISTS schedules;

CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  message_id TEXT NOT NULL,
  url TEXT NOT NULL,
  error TEXT,
  next_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS events_message ON events (message_id);
`;
