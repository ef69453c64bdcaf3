/**
 * Flags and surroundings of a Node process that is idle nearly always, for less memory: V8 keeps small tables and a small
 * nursery, and one malloc arena for all threads gives freed pages back. Figures: docs/decisions/0007-the-headless-shell.md.
 */
export function leanNode(heapMiB: number): { flags: string[]; env: Record<string, string> } {
  return {
    flags: [`--max-old-space-size=${heapMiB}`, '--max-semi-space-size=1', '--optimize-for-size'],
    // glibc's own names; other C libraries ignore them, and Chromium has an allocator of its own.
    env: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' },
  };
}
