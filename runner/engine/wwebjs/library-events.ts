import type { EngineEvent } from '../port.ts';
import type { LibraryClient } from './library.ts';
import type { EngineTimes } from './times.ts';

/**
 * The library's own events of a link. A code that the page shows once it is linked is none: it clears its reference
 * then, which the library makes a code of, too.
 */
export function listenToLink(
  client: LibraryClient,
  link: {
    times: EngineTimes;
    now: () => number;
    linked: () => boolean;
    onCode: (code: Extract<EngineEvent, { type: 'qr' | 'pairing_code' }>) => void;
    onAuthenticated: () => void;
    onReady: () => void;
    onFailed: (detail: string) => void;
    onEnd: (reason: string) => void;
    onState: (state: string) => void;
  },
): void {
  const { times, now, linked, onCode } = link;
  client.on('qr', (qr: string) => {
    if (linked() || !/^\d+@/.test(qr)) return;
    onCode({ type: 'qr', qr, expiresAt: now() + times.qrMs });
  });
  client.on('code', (code: string) => {
    if (linked()) return;
    onCode({ type: 'pairing_code', code, expiresAt: now() + times.pairingCodeMs });
  });
  client.on('authenticated', () => link.onAuthenticated());
  client.on('ready', () => link.onReady());
  client.on('auth_failure', (detail: string) => link.onFailed(detail));
  client.on('disconnected', (reason: string) => link.onEnd(reason));
  client.on('change_state', (state: string) => link.onState(state));
}
