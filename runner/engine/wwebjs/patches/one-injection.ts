import { WorkLane } from '../../../work-lane.ts';
import { describe } from '../../describe-error.ts';
import type { LibraryClient, LibraryPage } from '../library.ts';
import type { WhatsAppPage } from '../page/types.ts';

const RETRIES = 5;

/**
 * The library injects itself again on each navigation of any frame, iframes included, several at a time: listeners stack
 * up, `ready` comes many times (#201653, not in 1.34.7), and two that expose the same function throw inside an async
 * listener, which ends the process (#201770, #201893). A reload during the first injection fails `initialize`.
 * Here: one at a time, once per document, again when the document went away underneath, and never thrown after start.
 * @param onFailure called for an injection that failed after start
 */
export function oneInjection(
  client: LibraryClient,
  hooks: { active: () => boolean; onLateFailure: (detail: string) => void },
): 'applied' | 'not needed' {
  if (client.initialize.toString().includes('parentFrame')) return 'not needed';

  const inject = client.inject.bind(client);
  const attach = client.attachEventListeners.bind(client);
  const injecting = new WorkLane();
  let injectedInto = '';
  let attachedTo = '';
  const attaching = new WorkLane();
  let started = false;

  const injectOnce = async () => {
    for (let attempt = 1; hooks.active(); attempt += 1) {
      try {
        const documentId = await currentDocument(client);
        if (documentId === injectedInto) return;
        await inject();
        injectedInto = documentId;
        if (documentId === (await currentDocument(client))) return;
      } catch (error) {
        if (attempt >= RETRIES || !isNavigation(error)) throw error;
      }
    }
  };

  client.inject = () => {
    const first = !started;
    started = true;
    const run = injecting.run(injectOnce);
    if (first) return run;
    return run.catch((error: unknown) => {
      if (hooks.active()) hooks.onLateFailure(describe(error));
    });
  };

  client.attachEventListeners = () =>
    attaching.run(async () => {
      const documentId = await currentDocument(client);
      if (documentId === attachedTo) return;
      await attach();
      attachedTo = documentId;
    });
  return 'applied';
}

/** Exposing a name twice is harmless here: both times it is the same client's handler. */
export function tolerantExpose(page: LibraryPage): void {
  const expose = page.exposeFunction.bind(page);
  page.exposeFunction = async (name, handler) => {
    try {
      await expose(name, handler);
    } catch (error) {
      if (!describe(error).includes('already exists')) throw error;
    }
  };
}

/** True for errors that say that the document went away under a call, and nothing about what the call did. */
export function isNavigation(error: unknown): boolean {
  return /Execution context was destroyed|Cannot find context|detached Frame|Execution context is not available/i.test(
    describe(error),
  );
}

async function currentDocument(client: LibraryClient): Promise<string> {
  const documentId = await client.pupPage?.evaluate(
    () => (globalThis as unknown as WhatsAppPage).__waypost?.documentId,
  );
  if (documentId === undefined) throw new Error('the page has no agent of ours');
  return documentId;
}
