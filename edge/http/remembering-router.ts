import type { Result, Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';

/** Of addresses in memory. Most calls go to a few that have no ids in them. */
const MOST = 500;
const LONGEST = 100;

/**
 * Hono's trie, which searches all layers of `use` and hundreds of routes for each request, with a memory of what it found.
 * Hono's faster router refuses addresses such as ours, where a fixed word and an id stand in one place.
 */
export class RememberingRouter<Handler> implements Router<Handler> {
  readonly name = 'RememberingRouter';
  readonly #trie = new TrieRouter<Handler>();
  readonly #found = new Map<string, Result<Handler>>();

  add(method: string, path: string, handler: Handler): void {
    this.#trie.add(method, path, handler);
  }

  match(method: string, path: string): Result<Handler> {
    const address = `${method} ${path}`;
    const known = this.#found.get(address);
    if (known !== undefined) return known;
    const found = this.#trie.match(method, path);
    if (address.length > LONGEST) return found;
    if (this.#found.size >= MOST) this.#found.clear();
    this.#found.set(address, found);
    return found;
  }
}
