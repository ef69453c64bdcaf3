import type { PageAgent, WhatsAppPage } from './types.ts';

/**
 * Runs in each new document before the page's scripts. Sets up our agent and waits for the library to assign
 * `window.WWebJS`, which is the moment when WhatsApp's modules are there and nothing was sent yet.
 */
export function installAgent(): void {
  const page = globalThis as unknown as WhatsAppPage & { top: unknown };
  if (page.top !== globalThis || page.__waypost !== undefined) return;

  let library: Record<string, unknown> | undefined;
  const waiting: (() => void)[] = [];

  const agent: PageAgent = {
    documentId: String(Math.random()),
    sends: new Map(),
    beforeSend: [],
    knownRecipients: new Set(),
    files: new Map(),
    keepSome(remembered) {
      for (const oldest of remembered.keys()) {
        if (remembered.size <= 10_000) return;
        remembered.delete(oldest);
      }
    },
    findSent: async () => undefined,
    findQuoted: async () => undefined,
    patches: {},
    onLibrary(name, apply) {
      const run = () => {
        if (library === undefined) return;
        try {
          agent.patches[name] = apply(library);
        } catch (error) {
          agent.patches[name] = `failed: ${String(error)}`;
        }
      };
      agent.patches[name] = 'waiting';
      waiting.push(run);
      run();
    },
  };

  Object.defineProperty(globalThis, '__waypost', { value: agent });
  Object.defineProperty(globalThis, 'WWebJS', {
    configurable: true,
    get: () => library,
    set: (value: Record<string, unknown>) => {
      library = value;
      for (const run of waiting) run();
    },
  });
}
