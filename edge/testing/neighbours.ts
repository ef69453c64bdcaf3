import { z } from 'zod';
import type { JwksScript, SignRequest } from '../../local/testing/jwks-protocol.ts';
import { FakeRunnerCall, type FakeRunnerScript } from '../../local/testing/fake-runner-protocol.ts';

const TapCall = z.object({
  method: z.string(),
  path: z.string(),
  startedAt: z.number(),
  endedAt: z.number(),
});

const call = async (url: string, method: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`);
  return response.json();
};

/** One fake runner: an address for leases, what it answers, and what it was asked. */
export function fakeRunner(serverUrl: string, epoch: number) {
  const runnerId = `runner-${crypto.randomUUID().slice(0, 8)}`;
  const bootId = `boot-${crypto.randomUUID().slice(0, 8)}`;
  const url = `${serverUrl}/${runnerId}/${bootId}`;
  return {
    owner: { runnerId, bootId, url, epoch },
    script: async (script: FakeRunnerScript): Promise<void> => {
      await call(`${url}/script`, 'PUT', script);
    },
    calls: async () => z.array(FakeRunnerCall).parse(await call(`${url}/calls`, 'GET')),
  };
}

export type TapBehaviour = {
  /** How long each call is held before it goes on. */
  holdMs?: number;
  /** The answers to calls with this in their body are lost: the connection breaks instead. */
  loseAnswersTo?: string;
};

/** One tap: the URL to give to the Worker, and the calls that passed. */
export async function openTap(tapUrl: string, options: TapBehaviour & { target: string }) {
  const { url } = z.object({ url: z.url() }).parse(await call(`${tapUrl}/taps`, 'POST', options));
  return {
    url,
    calls: async () => z.array(TapCall).parse(await call(`${url}/__calls`, 'GET')),
    /** From now on whatever is behind it is gone. */
    close: () => call(`${url}/__calls`, 'DELETE'),
  };
}

/** A Supabase project: its URL, what its key set answers, and access tokens that it signs. See local/testing/jwks-server.ts. */
export function supabaseProject(serverUrl: string) {
  const url = `${serverUrl}/${crypto.randomUUID()}`;
  const Token = z.object({ token: z.string() });
  /** Signs a token of this person, good for ten minutes; what is given goes before what such a token says. */
  const sign = async (
    payload: Record<string, unknown> = {},
    how: Omit<Partial<SignRequest>, 'payload'> = {},
  ): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const subject = crypto.randomUUID();
    const usual = {
      iss: `${url}/auth/v1`,
      aud: 'authenticated',
      role: 'authenticated',
      sub: subject,
      email: `${subject.slice(0, 8)}@example.com`,
      is_anonymous: false,
      iat: now,
      exp: now + 600,
    };
    const request = { ...how, payload: { ...usual, ...payload } };
    return Token.parse(await call(`${url}/sign`, 'POST', request)).token;
  };
  return {
    url,
    sign,
    script: (script: Partial<JwksScript>) => call(`${url}/script`, 'PUT', script),
    rotate: () => call(`${url}/rotate`, 'POST'),
    hits: async () => z.object({ hits: z.number() }).parse(await call(`${url}/hits`, 'GET')).hits,
    publicKeys: async () =>
      z
        .object({ keys: z.array(z.record(z.string(), z.unknown())) })
        .parse(await call(`${url}/keys`, 'GET')).keys,
  };
}
