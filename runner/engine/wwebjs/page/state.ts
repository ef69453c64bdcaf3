import type { WhatsAppPage } from './types.ts';

/** Runs on the page. */
export function readState(): { state: string; version: string | null } {
  const page = globalThis as unknown as WhatsAppPage;
  return {
    state: page.require('WAWebSocketModel').Socket.state,
    version: page.Debug?.VERSION ?? null,
  };
}

/** Runs on the page. Resolves when WhatsApp's server was told. */
export async function dropLink(): Promise<void> {
  await (globalThis as unknown as WhatsAppPage).require('WAWebSocketModel').Socket.logout();
}
