import { describe, expect, test } from 'vitest';
import { SCOPES } from '../services/keys/require-scope.ts';
import { callOperation } from '../testing/battery.ts';
import { unknownIds } from '../testing/things.ts';
import { failureIn } from '../testing/failure-in.ts';
import { ALL_ROUTES_MS, inTurn } from '../testing/in-turn.ts';
import { sideBySide } from '../testing/side-by-side.ts';
import { goodCredentials, isKeyKind, type Kind, KINDS, present } from '../testing/credentials.ts';
import {
  isOfApi,
  type Listed,
  listOperations,
  roleOf,
  scopeOf,
} from '../testing/listed-operations.ts';
import { createHarness } from '../testing/harness.ts';
import { type Case, casesOf, FORBIDDEN, outcomesIn, UNAUTHORIZED } from '../testing/outcomes.ts';

/* The battery of every-route.test.ts, with good credentials that are not for the operation. */
const harness = await createHarness();
const { guarded } = await listOperations(harness);
const { otherOutcomes } = outcomesIn(harness);

/** The connection test of whoever holds a key: no scope is too few for it. */
const asksForAKeyOnly = ({ operation }: Listed): boolean => operation.operationId === 'getOwnKey';

describe('what an operation asks of its caller', { timeout: ALL_ROUTES_MS }, () => {
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
    const ofScope = guarded.filter((one) => scopeOf(one) !== undefined);
    const cases = ofScope.flatMap((one) =>
      [keys.get(scopeOf(one)) ?? '', none].map((key) => [one, key] as const),
    );
    const refusals = await sideBySide(cases, async ([{ operation, name }, key]) => {
      const answer = await callOperation(harness, operation, unknownIds(), { key });
      return { name, status: answer.status, details: failureIn(await answer.json()).details };
    });
    for (const [index, [one]] of cases.entries())
      expect(refusals[index], one.name).toMatchObject({
        status: 403,
        details: { scope: scopeOf(one) },
      });
  });

  test('a credential of a kind that it does not declare is refused, in turn', async () => {
    const cases = await casesOf(
      guarded.filter(({ kinds }) => kinds.length < KINDS.length),
      async () => goodCredentials(harness, await harness.newUser({ isAdmin: true })),
      (one, good, index) =>
        inTurn(
          KINDS.filter((kind) => !one.kinds.includes(kind)),
          index,
        ).map((kind): Case => [one, kind, present(kind, good[kind])]),
    );
    const [ofApi, ofAuth] = [true, false].map((is) => cases.filter(([one]) => isOfApi(one) === is));
    expect(await otherOutcomes(ofApi ?? [], FORBIDDEN)).toEqual([]);
    expect(await otherOutcomes(ofAuth ?? [], UNAUTHORIZED)).toEqual([]);
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
        (one, good, index) =>
          inTurn(one.kinds, index).map((kind): Case => [
            one,
            `${who} ${kind}`,
            present(kind, good[kind]),
          ]),
      );
    const all = await Promise.all([
      cases('owner', 'member', member),
      cases('admin', 'member', member),
      cases('admin', 'owner', owner),
    ]);
    expect(await otherOutcomes(all.flat(), FORBIDDEN)).toEqual([]);
  });
});
