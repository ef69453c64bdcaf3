export type Called = { method: string; path: string; status: number };

const watchers = new Set<(call: Called) => void>();

/** Reports every answered call of the API clients in this process, until the returned function is called. */
export function watchCalls(watcher: (call: Called) => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function reportCall(call: Called): void {
  for (const watcher of watchers) watcher(call);
}
