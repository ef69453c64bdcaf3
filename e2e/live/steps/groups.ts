import { z } from 'zod';
import { RED_DOT_BASE64 } from '../../testing/file-server.ts';
import { Skipped, type Walk } from '../walk.ts';
import type { Step } from './step.ts';

const Group = z.looseObject({
  id: z.string(),
  subject: z.string(),
  settings: z.looseObject({ onlyAdminsSend: z.boolean() }),
});
const Changed = z.looseObject({
  group: Group,
  results: z.array(z.looseObject({ result: z.string() })),
});
const Invite = z.looseObject({ code: z.string() });
const Url = z.looseObject({ url: z.string().nullable() });

/** In the order in which they can be tried: the group is made first and left last. */
export const groupSteps = (walk: Walk) => {
  let made: string | undefined;
  let isIn = false;
  let invite: string | undefined;
  const group = (): string => {
    if (made === undefined) throw new Skipped('no group was made');
    return made;
  };
  const members = (): string[] => {
    if (walk.given.other === null) throw new Skipped('it needs a second number (--to)');
    return [`+${walk.given.other}`];
  };
  const change = async (
    operation:
      | 'POST /v1/groups/{id}/promote'
      | 'POST /v1/groups/{id}/demote'
      | 'DELETE /v1/groups/{id}/members'
      | 'POST /v1/groups/{id}/members',
  ): Promise<void> => {
    const ask = { id: group(), body: { members: members() } };
    const { results } = await walk.ask(operation, Changed, ask);
    const [one] = results;
    if (!['done', 'added', 'invited'].includes(one?.result ?? ''))
      walk.fails(`the result is ${one?.result}`);
  };
  const leave = async (): Promise<void> => {
    await walk.call('POST /v1/groups/{id}/leave', { id: group() });
    isIn = false;
  };

  const steps = {
    createGroup: {
      title: 'create a group',
      run: async () => {
        const body = { subject: 'Waypost smoke test', members: members() };
        const { group: created } = await walk.ask('POST /v1/groups', Changed, { body });
        made = created.id;
        isIn = true;
        const { api, session } = walk.given;
        const path = `/v1/groups/${created.id}/leave`;
        walk.undo('leave the group', async () => {
          if (isIn) await api.call('POST', path, { body: { sessionId: session.id } });
        });
        await walk.see('Does the phone show the group “Waypost smoke test”?');
      },
    },
    getGroup: {
      title: 'get a group',
      run: async () => void (await walk.ask('GET /v1/groups/{id}', Group, { id: group() })),
    },
    listGroups: {
      title: 'list groups and members',
      run: async () => {
        const id = group();
        const groups = await walk.ask('GET /v1/groups', z.array(z.looseObject({ id: z.string() })));
        walk.expect(
          groups.some((one) => one.id === id),
          'the group is not listed',
        );
        await walk.call('GET /v1/groups/{id}/members', { id });
      },
    },
    updateGroup: {
      title: 'change subject and description of a group',
      run: async () => {
        const subject = 'Waypost test, renamed';
        const body = { subject, description: 'Made by a test' };
        const after = await walk.ask('PATCH /v1/groups/{id}', Group, { id: group(), body });
        walk.expect(after.subject === subject, 'the subject is the old one');
      },
    },
    setGroupSettings: {
      title: 'change settings of a group',
      run: async () => {
        for (const onlyAdminsSend of [true, false]) {
          const ask = { id: group(), body: { onlyAdminsSend } };
          const { settings } = await walk.ask('PUT /v1/groups/{id}/settings', Group, ask);
          walk.expect(settings.onlyAdminsSend === onlyAdminsSend, 'the setting is the old one');
        }
      },
    },
    setGroupPicture: {
      title: 'set and remove the picture of a group',
      run: async () => {
        const ask = { id: group(), body: { base64: RED_DOT_BASE64 } };
        const { url } = await walk.ask('PUT /v1/groups/{id}/picture', Url, ask);
        walk.expect(url !== null, 'there is no picture');
        await walk.see('Does the group have a red picture?');
        await walk.call('DELETE /v1/groups/{id}/picture', { id: group() });
      },
    },
    changeGroupMembers: {
      title: 'promote, demote and remove a member',
      run: async () => {
        await change('POST /v1/groups/{id}/promote');
        await change('POST /v1/groups/{id}/demote');
        await change('DELETE /v1/groups/{id}/members');
      },
    },
    addGroupMembers: {
      title: 'add a member to a group',
      run: () => change('POST /v1/groups/{id}/members'),
    },
    getGroupInvite: {
      title: 'get the invite of a group',
      run: async () => {
        invite = (await walk.ask('GET /v1/groups/{id}/invite', Invite, { id: group() })).code;
      },
    },
    previewGroupInvite: {
      title: 'look where an invite leads',
      run: async () => {
        if (invite === undefined) throw new Skipped('there is no invite');
        await walk.call('POST /v1/groups/preview', { body: { invite } });
      },
    },
    revokeGroupInvite: {
      title: 'replace the invite of a group',
      run: async () => {
        const { code } = await walk.ask('DELETE /v1/groups/{id}/invite', Invite, { id: group() });
        walk.expect(code !== invite, 'the invite is the old one');
        invite = code;
      },
    },
    listGroupJoinRequests: {
      title: 'list requests to join',
      run: async () => void (await walk.call('GET /v1/groups/{id}/join-requests', { id: group() })),
    },
    answerGroupJoinRequests: {
      title: 'let somebody in who asks to join',
      run: async () => {
        const id = group();
        const asked = `Ask to join https://chat.whatsapp.com/${invite} from another phone; the group then needs an admin's approval.`;
        if (walk.given.session.isSandbox) throw new Skipped('nobody asks to join');
        await walk.call('DELETE /v1/groups/{id}/members', { id, body: { members: members() } });
        await walk.call('PUT /v1/groups/{id}/settings', { id, body: { approvesMembers: true } });
        if (!(await walk.given.person.does(asked))) throw new Skipped('nobody asks to join');
        const body = { members: members(), approve: true };
        const { results } = await walk.ask('POST /v1/groups/{id}/join-requests', Changed, {
          id,
          body,
        });
        walk.expect(results[0]?.result === 'done', `the result is ${results[0]?.result}`);
        await walk.call('PUT /v1/groups/{id}/settings', { id, body: { approvesMembers: false } });
      },
    },
    leaveGroup: { title: 'leave a group', run: leave },
    joinGroup: {
      title: 'join a group by its invite, and leave it again',
      run: async () => {
        if (invite === undefined) throw new Skipped('there is no invite');
        await walk.call('POST /v1/groups/join', { body: { invite } });
        isIn = true;
        await leave();
      },
    },
  } satisfies Record<string, Step>;
  return { steps, left: () => (isIn ? undefined : made) };
};
