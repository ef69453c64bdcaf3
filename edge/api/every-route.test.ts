import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../shared/ids.ts';
import { mintApiKey } from '../../shared/api-key.ts';
import { consoleLog } from '../log/log.ts';
import { mintUserToken } from '../identity/user-token.ts';
import { callOperation } from '../testing/battery.ts';
import { unknownIds } from '../testing/things.ts';
import { ALL_ROUTES_MS, inTurn } from '../testing/in-turn.ts';
import { sideBySide } from '../testing/side-by-side.ts';
import {
  goodCredentials,
  KEY_KINDS,
  LOGIN_KINDS,
  present,
  refusedCredentials,
} from '../testing/credentials.ts';
import { isOfApi, type Listed, listOperations } from '../testing/listed-operations.ts';
import { createHarness } from '../testing/harness.ts';
import { type Case, casesOf, FORBIDDEN, outcomesIn, UNAUTHORIZED } from '../testing/outcomes.ts';

/*
 * The battery: every operation of the OpenAPI document, with every kind of credential that it declares. Nothing is named
 * here by hand, so that a new route is held to all of it from its first day. Each wall is tried on each route, in one of its
 * spellings, which take turns.
 */
const harness = await createHarness();
const { all, guarded } = await listOperations(harness);
const { covered, outcomeOf, otherOutcomes } = outcomesIn(harness);

const isOfWorkspace = (one: Listed): boolean =>
  isOfApi(one) && !/^\/v1\/(?:admin\/|me$|invitations\/accept$)/.test(one.operation.path);

/** What source systems answer to anybody: their sign-in, and whether they run. */
const OPEN_ALIASES = [
  'GET /api/health',
  'GET /compat/waha/health',
  'GET /compat/waha/ping',
  'POST /api/auth/login',
];

