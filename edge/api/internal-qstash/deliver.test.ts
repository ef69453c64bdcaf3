import { eq } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { newInbox, qstashRequestsFor, receiverUrl } from '../../testing/receiver.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newEndpoint,
  newOwnedSession,
  received,
} from '../../services/reports/testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  // QStash calls the receiver in the Worker's place; a test hands its request on.
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

const PATH = '/internal/qstash/deliver';

async function publishedDelivery() {
  const session = await newOwnedSession(harness);
  const inbox = newInbox();
  const endpointId = await newEndpoint(harness, session, { url: inbox.url });
  await ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: [session.spool(received('R1'))],
  });
  const { deliveries } = harness.schema;
  const [row] = await harness.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.endpointId, endpointId));
  if (row === undefined) throw new Error('no delivery');
  return { inbox, endpointId, id: row.id, body: JSON.stringify({ endpointId }) };
}

const digest = async (text: string): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

/** A signature as QStash makes it, with one thing changed. */
async function sign(
  body: string,
  changes: { key?: string; url?: string; ageSeconds?: number } = {},
): Promise<string> {
  const { env } = harness;
  const now = Math.floor(Date.now() / 1_000) - (changes.ageSeconds ?? 0);
  return new SignJWT({ body: await digest(body) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('Upstash')
    .setSubject(changes.url ?? `${env.BASE_URL}${PATH}`)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + 300)
    .setJti(crypto.randomUUID())
    .sign(new TextEncoder().encode(changes.key ?? env.QSTASH_CURRENT_SIGNING_KEY));
}

const call = (body: string, signature?: string) =>
  harness.request('POST', PATH, {
    body,
    headers: signature === undefined ? {} : { 'upstash-signature': signature },
  });

describe('the way of a webhook', () => {
  it('goes from the fact through QStash to the receiver, once', async () => {
    const { inbox, endpointId } = await publishedDelivery();
    const [fromQstash] = await qstashRequestsFor(endpointId, 1);
    const { body = '', headers = {} } = fromQstash ?? {};
    const answers = [];
    for (let time = 0; time < 2; time += 1) {
      const response = await call(body, headers['upstash-signature']);
      answers.push([response.status, await response.json()]);
    }
    expect(answers).toEqual([
      [200, { kind: 'attempted', delivered: 1, pending: 0, failed: 0 }],
      [200, { kind: 'nothing', why: 'none_due' }],
    ]);
    expect(await inbox.received()).toHaveLength(1);
  });

  it('makes one request for ten signed calls at once, and thanks for each', async () => {
    const { inbox, endpointId, id, body } = await publishedDelivery();
    const signature = await sign(body);
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(body, signature)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const said = await Promise.all(answers.map((answer) => answer.json()));
    expect(said).toContainEqual({ kind: 'attempted', delivered: 1, pending: 0, failed: 0 });
    const requests = await inbox.received();
    expect(requests).toHaveLength(1);
    const { attempts, deliveries } = harness.schema;
    const made = await harness.db.select().from(attempts).where(eq(attempts.deliveryId, id));
    expect(made).toMatchObject([{ attemptNo: 1, statusCode: 200 }]);
    const rows = await harness.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.endpointId, endpointId));
    expect(rows).toMatchObject([{ status: 'delivered' }]);
  });

  it('answers 503 with Retry-After before its time by the database’s clock', async () => {
    const { inbox, endpointId } = await publishedDelivery();
    const notBefore = Math.ceil(Date.now() / 1_000) + 60;
    const body = JSON.stringify({ endpointId, notBefore });
    const response = await call(body, await sign(body));
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(await inbox.received()).toEqual([]);
  });
});

describe('who may call', () => {
  const refusals: Record<string, (body: string) => Promise<[string, string | undefined]>> = {
    'no signature': async (body) => [body, undefined],
    'an expired one': async (body) => [body, await sign(body, { ageSeconds: 301 })],
    'one of another key': async (body) => [body, await sign(body, { key: 'sig_of_somebody_else' })],
    'one for another URL': async (body) => [
      body,
      await sign(body, { url: `${harness.env.BASE_URL}/internal/qstash/other` }),
    ],
    'one of another body': async (body) => [`${body} `, await sign(body)],
    'no JWT at all': async (body) => [body, 'garbage'],
  };

  it.each(Object.keys(refusals))('is refused with %s', async (name) => {
    const { inbox, body } = await publishedDelivery();
    const [sent, signature] = await (refusals[name]?.(body) ?? [body, undefined]);
    const response = await call(sent, signature);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      success: false,
      error: { code: 'UNAUTHORIZED' },
    });
    expect(await inbox.received()).toEqual([]);
  });

  it('may sign with the next key, as after a rotation', async () => {
    const { inbox, body } = await publishedDelivery();
    const signature = await sign(body, { key: harness.env.QSTASH_NEXT_SIGNING_KEY });
    expect((await call(body, signature)).status).toBe(200);
    expect(await inbox.received()).toHaveLength(1);
  });

  it('must say which endpoint it means', async () => {
    const body = JSON.stringify({ deliveryId: 'dlv_x', attemptNo: 1 });
    expect((await call(body, await sign(body))).status).toBe(422);
  });
});
