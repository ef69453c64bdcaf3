/** The index of objects: which blob a key stands for. `headers` is JSON, times are unix ms. */
export const INDEX_SCHEMA = `
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  blob TEXT NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified_at INTEGER NOT NULL,
  headers TEXT NOT NULL,
  PRIMARY KEY (bucket, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_blob ON objects (blob);

CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  headers TEXT NOT NULL,
  started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS parts (
  upload TEXT NOT NULL,
  number INTEGER NOT NULL,
  blob TEXT NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parts_blob ON parts (blob);
`;
