import { z } from 'zod';
import type { SandboxProfile } from '../../shared/session-status.ts';
import type { ApiClient } from '../testing/api-client.ts';
import { waitFor } from './wait.ts';

const Session = z.object({
  id: z.string(),
  status: z.string(),
  reason: z.string(),
  mode: z.enum(['live', 'sandbox']),
  phoneNumber: z.string().nullable(),
  webVersion: z.string().nullable(),
});

export type Linked = {
  id: string;
  phoneNumber: string;
  isSandbox: boolean;
  /** Build of WhatsApp Web. */
  page: string;
  /** Unlinks and deletes the session if it was made here. */
  end: () => Promise<void>;
};

type Wanted = {
  /** Id or name of a session that is linked already; null: a new one. */
  session: string | null;
  sandbox: SandboxProfile | null;
  signal: AbortSignal;
  tell: (line: string) => void;
};

const QR_EVERY_MS = 2_000;
const SCANNED_WITHIN_MS = 300_000;

/** A session that is online: the one that is named, or a new one, whose QR codes are shown until one is scanned. */
export async function link(api: ApiClient, wanted: Wanted): Promise<Linked> {
  const read = async (id: string) => (await api.call('GET', `/v1/sessions/${id}`)).data(Session);
  if (wanted.session !== null) {
    const { id, status, phoneNumber, mode, webVersion } = await read(wanted.session);
    if (status !== 'online' || phoneNumber === null)
      throw new Error(`The session is ${status}. Link it first, or leave out --session.`);
    const page = webVersion ?? 'unknown';
    return { id, phoneNumber, isSandbox: mode === 'sandbox', page, end: async () => undefined };
  }

  const { sandbox, signal, tell } = wanted;
  const mode = sandbox === null ? 'live' : 'sandbox';
  const made = await api.call('POST', '/v1/sessions', {
    body: {
      name: `smoke test ${Date.now()}`,
      mode,
      ...(sandbox === null ? {} : { sandboxProfile: sandbox }),
    },
  });
  const { id } = made.data(Session);
  const path = `/v1/sessions/${id}`;
  const end = async (): Promise<void> => {
    await api.call('DELETE', path);
  };
  try {
    // Presence is shown only to numbers that are online themselves. It takes effect when the engine starts.
    await api.call('PATCH', path, { body: { alwaysOnline: true } });
    await api.call('POST', `${path}/restart`);
    let shown = '';
    const online = await waitFor(
      signal,
      'the session to be linked',
      async () => {
        const session = await read(id);
        if (session.status === 'online' && session.phoneNumber !== null) return session;
        const { text, status } = await api.call('GET', `${path}/qr?format=text&wait=1`);
        if (status === 200 && text !== shown) {
          shown = text;
          if (mode === 'live')
            tell(`\nScan this with the phone: Linked devices, Link a device.\n${text}`);
          else await api.call('POST', `${path}/sandbox/scan`, { body: {} });
        }
        if (mode === 'live') await new Promise((resolve) => setTimeout(resolve, QR_EVERY_MS));
        return undefined;
      },
      SCANNED_WITHIN_MS,
    );
    const { phoneNumber, webVersion } = online;
    if (phoneNumber === null) throw new Error('The session has no number.');
    const page = webVersion ?? 'unknown';
    return { id, phoneNumber, isSandbox: mode === 'sandbox', page, end };
  } catch (error) {
    await end();
    throw error;
  }
}