describe('every operation that takes a credential', { timeout: ALL_ROUTES_MS }, () => {
  test('refuses a request without one, and says how to bring one', async () => {
    const others = await otherOutcomes(
      guarded.map((one) => [one, 'none', {}]),
      UNAUTHORIZED,
    );
    expect(others).toEqual([]);
    const response = await harness.request('GET', '/v1/sessions');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  test.each([
    ['key', KEY_KINDS],
    ['login', LOGIN_KINDS],
  ])('refuses a bad %s: garbled, expired, ended or disabled, in turn', async (_what, ofWall) => {
    const known = new Set<string>();
    const cases = await casesOf(
      guarded.filter(({ kinds }) => kinds.some((kind) => ofWall.includes(kind))),
      () => refusedCredentials(harness),
      (one, refused, index) => {
        const bad = one.kinds
          .filter((kind) => ofWall.includes(kind))
          .flatMap((kind) =>
            Object.entries(refused[kind]).map(([state, credential]): Case => [
              one,
              `${kind} ${state}`,
              present(kind, credential),
            ]),
          );
        for (const [, what] of bad) known.add(what);
        return inTurn(bad, index);
      },
    );
    expect(new Set(cases.map(([, what]) => what))).toEqual(known);
    expect(known.size).toBeGreaterThan(3 * ofWall.length);
    expect(await otherOutcomes(cases, UNAUTHORIZED)).toEqual([]);
  });

  test('refuses what another deployment signed, and a well-signed key that is not in the record', async () => {
    const newCredentials = async () => {
      const workspaceId = newId('workspace');
      const claims = { keyId: newId('key'), workspaceId, mode: 'live' as const, perMinute: 10_000 };
      const user = { userId: newId('user'), authSessionId: null, workspaceId: null };
      const elsewhere = { ...harness.env, USER_TOKEN_SIGNING_KEY: 'ab'.repeat(32) };
      return [
        await mintApiKey(claims, 'ab'.repeat(32)),
        await mintApiKey(claims, harness.env.API_KEY_SIGNING_KEY),
        (await mintUserToken(elsewhere, user)).token,
        (await mintUserToken(harness.env, user)).token,
      ];
    };
    const cases = await casesOf(guarded, newCredentials, (one, credentials, index) =>
      inTurn(credentials, index).map((key): Case => [one, key.slice(0, 8), { key }]),
    );
    expect(await otherOutcomes(cases, UNAUTHORIZED)).toEqual([]);
  });

  test('refuses a key that is used from elsewhere, and one from nobody knows where', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const pinned = await harness.newKey(workspaceId, {
      allowedIps: ['192.0.2.0/24'],
      perMinute: 10_000,
    });
    const open = await harness.newKey(workspaceId, {
      allowedIps: ['0.0.0.0/0'],
      perMinute: 10_000,
    });
    const from = (address: string) => ({ 'cf-connecting-ip': address });
    const others = await otherOutcomes(
      guarded
        .filter(({ kinds }) => kinds.includes('bearerKey'))
        .flatMap((one, index) => {
          const cases: Case[] = [
            [one, 'elsewhere', { key: pinned.apiKey, headers: from('198.51.100.7') }],
            [one, 'nowhere', { key: open.apiKey, headers: from('') }],
          ];
          return inTurn(cases, index);
        }),
      FORBIDDEN,
    );
    expect(others).toEqual([]);
  });

  test('refuses everybody of a suspended workspace', async () => {
    const { workspaces } = harness.schema;
    const newSuspended = async () => {
      const user = await harness.newUser();
      const good = await goodCredentials(harness, user);
      await harness.db
        .update(workspaces)
        .set({ isActive: false })
        .where(eq(workspaces.id, user.workspaceId));
      return good;
    };
    const cases = await casesOf(guarded.filter(isOfWorkspace), newSuspended, (one, good, index) =>
      inTurn(one.kinds, index).map((kind): Case => [one, kind, present(kind, good[kind])]),
    );
    expect(await otherOutcomes(cases, FORBIDDEN)).toEqual([]);
  });
});

test(
  'an operation that needs no credential treats a bad one as none',
  { timeout: ALL_ROUTES_MS },
  async () => {
    const refused = await refusedCredentials(harness);
    const bad = Object.entries(refused.cookie);
    const withoutNeed = all.filter(({ optional }) => optional);
    expect(withoutNeed).not.toEqual([]);
    for (const one of withoutNeed) {
      const { status } = await outcomeOf(one, 'none', {});
      expect(status, one.name).toBeLessThan(500);
      for (const [state, cookie] of bad)
        expect(await outcomeOf(one, state, present('cookie', cookie)), one.name).toMatchObject({
          status,
        });
    }
  },
);

describe('all operations', { timeout: ALL_ROUTES_MS }, () => {
  test('never show what went wrong inside', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { perMinute: 10_000 });
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    await sideBySide(guarded.filter(isOfApi), async ({ operation, name }) => {
      const answer = await callOperation(harness, operation, unknownIds(), { key: apiKey, env });
      expect(answer.status, name).toBeGreaterThanOrEqual(500);
      const text = await answer.text();
      expect(text, name).not.toMatch(/select|insert|\bat \w+|neon|sql/i);
      expect(text, name).not.toMatch(/stack|\.ts|node_modules/);
    });
  });

  test('that take a credential ran in this battery; the others say that they take none', () => {
    const open = all.filter(({ kinds }) => kinds.length === 0).map(({ name }) => name);
    const optional = all.filter((one) => one.optional).map(({ name }) => name);
    consoleLog({ event: 'battery', ran: [...covered].toSorted(), open, optional });
    expect([...covered, ...open].toSorted()).toEqual(all.map(({ name }) => name).toSorted());
    expect(optional.length).toBeLessThan(3);
    expect(open.filter((name) => / \/(?:v1|api|wa|compat)\//.test(name)).toSorted()).toEqual(
      OPEN_ALIASES,
    );
    expect(covered.size).toBeGreaterThan(40);
  });
});
