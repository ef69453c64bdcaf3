/** A running PostgreSQL behind the HTTP door. */
export type Backend = {
  driver: 'embedded' | 'server';
  /** `postgresql://user:password@host:port/database`; other databases differ in the path alone. */
  connectionString: string;
  close: () => Promise<void>;
};

/** Writes a loopback connection string; user, password and database are escaped. */
export function loopbackUrl(
  port: number,
  user: string,
  password: string,
  database: string,
): string {
  const [u, p, d] = [user, password, database].map(encodeURIComponent);
  return `postgresql://${u}:${p}@127.0.0.1:${port}/${d}`;
}

/** The same server and credentials with another database. */
export function withDatabase(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/** A name as a quoted SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
