import { describe, expect, test } from 'vitest';
import { consoleLog } from '../log/log.ts';
import {
  callOperation,
  idPositions,
  type Ids,
  newThings,
  unknownIds,
  withId,
} from '../testing/battery.ts';
import { callersInTurn } from '../testing/callers-in-turn.ts';
import { goodCredentials, present } from '../testing/credentials.ts';
import { type Listed, listOperations, roleOf, scopeOf } from '../testing/listed-operations.ts';
import { createHarness, type TestRequest } from '../testing/harness.ts';

const harness = await createHarness();
const { document, guarded } = await listOperations(harness);

describe('ids', { timeout: 120_000 }, () => {
  async function bodyOf(response: Response): Promise<string> {
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    if (isJson !== true) return response.text();
    const { success, data, error }: Record<string, unknown> = await response.json();
    return JSON.stringify({ success, data, error });
  }

  /** An answer without what differs between any two: ids, request, times. */
  async function comparable(response: Response, ids: Ids): Promise<string> {
    let text = `${response.status} ${await bodyOf(response)}`;
    for (const id of Object.values(ids)) text = text.replaceAll(id, '<id>');
    return text;
  }

  /**
   * Puts an id that is not for the caller into every position that takes one, and compares the answer with that to an id of
   * nothing. In a query or body, what the path names is the caller's own, so that it is not what they are refused for.
   * Says where the two were told apart, and in a path where it was no 404.
   */
  async function tryIds(
    listed: Listed[],
    hidden: Ids,
    callerOf: (one: Listed) => Promise<{ own: Ids; credentials: TestRequest[] }>,
  ): Promise<{ positions: string[]; toldApart: unknown[] }> {
    const positions = new Set<string>();
    const toldApart: unknown[] = [];
    for (const one of listed)
      for (const position of idPositions(one.operation, document)) {
        const extra = position.in === 'path' ? undefined : position;
        const { own, credentials } = await callerOf(one);
        for (const credential of credentials) {
          const instead = (ids: Ids): Ids =>
            extra === undefined ? ids : { ...own, [extra.kind]: ids[extra.kind] };
          const [foreign, missing] = [instead(hidden), instead(unknownIds())];
          const ask = (ids: Ids) =>
            callOperation(
              harness,
              one.operation,
              ids,
              credential,
              ...(extra === undefined ? [] : [withId(extra, ids)]),
            );
          const [asked, nothing] = [await ask(foreign), await ask(missing)];
          const where = `${one.name} ${position.in} ${position.name}`;
          // Unsubscribing succeeds, whether there is a subscription or not.
          const is404 =
            extra !== undefined || asked.status === 404 || one.name === 'DELETE /v1/hooks/{id}';
          const [got, wanted] = [
            await comparable(asked, foreign),
            await comparable(nothing, missing),
          ];
          if (got !== wanted || !is404) toldApart.push({ where, got, wanted });
          positions.add(where);
        }
      }
    return { positions: [...positions], toldApart };
  }

  test('of another workspace are as ids of nothing, in path, query and body', async () => {
    const [caller, other] = await Promise.all([harness.newUser(), harness.newUser()]);
    const own = await newThings(harness, caller);
    const hidden = await newThings(harness, other);
    const { workspaceId } = caller;
    // Without those for administrators, who see all workspaces; everybody else was refused above.
    const listed = guarded.filter((one) => roleOf(one) !== 'admin');
    const nextCaller = callersInTurn(async () =>
      goodCredentials(harness, await harness.newUser({ workspaceId })),
    );
    const { positions, toldApart } = await tryIds(listed, hidden, async ({ kinds }) => {
      const good = await nextCaller();
      const credentials = kinds
        .filter((kind) => ['bearerKey', 'userToken', 'cookie'].includes(kind))
        .map((kind) => present(kind, good[kind]));
      return { own, credentials };
    });
    consoleLog({ event: 'battery_foreign_ids', positions });
    expect(toldApart).toEqual([]);
    expect(positions).toEqual(
      expect.arrayContaining([
        'GET /v1/sessions/{id} path id',
        'POST /v1/messages/text body sessionId',
        'GET /v1/messages query sessionId',
        'POST /v1/webhooks body sessionIds',
        'PATCH /v1/workspace body defaultSessionId',
        'POST /auth/token body workspaceId',
      ]),
    );
  });

  test('beyond a member’s reach are as ids of nothing', async () => {
    const owner = await harness.newUser();
    const { workspaceId } = owner;
    const hidden = await newThings(harness, owner);
    const nextMember = callersInTurn(async () => {
      const member = await harness.newUser({ workspaceId, role: 'member' });
      return { own: await newThings(harness, member), credentials: [{ key: member.token }] };
    });
    const ofSessions = new Set(['session', 'message', 'webhook', 'delivery', 'key']);
    const listed = guarded.filter(
      (one) =>
        scopeOf(one) !== undefined &&
        !one.operation.path.startsWith('/v1/workspace') &&
        idPositions(one.operation, document).every(({ kind }) => ofSessions.has(kind)),
    );
    const { positions, toldApart } = await tryIds(listed, hidden, nextMember);
    expect(toldApart).toEqual([]);
    expect(positions.length).toBeGreaterThan(20);
  });
});
