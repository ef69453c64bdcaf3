import { beforeAll, describe, expect, it } from 'vitest';
import type { HeartbeatRequest } from '../../../shared/protocol/leases.ts';
import type { SigningKeys } from '../../../shared/signing/keys.ts';
import {
  SIGNED_HEADERS,
  signRequest,
  type SignRequestInput,
} from '../../../shared/signing/signed-request.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
let keys: SigningKeys;
beforeAll(async () => {
  harness = await createHarness();
  keys = harness.env.RUNNER_TO_EDGE_KEYS;
});

const ORIGIN = 'https://waypost.test';
const HEARTBEAT = '/internal/runners/heartbeat';
const beat: HeartbeatRequest = {
  runnerId: 'r',
  bootId: 'b',
  url: 'http://r.test',
  region: 'fra',
  maxSessions: 1,
  draining: false,
  sessions: [],
};

type Signed = { path: string; body: string; headers: Record<string, string> };

async function sign(changes: Partial<SignRequestInput> = {}, path = HEARTBEAT): Promise<Signed> {
  const body = changes.body ?? JSON.stringify(beat);
  const request = await signRequest({
    method: 'POST',
    url: `${ORIGIN}${path}`,
    keys,
    audience: 'edge',
    commandId: `cmd_${crypto.randomUUID()}`,
    ...changes,
    body,
  });
  return { path, body, headers: Object.fromEntries(request.headers) };
}

async function send({ path, body, headers }: Signed): Promise<{ status: number; json: unknown }> {
  const response = await harness.request('POST', path, { body, headers });
  return { status: response.status, json: await response.json() };
}

const refused = (reason: string) => ({
  status: 401,
  json: { success: false, error: { code: 'UNAUTHORIZED', details: { reason } } },
});
const now = (): number => Math.floor(Date.now() / 1000);

describe('a call of a runner', () => {
  it('signed for the edge is taken', async () => {
    expect(await send(await sign())).toEqual({
      status: 200,
      json: { renewed: [], lost: [], assigned: [], leaseMs: 30_000 },
    });
  });

  it('may be signed with either key while keys are changed', async () => {
    for (const key of keys)
      expect(await send(await sign({ keys: [key] }))).toMatchObject({ status: 200 });
  });

  it('may be up to a minute old', async () => {
    expect(await send(await sign({ now: now() - 50 }))).toMatchObject({ status: 200 });
  });
});

