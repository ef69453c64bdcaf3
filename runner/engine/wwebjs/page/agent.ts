import type { PageAgent, PatchOutcome, WhatsAppPage } from './types.ts';

/** Where the page reports what threw on it without having been called by us. */
export const PAGE_ERROR_TOLD = 'onWaypostPageError';

/** `where`: in what, a listener of the library or `uncaught`. `detail`: the error in full. */
export type PageError = { where: string; detail: string };

/**
 * Runs in each new document before the page's scripts. Sets up our agent and waits for the library to assign
 * `window.WWebJS`, which is the moment when WhatsApp's modules are there and nothing was sent yet.
 */
export function installAgent(told: string): void {
  type Thrown = {
    name?: string;
    message?: string;
    stack?: string;
    constructor?: { name?: string };
  };
  const page = globalThis as unknown as WhatsAppPage & {
    top: unknown;
    addEventListener(
      type: string,
      listener: (event: { error?: unknown; message?: unknown; reason?: unknown }) => void,
    ): void;
  };
  if (page.top !== globalThis || page.__waypost !== undefined) return;

  let library: Record<string, unknown> | undefined;
  const waiting: (() => void)[] = [];

  const agent: PageAgent = {
    documentId: String(Math.random()),
    sends: new Map(),
    beforeSend: [],
    knownRecipients: new Set(),
    askedGroups: new Set(),
    files: new Map(),
    keepSome(remembered) {
      for (const oldest of remembered.keys()) {
        if (remembered.size <= 10_000) return;
        remembered.delete(oldest);
      }
    },
    inFull(error) {
      const { name, message, stack, constructor } = Object(error) as Thrown;
      const named = name === 'Error' ? (constructor?.name ?? name) : (name ?? typeof error);
      // Anything may be thrown, of any length.
      const short = (part: unknown, length: number): string => String(part).slice(0, length);
      const frames = (stack ?? '')
        .split('\n')
        .filter((line) => line.trimStart().startsWith('at '))
        .slice(0, 3)
        // Puppeteer names the file of ours that a function came from.
        .map((line) => short(line.trim().replace(/pptr:\S+?(?=:\d+:\d+\))/, 'evaluated'), 300));
      const place = [...frames, `WhatsApp Web ${page.Debug?.VERSION ?? 'unknown'}`].join('; ');
      const text = short(message ?? error, 200);
      return new Error(`${short(named, 100)}: ${text} (${place})`, { cause: error });
    },
    report(where, error) {
      const tell = (globalThis as unknown as Record<string, (error: PageError) => unknown>)[told];
      tell?.({ where, detail: agent.inFull(error).message });
    },
    findSent: async () => undefined,
    findQuoted: async () => undefined,
    loadEarlier: async () => undefined,
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
    onFirstLibrary(name, apply) {
      let outcome: PatchOutcome | undefined;
      agent.onLibrary(name, () => (outcome ??= apply()));
    },
  };

  page.addEventListener('error', ({ error, message }) =>
    agent.report('uncaught', error ?? message),
  );
  page.addEventListener('unhandledrejection', ({ reason }) => agent.report('uncaught', reason));
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
