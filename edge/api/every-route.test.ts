import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../shared/ids.ts';
import { mintApiKey } from '../../shared/api-key.ts';
import { consoleLog } from '../log/log.ts';
import { mintUserToken } from '../identity/user-token.ts';
import { SCOPES } from '../services/keys/require-scope.ts';
import { callOperation } from '../testing/battery.ts';
import { type Ids, unknownIds } from '../testing/things.ts';
import { failureIn } from '../testing/failure-in.ts';
import { callersInTurn } from '../testing/callers-in-turn.ts';
import {
  goodCredentials,
  isKeyKind,
  type Kind,
  KINDS,
  present,
  refusedCredentials,
} from '../testing/credentials.ts';
import {
  isOfApi,
  type Listed,
  listOperations,
  roleOf,
  scopeOf,
} from '../testing/listed-operations.ts';
import { createHarness, type TestRequest } from '../testing/harness.ts';

/*
 * The battery: every operation of the OpenAPI document, with every kind of credential that it declares. Nothing is named
 * here by hand, so that a new route is held to all of it from its first day.
 */
const harness = await createHarness();
const { all, guarded } = await listOperations(harness);

/** The connection test of whoever holds a key: no scope is too few for it. */
const asksForAKeyOnly = ({ operation }: Listed): boolean => operation.operationId === 'getOwnKey';
const isOfWorkspace = (one: Listed): boolean =>
  isOfApi(one) && !/^\/v1\/(?:admin\/|me$|invitations\/accept$)/.test(one.operation.path);

/** What source systems answer to anybody: their sign-in, and whether they run. */
const OPEN_ALIASES = [
  'GET /api/health',
  'GET /compat/waha/health',
  'GET /compat/waha/ping',
  'POST /api/auth/login',
];

const covered = new Set<string>();

type Outcome = { name: string; case: string; status: number; code: string };

async function outcomeOf(
  { operation, name }: Listed,
  what: string,
  options: TestRequest,
  ids: Ids = unknownIds(),
): Promise<Outcome> {
  covered.add(name);
  const response = await callOperation(harness, operation, ids, options);
  const { code } = failureIn(await response.json());
  return { name, case: what, status: response.status, code: String(code) };
}

type Case = readonly [listed: Listed, what: string, options: TestRequest];

/** The cases of each operation, with callers who take turns. */
async function casesOf<Caller>(
  listed: Listed[],
  newCaller: () => Promise<Caller>,
  of: (one: Listed, caller: Caller) => Case[],
): Promise<Case[]> {
  const nextCaller = callersInTurn(newCaller);
  return (await Promise.all(listed.map(async (one) => of(one, await nextCaller())))).flat();
}

/** What ended otherwise than all of the cases should. Refusals change nothing, so that they may run side by side. */
async function otherOutcomes(
  cases: Case[],
  expected: Pick<Outcome, 'status' | 'code'>,
): Promise<Outcome[]> {
  if (cases.length === 0) throw new Error('there is nothing to try');
  const outcomes: Outcome[] = [];
  for (let at = 0; at < cases.length; at += 8)
    outcomes.push(...(await Promise.all(cases.slice(at, at + 8).map((one) => outcomeOf(...one)))));
  return outcomes.filter(
    ({ status, code }) => status !== expected.status || code !== expected.code,
  );
}

const UNAUTHORIZED = { status: 401, code: 'UNAUTHORIZED' };
const FORBIDDEN = { status: 403, code: 'FORBIDDEN' };

describe('every operation that takes a credential', { timeout: 120_000 }, () => {
  test('refuses a request without one, and says how to bring one', async () => {
    const others = await otherOutcomes(
      guarded.map((one) => [one, 'none', {}]),
      UNAUTHORIZED,
    );
    expect(others).toEqual([]);
    const response = await harness.request('GET', '/v1/sessions');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  test.each(KINDS)(
    'refuses a bad %s: garbled, expired, ended or disabled, in turn',
    async (kind) => {
      let turn = 0;
      const tried = new Set<string>();
      const cases = await casesOf(
        guarded.filter(({ kinds }) => kinds.includes(kind)),
        () => refusedCredentials(harness),
        (one, refused) => {
          const bad = Object.entries(refused[kind]);
          const [state = '', credential = ''] = bad[turn++ % bad.length] ?? [];
          tried.add(state);
          return [[one, `${kind} ${state}`, present(kind, credential)]];
        },
      );
      expect(tried.size).toBeGreaterThan(3);
      expect(await otherOutcomes(cases, UNAUTHORIZED)).toEqual([]);
    },
  );

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
    let turn = 0;
    const cases = await casesOf(guarded, newCredentials, (one, credentials) => {
      const key = credentials[turn++ % credentials.length] ?? '';
      return [[one, key.slice(0, 8), { key }]];
    });
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
        .flatMap((one) => [
          [one, 'elsewhere', { key: pinned.apiKey, headers: from('198.51.100.7') }] as const,
          [one, 'nowhere', { key: open.apiKey, headers: from('') }] as const,
        ]),
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
    let turn = 0;
    const cases = await casesOf(guarded.filter(isOfWorkspace), newSuspended, (one, good) => {
      const kind = one.kinds[turn++ % one.kinds.length] ?? 'bearerKey';
      return [[one, `${kind} suspended`, present(kind, good[kind])]];
    });
    expect(await otherOutcomes(cases, FORBIDDEN)).toEqual([]);
  });
});

