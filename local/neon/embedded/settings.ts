/**
 * Server settings as `-c` arguments. Durable is PostgreSQL's default (fsync on); throwaway gives durability
 * up for speed and is meant for tests alone.
 */
export function serverArguments(cluster: string, port: number, throwaway: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements that fail may hold messages of users: they are the caller's to see, not the log's.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    jit: 'off',
    max_wal_size: '256MB',
    // The default, 128 MB, is filled by the first thousands of messages; the kernel's page cache holds the same blocks.
    shared_buffers: '32MB',
    ...(throwaway ? THROWAWAY : { max_connections: '100' }),
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster, ...pairs];
}

const THROWAWAY = {
  max_connections: '250',
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};