describe('a call is refused with the reason', () => {
  it('missing: not signed', async () => {
    const unsigned = { path: HEARTBEAT, body: JSON.stringify(beat), headers: {} };
    expect(await send(unsigned)).toMatchObject(refused('missing'));
  });

  it('missing: with an API key instead', async () => {
    const { apiKey } = await harness.newWorkspace();
    const response = await harness.request('POST', HEARTBEAT, { key: apiKey, body: beat });
    expect(response.status).toBe(401);
  });

  it('replayed: the same request again, also at another time', async () => {
    const signed = await sign();
    expect(await send(signed)).toMatchObject({ status: 200 });
    expect(await send(signed)).toMatchObject(refused('replayed'));
    expect(await send(signed)).toMatchObject(refused('replayed'));
  });

  it('replayed: all but one of ten at once', async () => {
    const signed = await sign();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(signed)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('expired: older than its minute', async () => {
    expect(await send(await sign({ now: now() - 61 }))).toMatchObject(refused('expired'));
  });

  it('expired: from far in the future', async () => {
    expect(await send(await sign({ now: now() + 3_600 }))).toMatchObject(refused('expired'));
  });

  it('wrong_audience: signed for a runner', async () => {
    const signed = await sign({ audience: 'runner/boot' });
    expect(await send(signed)).toMatchObject(refused('wrong_audience'));
  });

  it('unknown_key: a key id that nobody gave out', async () => {
    const [key] = keys;
    const signed = await sign({ keys: [{ id: 'other', secret: key?.secret ?? '' }] });
    expect(await send(signed)).toMatchObject(refused('unknown_key'));
  });

  it('bad_signature: a known key id with another secret', async () => {
    const [key] = keys;
    const signed = await sign({ keys: [{ id: key?.id ?? '', secret: 'ab'.repeat(32) }] });
    expect(await send(signed)).toMatchObject(refused('bad_signature'));
  });

  it('unknown_key: a key of the other direction', async () => {
    const signed = await sign({ keys: harness.env.EDGE_TO_RUNNER_KEYS });
    expect(await send(signed)).toMatchObject(refused('unknown_key'));
  });

  it('bad_digest: another body', async () => {
    const signed = await sign();
    const body = JSON.stringify({ ...beat, maxSessions: 999 });
    expect(await send({ ...signed, body })).toMatchObject(refused('bad_digest'));
  });

  it('bad_signature: another path or query', async () => {
    const signed = await sign();
    for (const path of ['/internal/runners/claim', `${HEARTBEAT}?draining=1`])
      expect(await send({ ...signed, path })).toMatchObject(refused('bad_signature'));
  });

  it.each([SIGNED_HEADERS.session, SIGNED_HEADERS.epoch, SIGNED_HEADERS.commandId])(
    'bad_signature: another %s',
    async (header) => {
      const signed = await sign();
      const headers = { ...signed.headers, [header]: '7' };
      expect(await send({ ...signed, headers })).toMatchObject(refused('bad_signature'));
    },
  );

  it('and a forged one does not use up the nonce of an honest one', async () => {
    const signed = await sign();
    const headers = { ...signed.headers, [SIGNED_HEADERS.epoch]: '7' };
    expect(await send({ ...signed, headers })).toMatchObject(refused('bad_signature'));
    expect(await send(signed)).toMatchObject({ status: 200 });
  });

  it.each(['heartbeat', 'claim', 'unsettled', 'reports', 'media'])(
    'on every route: %s',
    async (route) => {
      const unsigned = { path: `/internal/runners/${route}`, body: '{}', headers: {} };
      expect(await send(unsigned)).toMatchObject(refused('missing'));
    },
  );
});

describe('a signed body that does not fit', () => {
  it.each(['heartbeat', 'claim', 'unsettled', 'reports', 'media'])(
    '%s: names the fields',
    async (route) => {
      const answer = await send(await sign({ body: '{}' }, `/internal/runners/${route}`));
      expect(answer).toMatchObject({ status: 422, json: { error: { code: 'VALIDATION_ERROR' } } });
      expect(JSON.stringify(answer.json)).toContain('"in":"body"');
    },
  );

  it('is MALFORMED_JSON when it is no JSON', async () => {
    expect(await send(await sign({ body: '{"a":' }))).toMatchObject({
      status: 400,
      json: { error: { code: 'MALFORMED_JSON' } },
    });
  });

  it('is PAYLOAD_TOO_LARGE over 2 MB, before the signature is looked at', async () => {
    const body = JSON.stringify({ ...beat, padding: 'x'.repeat(2 * 1024 * 1024) });
    expect(await send({ path: HEARTBEAT, body, headers: {} })).toMatchObject({
      status: 413,
      json: { error: { code: 'PAYLOAD_TOO_LARGE' } },
    });
  });
});

describe('the routes', () => {
  it('refuse an epoch that is not the owner’s with 409 and the reason', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const owner = { runnerId: 'owner', bootId: 'boot', url: 'http://owner.test', epoch: 4 };
    const { id: sessionId } = await harness.newSession({ workspaceId, owner });
    for (const [route, extra] of [
      ['claim', { limit: 5 }],
      ['unsettled', {}],
    ] as const) {
      const path = `/internal/runners/${route}`;
      const stale = await sign({ body: JSON.stringify({ sessionId, epoch: 3, ...extra }) }, path);
      expect(await send(stale)).toMatchObject({
        status: 409,
        json: { error: { code: 'CONFLICT', details: { reason: 'stale_epoch' } } },
      });
      const current = await sign({ body: JSON.stringify({ sessionId, epoch: 4, ...extra }) }, path);
      expect(await send(current)).toMatchObject({ status: 200, json: { messages: [] } });
    }
  });

  it('stay out of the public document', async () => {
    const response = await harness.request('GET', '/openapi.json');
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain('/internal/');
  });
});
