import type { LibraryClient } from '../library.ts';

/**
 * On a disconnect the library closes the browser without waiting for it, and a rejection there ends the process; and it
 * reads each document's body for a version cache that is switched off, which rejects when the document is gone.
 * The engine closes browsers itself, with a deadline and a kill, so both are taken from the library (near #201770).
 */
export function teardownIsOurs(client: LibraryClient): void {
  client.destroy = async () => undefined;
  client.initWebVersionCache = async () => undefined;
}
