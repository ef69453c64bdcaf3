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

DROP TABLE IF EXISTS uploads;
DROP TABLE IF EXISTS parts;
`;
