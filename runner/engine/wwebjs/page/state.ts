import type { WhatsAppPage } from './types.ts';

/** Runs on the page. */
export function readState(): { state: string; version: string | null } {
  const page = globalThis as unknown as WhatsAppPage;
  return {
    state: page.require('WAWebSocketModel').Socket.state,
    version: page.Debug?.VERSION ?? null,
  };
}

/** Runs on the page. Resolves when WhatsApp's server has the logout. */
export async function dropLink(): Promise<void> {
  await (globalThis as unknown as WhatsAppPage).require('WAWebSocketModel').Socket.logout();
}

/** Runs on the page. Resolves when WhatsApp's server has answered, whatever it said: a refusal is an answer too. */
export async function askWhatsApp(): Promise<void> {
  const page = globalThis as unknown as WhatsAppPage;
  const me = page.require('WAWebUserPrefsMeUser').getMaybeMePnUser();
  if (me === undefined) return;
  try {
    await page.require('WAWebQueryExistsJob').queryWidExists(me);
  } catch {
    return;
  }
}
