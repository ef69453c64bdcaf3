import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../../../shared/errors.ts';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv } from '../../context.ts';
import { getSession as readSession } from '../../services/sessions/get-session.ts';
import { SessionName } from '../../api/name-fields.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { createSession, makeSession, NewSession } from '../new-session.ts';
import { wholeList } from '../pages.ts';
import { ShownSession } from '../shown-session.ts';
import { wahaState } from '../../values/waha/states.ts';
import { checkConfig, configure, proxyOf, SessionConfig, updateSession } from './session-config.ts';
import {
  getSession,
  meOf,
  MyAccount,
  Nothing,
  Ours,
  Session,
  showSession,
  showSessions,
  WahaSession,
} from './session-view.ts';

const list = operationOf(sessions, 'listSessions');
const remove = operationOf(sessions, 'deleteSession');
const stop = operationOf(sessions, 'stopSession');

const answer = { 200: json('The session.', WahaSession) };

/** After what a caller has done: they need not be allowed to read sessions besides. */
async function answerSession(c: Context<AppEnv>, id: string, status: 200 | 201 = 200) {
  const session = await readSession({ ctx: c.get('ctx'), input: { id } });
  return c.json(await showSession(c, Ours.parse(session)), status);
}

/** What is done to a session: in WAHA a call of its own, and one of before with the name in its body. */
const COMMANDS = [
  ['start', 'wahaStartSession', 'Start a session', 'Starting one that runs changes nothing.'],
  ['stop', 'wahaStopSession', 'Stop a session', 'Its link with the phone stays.'],
  ['restart', 'wahaRestartSession', 'Restart a session', 'Its link with the phone stays.'],
  [
    'logout',
    'wahaLogoutSession',
    'Unlink the phone',
    'The session stays, and shows a QR code again once it is started.',
  ],
] as const;

const operationFor = (command: (typeof COMMANDS)[number][0]): Row =>
  operationOf(sessions, `${command}Session`);

const commands: readonly Row[] = COMMANDS.map(([command, id, summary, description]) => {
  const called = operationFor(command);
  return alias({
    id,
    method: 'post',
    path: `/compat/waha/api/sessions/{session}/${command}`,
    summary,
    description,
    calls: [called],
    params: Session,
    responses: { 201: json('The session.', WahaSession) },
    run: async ({ params: { session } }, c) => {
      const own = await called.call(c, { params: { id: session } });
      const { data } = await answerOf(own, ShownSession.pick({ id: true }));
      return answerSession(c, data.id, 201);
    },
  });
});

const NamedBody = z.object({ name: SessionName, logout: z.boolean().nullish() });

/** WAHA's calls of before, which tutorials still show. */
const formerCommands: readonly Row[] = (
  [
    ['stop', 'wahaFormerStop', 'Stop a session, by WAHA’s earlier call'],
    ['logout', 'wahaFormerLogout', 'Unlink the phone, by WAHA’s earlier call'],
  ] as const
).map(([command, id, summary]) =>
  alias({
    id,
    method: 'post',
    path: `/compat/waha/api/sessions/${command}`,
    summary,
    calls: [operationFor(command), operationFor('logout')],
    body: { schema: NamedBody, example: { name: 'default' } },
    responses: { 201: json('It is done.', Nothing) },
    run: async ({ body: { name, logout } }, c) => {
      await operationFor(logout === true ? 'logout' : command).call(c, { params: { id: name } });
      return c.json({}, 201);
    },
  }),
);

const NewBody = NewSession.extend({
  name: NewSession.shape.name.nullable(),
  start: z.boolean().nullish().openapi({ description: '`true` by default.' }),
  config: SessionConfig.nullish(),
});
const EXAMPLE = { name: 'default', config: { metadata: { 'user.id': '123' } } };

async function create(
  c: Context<AppEnv>,
  body: Partial<z.output<typeof NewBody>>,
): Promise<string> {
  const { name, mode, start, config } = body;
  const said = { ...(name != null && { name }), mode };
  if (config != null) await checkConfig(c, config, { isNew: true });
  // With its proxy from the first: its browser must not be seen without.
  const { id } = await makeSession(c, said, 'session', config == null ? {} : proxyOf(config));
  if (config != null) await configure(c, id, { ...config, proxy: null });
  if (start === false) await stop.call(c, { params: { id } });
  return id;
}

