import type { SandboxLink } from './sandbox-link.ts';

/** From here on this document gives no answer about a message that was handed to it. */
export const hideAnswers = (link: SandboxLink): Promise<unknown> =>
  link.onPage(`
    const { sends, findSent } = window.__waypost;
    window.__waypost.findSent = (wireId, chatId) =>
      sends.get(wireId) === 'begun' ? new Promise(() => undefined) : findSent(wireId, chatId);
    1`);
