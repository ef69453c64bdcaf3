import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv } from '../../context.ts';
import { alias, answerOf, operationOf, reportIgnored } from '../alias.ts';
import { json } from '../json-answer.ts';
import { getSession, Ours, Settings, settingsOf } from './instance-view.ts';
import { BASE, Instance } from './route.ts';

const update = operationOf(sessions, 'updateSession');

/** Settings of an instance, in `instance/create` and in `settings/set`. */
export const SettingFields = {
  rejectCall: z.boolean().nullish(),
  msgCall: z.string().max(1_000).nullish().openapi({
    description: 'What is sent to who called; an empty text is none.',
  }),
  alwaysOnline: z.boolean().nullish(),
  groupsIgnore: z.boolean().nullish(),
  readMessages: z.boolean().nullish(),
  readStatus: z.boolean().nullish(),
  syncFullHistory: z.boolean().nullish(),
};
const Fields = z.object(SettingFields);

/** Those that Waypost does not have. */
const UNUSED = ['groupsIgnore', 'readMessages', 'readStatus', 'syncFullHistory'] as const;

/** Those settings that are named, as our sessions take them; of the others the answer says that they are ignored. */
export function changesOf(c: Context<AppEnv>, said: z.output<typeof Fields>) {
  reportIgnored(
    c,
    UNUSED.filter((name) => said[name] === true),
  );
  const { rejectCall, msgCall, alwaysOnline } = said;
  return {
    ...(rejectCall != null && { rejectCalls: rejectCall }),
    ...(msgCall != null && { rejectCallText: msgCall === '' ? null : msgCall }),
    ...(alwaysOnline != null && { alwaysOnline }),
  };
}

/** What refusals call them. */
export const SETTINGS_CALLED = { rejectCalls: 'rejectCall', rejectCallText: 'msgCall' };

const Stored = z
  .object({ settings: z.object({ instanceName: z.string(), settings: Settings }) })
  .openapi('EvolutionStoredSettings');

export const evolutionSettings: readonly Row[] = [
  alias({
    id: 'evolutionSetSettings',
    method: 'post',
    path: `${BASE}/settings/set/{instance}`,
    summary: 'Change the settings of an instance',
    description: 'They apply from the next start of the instance.',
    calls: [update],
    params: Instance,
    body: {
      schema: Fields,
      example: { rejectCall: true, msgCall: 'We do not take calls.' },
      optional: true,
    },
    responses: { 201: json('The settings.', Stored) },
    run: async ({ params: { instance }, body }, c) => {
      const given = { params: { id: instance }, body: changesOf(c, body), called: SETTINGS_CALLED };
      const { data: shown } = await answerOf(await update.call(c, given), Ours);
      const settings = { instanceName: shown.name, settings: settingsOf(shown) };
      return c.json({ settings }, 201);
    },
  }),
  alias({
    id: 'evolutionFindSettings',
    method: 'get',
    path: `${BASE}/settings/find/{instance}`,
    summary: 'Get the settings of an instance',
    calls: [getSession],
    params: Instance,
    responses: { 200: json('The settings.', Settings) },
    run: async ({ params: { instance } }, c) => {
      const own = await getSession.call(c, { params: { id: instance } });
      return c.json(settingsOf((await answerOf(own, Ours)).data));
    },
  }),
];
