import { describe, expect, test } from 'vitest';
import { consoleLog } from '../log/log.ts';
import { callOperation, type IdPosition, idPositions, withId } from '../testing/battery.ts';
import { type Ids, newThings, unknownIds } from '../testing/things.ts';
import { callersInTurn } from '../testing/callers-in-turn.ts';
import { goodCredentials, present } from '../testing/credentials.ts';
import { type Listed, listOperations, roleOf, scopeOf } from '../testing/listed-operations.ts';
import { ALL_ROUTES_MS, inTurn } from '../testing/in-turn.ts';
import { sideBySide } from '../testing/side-by-side.ts';
import { createHarness, type TestRequest } from '../testing/harness.ts';

const harness = await createHarness();
const { document, guarded } = await listOperations(harness);

describe('ids', { timeout: ALL_ROUTES_MS }, () => {
  type Place = { one: Listed; position: IdPosition; where: string };
  type Caller = { own: Ids; credentials: TestRequest[] };

  /** Every place of these operations that takes the id of a thing. */
  const placesOf = (listed: Listed[]): Place[] =>
    listed.flatMap((one) =>
      idPositions(one.operation, document).map((position) => ({
        one,
        position,
        where: `${one.name} ${position.in} ${position.name}`,
      })),
    );

  async function bodyOf(response: Response): Promise<string> {
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    if (isJson !== true) return response.text();
    const { meta: _, ...answer }: Record<string, unknown> = await response.json();
    return JSON.stringify(answer);
  }

  /** An answer without what differs between any two: ids, request, times. */
  async function comparable(response: Response, ids: Ids): Promise<string> {
    let text = `${response.status} ${await bodyOf(response)}`;
    for (const id of Object.values(ids)) text = text.replaceAll(id, '<id>');
    return text;
  }

  /** A member is refused whatever the body names. */
  const OWNERS_ONLY = 'PATCH /v1/workspace';

  type Seen = { where: string; status: number; got: string; wanted: string };

  /** Ids that are not for the caller, and those of nothing where the answers are to be compared. */
  type Tried = readonly [hidden: Ids, nothing?: Ids];

  /**
   * Puts an id that is not for the caller into a place that takes one, and the id of nothing, and gives back both answers. In a
   * query or body, what the path names is the caller's own, so that it is not what they are refused for.
   */
  async function tryPlace(
    { one, position, where }: Place,
    [hidden, nothing]: Tried,
    { own, credentials }: Caller,
  ): Promise<Seen[]> {
    const inPath = position.in === 'path';
    const ask = async (ids: Ids, credential: TestRequest) => {
      const used = inPath ? ids : { ...own, [position.kind]: ids[position.kind] };
      const extra = inPath ? [] : [withId(position, used)];
      const answer = await callOperation(harness, one.operation, used, credential, ...extra);
      return { status: answer.status, text: await comparable(answer, used) };
    };
    const seen: Seen[] = [];
    for (const credential of credentials) {
      const asked = await ask(hidden, credential);
      const missing = nothing === undefined ? asked : await ask(nothing, credential);
      seen.push({ where, status: asked.status, got: asked.text, wanted: missing.text });
    }
    return seen;
  }

  async function tryPlaces(
    places: Place[],
    ids: () => Tried,
    callerOf: (one: Listed, index: number) => Promise<Caller>,
  ): Promise<Seen[]> {
    const seen = await sideBySide(places, async (place, index) =>
      tryPlace(place, ids(), await callerOf(place.one, index)),
    );
    return seen.flat();
  }

  const isToldApart = ({ got, wanted }: Seen): boolean => got !== wanted;
  /** Unsubscribing succeeds, whether there is a subscription or not. */
  const isOther404 = ({ where, status }: Seen): boolean =>
    / path /.test(where) && !where.startsWith('DELETE /v1/hooks/{id} ') && status !== 404;

  test('of another workspace are as ids of nothing, in path, query and body', async () => {
    const [caller, other] = await Promise.all([harness.newUser(), harness.newUser()]);
    const own = await newThings(harness, caller);
    const hidden = await newThings(harness, other);
    const { workspaceId } = caller;
    // Without those for administrators, who see all workspaces; everybody else was refused above.
    const places = placesOf(guarded.filter((one) => roleOf(one) !== 'admin'));
    const nextCaller = callersInTurn(async () =>
      goodCredentials(harness, await harness.newUser({ workspaceId })),
    );
    const ids = () => [hidden, unknownIds()] as const;
    const seen = await tryPlaces(places, ids, async (one, index) => {
      const good = await nextCaller();
      const kinds = one.kinds.filter((kind) => ['bearerKey', 'userToken', 'cookie'].includes(kind));
      const credentials = inTurn(kinds, index).map((kind) => present(kind, good[kind]));
      return { own, credentials };
    });
    const positions = places.map(({ where }) => where);
    consoleLog({ event: 'battery_foreign_ids', positions });
    expect(seen.filter((one) => isToldApart(one) || isOther404(one))).toEqual([]);
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
    const places = placesOf(
      guarded.filter(
        (one) =>
          scopeOf(one) !== undefined &&
          !one.operation.path.startsWith('/v1/workspace') &&
          idPositions(one.operation, document).every(({ kind }) => ofSessions.has(kind)),
      ),
    );
    const seen = await tryPlaces(places, () => [hidden, unknownIds()], nextMember);
    expect(seen.filter((one) => isToldApart(one) || isOther404(one))).toEqual([]);
    expect(places.length).toBeGreaterThan(20);
  });

  test('of sessions may be their names: one of another workspace, or beyond reach, is as none', async () => {
    const [owner, other] = await Promise.all([harness.newUser(), harness.newUser()]);
    const { workspaceId } = owner;
    const name = `order desk ${crypto.randomUUID().slice(0, 8)}`;
    const places = placesOf(guarded).filter(
      ({ one, position }) =>
        position.kind === 'session' && scopeOf(one) !== undefined && one.name !== OWNERS_ONLY,
    );
    const nextMember = callersInTurn(async () => {
      const member = await harness.newUser({ workspaceId, role: 'member' });
      return { own: await newThings(harness, member), credentials: [{ key: member.token }] };
    });
    const ids = () =>
      [
        { ...unknownIds(), session: name },
        { ...unknownIds(), session: `${name}x` },
      ] as const;
    for (const whose of [other, owner]) {
      const { workspaceId: of, userId: createdBy } = whose;
      await harness.newSession({ workspaceId: of, name, createdBy });
      const met = places.filter((_, index) => inTurn([other, owner], index).includes(whose));
      const seen = await tryPlaces(met, ids, nextMember);
      expect(seen.filter((one) => isToldApart(one) || one.status !== 404)).toEqual([]);
    }
    expect(places.map(({ where }) => where)).toEqual(
      expect.arrayContaining([
        'POST /api/send body sessionId',
        'GET /api/groups/{groupId}/members query sessionId',
        'POST /api/messages/text body instanceName',
        'POST /api/contacts/check body instanceName',
        'POST /api/instances/{name}/keys path name',
        'POST /api/sessions/{id}/messages path id',
        'POST /api/v1/messages/media body sessionId',
        'GET /api/v1/sessions/{id}/qr path id',
        'POST /wa/send/{id} path id',
        'POST /wa/disconnect/{id} path id',
        'POST /compat/waha/api/sendText body session',
        'GET /compat/waha/api/{session}/auth/qr path session',
        'GET /compat/waha/api/screenshot query session',
        'POST /compat/evolution/message/sendText/{instance} path instance',
        'GET /compat/evolution/instance/fetchInstances query instanceName',
      ]),
    );
  });

  test('of other sessions are refused to a key that is pinned to one', async () => {
    const user = await harness.newUser();
    const { workspaceId } = user;
    const hidden = await newThings(harness, user);
    const nextKey = callersInTurn(async () => {
      const own = await newThings(harness, user);
      const pin = { sessionId: own.session, perMinute: 10_000 };
      const { apiKey: key } = await harness.newKey(workspaceId, pin);
      return { own, credentials: [{ key }] };
    });
    const places = placesOf(
      guarded.filter((one) => scopeOf(one) !== undefined && one.kinds.includes('bearerKey')),
    ).filter(({ position }) => position.kind === 'session');
    const seen = await tryPlaces(places, () => [hidden], nextKey);
    expect(seen.filter(({ status }) => status !== 403 && status !== 404)).toEqual([]);
    expect(places.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['POST /api/send body sessionId', 'POST /wa/send/{id} path id']),
    );
  });
});
