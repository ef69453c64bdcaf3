import type { PageMessage, PatchOutcome, WhatsAppPage } from '../page/types.ts';

/**
 * The library's listeners on the page throw when a build of WhatsApp Web lacks what they use, and what they were to report
 * is lost without a word (devlikeapro/waha #1887, #2149); `injectToFunction` swallows it, and may call the original twice.
 * Here: reported, and a message that the library cannot describe goes over as WhatsApp Web has it.
 */
export function guardedListeners(): void {
  type Listener = (...args: unknown[]) => unknown;
  type Emitter = { on(events: string, listener: Listener, ...rest: unknown[]): unknown };
  type Injected = (module: unknown, original: Listener, ...args: unknown[]) => unknown;
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined) return;

  const guard =
    (where: string, listener: Listener): Listener =>
    (...args) => {
      try {
        const result = listener(...args);
        if (result instanceof Promise) result.catch((error: unknown) => agent.report(where, error));
      } catch (error) {
        agent.report(where, error);
      }
    };

  /** As the library describes it, less what it adds; `serialize` is WhatsApp Web's own. */
  const plainly = (message: PageMessage & { serialize(): object }): object => {
    const { id } = message;
    return { ...message.serialize(), links: [], id: { ...id, remote: id.remote._serialized } };
  };

  const name = 'guarded-listeners';
  let outcome: PatchOutcome = 'not needed';
  const applied = (): void => {
    outcome = 'applied';
    agent.patches[name] = outcome;
  };

  /** What stands in a function's place, and for which of the library's. */
  const injected = new WeakMap<Listener, { source: string; original: Listener }>();

  /** In the library's place: the original runs once, whatever the listener does. */
  const injectToFunction = (
    target: { module: string; function: string },
    callback: Injected,
  ): void => {
    const members = target.function.split('.');
    const last = members.pop() ?? '';
    let owner: unknown;
    try {
      owner = members.reduce<unknown>(
        (at, member) => (at as Record<string, unknown> | undefined)?.[member],
        (page.require as (name: string) => unknown)(target.module),
      );
    } catch {
      return; // This build has no such module; the surface check names those that we need.
    }
    const module = Object(owner) as Record<string, Listener>;
    const present = module[last];
    if (typeof present !== 'function') return;
    const source = String(callback);
    const before = injected.get(present);
    // The library injects itself anew: its function takes the place of its own, and is not put around it.
    const original = before?.source === source ? before.original : present;
    const replaced: Listener = (...args) => {
      let isCalled = false;
      const once: Listener = (...given) => {
        isCalled = true;
        return original.apply(module, given);
      };
      const failed = (error: unknown): unknown => {
        if (isCalled) throw error;
        agent.report(target.function, error);
        return original.apply(module, args);
      };
      try {
        const result = callback(module, once, ...args);
        return result instanceof Promise ? result.catch(failed) : result;
      } catch (error) {
        return failed(error);
      }
    };
    injected.set(replaced, { source, original });
    module[last] = replaced;
  };

  let isListening = false;
  const guardListeners = (): void => {
    if (isListening) return;
    isListening = true;
    const { Msg, Chat } = page.require('WAWebCollections');
    const { Socket } = page.require('WAWebSocketModel');
    for (const [who, emitter] of Object.entries({ Msg, Chat, Socket })) {
      const on = (emitter as unknown as Emitter).on.bind(emitter);
      const guarded: Emitter['on'] = (events, listener, ...rest) => {
        // WhatsApp Web takes its own listeners away again, and must find them. One that catches by itself needs no guard.
        const text = String(listener);
        if (!/\bwindow\s*\.\s*on[A-Z]/.test(text) || /\btry\s*\{/.test(text))
          return on(events, listener, ...rest);
        applied();
        return on(events, guard(`${who} ${events}`, listener), ...rest);
      };
      Object.assign(emitter, { on: guarded });
    }
  };

  agent.onLibrary(name, (library) => {
    guardListeners();

    let describe: ((message: never) => object) | undefined;
    const described = (message: never): object => {
      try {
        return describe?.(message) ?? plainly(message);
      } catch (error) {
        agent.report('getMessageModel', error);
        return plainly(message);
      }
    };
    Object.defineProperty(library, 'getMessageModel', {
      configurable: true,
      enumerable: true,
      get: () => described,
      set: (value: typeof describe) => {
        describe = value;
      },
    });
    let inject: typeof injectToFunction = injectToFunction;
    Object.defineProperty(library, 'injectToFunction', {
      configurable: true,
      enumerable: true,
      get: () => inject,
      set(value: typeof injectToFunction) {
        // Ours stays, unless the library's no longer runs the original a second time.
        if (/catch[^}]*\.apply\(/.test(String(value))) applied();
        else inject = value;
      },
    });
    return outcome;
  });
}
