/** Flags that Redis itself knows; it refuses a script with any other. */
const REDIS_FLAGS = new Set([
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
]);

/**
 * Upstash's clients begin scripts with `#!lua flags=allow-key-locking`, which only Upstash understands. Takes
 * foreign flags off, and keeps the line, so that line numbers in errors stay right.
 */
export function withoutForeignFlags(script: string): string {
  return script.replace(/^#!lua([^\n]*)/, (line, rest: string) => {
    const flags = /flags=(\S+)/.exec(rest)?.[1]?.split(',');
    if (flags === undefined || flags.every((flag) => REDIS_FLAGS.has(flag))) return line;
    const known = flags.filter((flag) => REDIS_FLAGS.has(flag));
    // Without the shebang, as scripts were before Redis 7, which also knew none.
    return known.length === 0 ? '--' : `#!lua flags=${known.join(',')}`;
  });
}