test(
  'an operation that needs no credential treats a bad one as none',
  { timeout: 120_000 },
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

describe('what an operation asks of its caller', { timeout: 120_000 }, () => {
  test('every one of the API names a scope for keys, or a role for people', () => {
    const unclear = guarded.filter(
      (one) =>
        isOfApi(one) &&
        !asksForAKeyOnly(one) &&
        (scopeOf(one) === undefined) === (roleOf(one) === undefined),
    );
    expect(unclear.map(({ name }) => name)).toEqual([]);
    for (const one of guarded)
      expect(one.kinds.some(isKeyKind), one.name).toBe(
        scopeOf(one) !== undefined || asksForAKeyOnly(one),
      );
  });

  test('a key that has every other scope is refused, and one with none', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const withScopes = async (scopes: string[]) =>
      (await harness.newKey(workspaceId, { scopes, perMinute: 10_000 })).apiKey;
    const keys = new Map<unknown, string>();
    for (const scope of SCOPES)
      keys.set(scope, await withScopes(SCOPES.filter((other) => other !== scope)));
    const none = await withScopes([]);
    for (const one of guarded.filter((listed) => scopeOf(listed) !== undefined))
      for (const key of [keys.get(scopeOf(one)), none]) {
        const answer = await callOperation(harness, one.operation, unknownIds(), {
          key: key ?? '',
        });
        expect(answer.status, one.name).toBe(403);
        expect(failureIn(await answer.json()), one.name).toMatchObject({
          details: { scope: scopeOf(one) },
        });
      }
  });

  test('a credential of a kind that it does not declare is refused', async () => {
    const nextGood = callersInTurn(async () =>
      goodCredentials(harness, await harness.newUser({ isAdmin: true })),
    );
    for (const one of guarded) {
      const good = await nextGood();
      for (const kind of KINDS.filter((other) => !one.kinds.includes(other))) {
        const { status } = await outcomeOf(one, kind, present(kind, good[kind]));
        expect(status, `${one.name} ${kind}`).toBe(isOfApi(one) ? 403 : 401);
      }
    }
  });

  test('a role that is not enough is refused', async () => {
    const { workspaceId } = await harness.newUser();
    const owner = async () => goodCredentials(harness, await harness.newUser({ workspaceId }));
    const member = async () =>
      goodCredentials(
        harness,
        await harness.newUser({ workspaceId, role: 'member', allSessions: true }),
      );
    const cases = (role: string, who: string, caller: () => Promise<Record<Kind, string>>) =>
      casesOf(
        guarded.filter((one) => roleOf(one) === role),
        caller,
        (one, good) => one.kinds.map((kind) => [one, `${who} ${kind}`, present(kind, good[kind])]),
      );
    const all = await Promise.all([
      cases('owner', 'member', member),
      cases('admin', 'member', member),
      cases('admin', 'owner', owner),
    ]);
    expect(await otherOutcomes(all.flat(), FORBIDDEN)).toEqual([]);
  });
});

describe('all operations', { timeout: 120_000 }, () => {
  test('never show what went wrong inside', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { perMinute: 10_000 });
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    for (const { operation, name } of guarded.filter(isOfApi)) {
      const answer = await callOperation(harness, operation, unknownIds(), { key: apiKey, env });
      expect(answer.status, name).toBeGreaterThanOrEqual(500);
      const text = await answer.text();
      expect(text, name).not.toMatch(/select|insert|\bat \w+|neon|sql/i);
      expect(text, name).not.toMatch(/stack|\.ts|node_modules/);
    }
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