async function startKnown(c: Context<AppEnv>, name: string): Promise<string> {
  const own = await operationFor('start').call(c, { params: { id: name } });
  return (await answerOf(own, ShownSession.pick({ id: true }))).data.id;
}

export const wahaSessions: readonly Row[] = [
  alias({
    id: 'wahaListSessions',
    method: 'get',
    path: '/compat/waha/api/sessions',
    summary: 'List the sessions, newest first',
    calls: [list],
    query: z.object({
      all: z.string().optional().openapi({ description: '`true`: the stopped ones too.' }),
    }),
    responses: { 200: json('Up to 1,000 sessions.', z.array(WahaSession)) },
    run: async ({ query: { all } }, c) => {
      const rows = await wholeList(c, list, Ours);
      const shown = rows.filter((one) => all === 'true' || wahaState(one.status) !== 'STOPPED');
      return c.json(await showSessions(c, shown));
    },
  }),
  alias({
    id: 'wahaCreateSession',
    method: 'post',
    path: '/compat/waha/api/sessions',
    summary: 'Create a session',
    calls: [createSession, updateSession, stop],
    body: { schema: NewBody, example: EXAMPLE, optional: true },
    responses: { 201: json('The session.', WahaSession) },
    run: async ({ body }, c) => answerSession(c, await create(c, body), 201),
  }),
  alias({
    id: 'wahaFormerStart',
    method: 'post',
    path: '/compat/waha/api/sessions/start',
    summary: 'Create and start a session, by WAHA’s earlier call',
    description: 'One that is there is started, with the settings that the body has.',
    calls: [createSession, updateSession, operationFor('start')],
    body: { schema: NewBody.omit({ start: true }), example: EXAMPLE, optional: true },
    responses: { 201: json('The session.', WahaSession) },
    run: async ({ body }, c) => {
      const name = body.name ?? 'default';
      if (body.config != null) await checkConfig(c, body.config);
      const id = await startKnown(c, name).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'SESSION_NOT_FOUND') return null;
        throw error;
      });
      if (id === null) return answerSession(c, await create(c, { ...body, name }), 201);
      if (body.config != null) await configure(c, id, body.config);
      return answerSession(c, id, 201);
    },
  }),
  ...formerCommands,
  alias({
    id: 'wahaGetSession',
    method: 'get',
    path: '/compat/waha/api/sessions/{session}',
    summary: 'Get a session',
    calls: [getSession],
    params: Session,
    responses: answer,
    run: async ({ params: { session } }, c) => {
      const { data } = await answerOf(await getSession.call(c, { params: { id: session } }), Ours);
      return c.json(await showSession(c, data));
    },
  }),
  alias({
    id: 'wahaUpdateSession',
    method: 'put',
    path: '/compat/waha/api/sessions/{session}',
    summary: 'Change the settings of a session',
    calls: [updateSession],
    params: Session,
    body: {
      schema: NewBody.pick({ config: true }),
      example: { config: EXAMPLE.config },
      optional: true,
    },
    responses: answer,
    run: async ({ params: { session }, body: { config } }, c) => {
      await checkConfig(c, config ?? {});
      return answerSession(c, (await configure(c, session, config ?? {})).id);
    },
  }),
  alias({
    id: 'wahaDeleteSession',
    method: 'delete',
    path: '/compat/waha/api/sessions/{session}',
    summary: 'Delete a session',
    description: 'Unlinks the phone and deletes the session with its messages.',
    calls: [remove],
    params: Session,
    responses: { 200: json('It is deleted.', Nothing) },
    run: async ({ params: { session } }, c) => {
      await remove.call(c, { params: { id: session } });
      return c.json({});
    },
  }),
  ...commands,
  alias({
    id: 'wahaGetMe',
    method: 'get',
    path: '/compat/waha/api/sessions/{session}/me',
    summary: 'Get the account of a session',
    calls: [getSession],
    params: Session,
    responses: { 200: json('The account; null before it is linked.', MyAccount) },
    run: async ({ params: { session } }, c) => {
      const { data } = await answerOf(await getSession.call(c, { params: { id: session } }), Ours);
      return c.json(meOf(data));
    },
  }),
];
