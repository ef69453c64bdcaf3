// Without imports, so that tests inside workerd can bundle it too.

/** What a global setup hands to test files (plain data): where to create databases, and what from. */
export type TestNeonHandle = {
  /** `http://127.0.0.1:PORT/sql` */
  sqlUrl: string;
  /** Connects to the maintenance database. */
  adminConnectionString: string;
  /** Prepared once, cloned for every test file. */
  template: string;
};

/**
 * Creates a database of its own name as a copy of the template, in some tens of milliseconds.
 * @returns its connection string.
 */
export async function createTestDatabase(handle: TestNeonHandle): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  const response = await fetch(handle.sqlUrl, {
    method: 'POST',
    headers: { 'neon-connection-string': handle.adminConnectionString },
    body: JSON.stringify({ query: `CREATE DATABASE "${name}" TEMPLATE "${handle.template}"` }),
  });
  if (!response.ok) throw new Error(`no test database: ${await response.text()}`);
  const url = new URL(handle.adminConnectionString);
  url.pathname = `/${name}`;
  return url.href;
}
