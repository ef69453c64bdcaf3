import { expect } from 'vitest';

const CHAT = '15550100001@c.us';
const GROUP = '120363012345678901@g.us';
const PEOPLE = { participants: [{ id: CHAT }] };
const PICTURE = { file: { data: 'iVBORw0KGgo=', mimetype: 'image/png' } };
const ANY_OBJECT = expect.any(Object);

/** A call of WAHA's, what it asks of the session with which input, and what it answers. `S` stands for the session. */
export type LiveCall = readonly [
  method: string,
  path: string,
  body: unknown,
  asked: string,
  input: Record<string, unknown>,
  answer: unknown,
];

export const GROUP_CALLS: readonly LiveCall[] = [
  ['GET', 'S/groups', null, 'listGroups', {}, [expect.objectContaining({ id: GROUP })]],
  ['POST', 'S/groups/refresh', {}, 'listGroups', {}, { success: true }],
  ['GET', 'S/groups/count', null, 'listGroups', {}, { count: 1 }],
  [
    'POST',
    'S/groups',
    { name: 'Book club', ...PEOPLE },
    'createGroup',
    { subject: 'Book club', members: [CHAT] },
    expect.objectContaining({ id: GROUP }),
  ],
  [
    'GET',
    'S/groups/join-info?code=AbCdEfGhIjKlMnOpQrStUv',
    null,
    'previewGroupInvite',
    { code: 'AbCdEfGhIjKlMnOpQrStUv' },
    expect.objectContaining({ id: GROUP }),
  ],
  ['POST', 'S/groups/join', { code: 'AbCdEfGhIjKlMnOpQrStUv' }, 'joinGroup', {}, { id: GROUP }],
  [
    'GET',
    `S/groups/${GROUP}`,
    null,
    'getGroup',
    { groupId: GROUP },
    expect.objectContaining({ participants: [{ id: CHAT, role: 'superadmin' }] }),
  ],
  ['POST', `S/groups/${GROUP}/leave`, {}, 'leaveGroup', { groupId: GROUP }, {}],
  ['PUT', `S/groups/${GROUP}/subject`, { subject: 'New' }, 'updateGroup', { subject: 'New' }, {}],
  [
    'PUT',
    `S/groups/${GROUP}/description`,
    { description: 'On Mondays' },
    'updateGroup',
    { description: 'On Mondays' },
    {},
  ],
  ['PUT', `S/groups/${GROUP}/picture`, PICTURE, 'setGroupPicture', { groupId: GROUP }, {}],
  ['DELETE', `S/groups/${GROUP}/picture`, null, 'setGroupPicture', { picture: null }, {}],
  ['GET', `S/groups/${GROUP}/invite-code`, null, 'getGroupInvite', {}, expect.any(String)],
  ['POST', `S/groups/${GROUP}/invite-code/revoke`, {}, 'revokeGroupInvite', {}, expect.any(String)],
  [
    'GET',
    `S/groups/${GROUP}/settings/security/info-admin-only`,
    null,
    'getGroup',
    {},
    { adminsOnly: false },
  ],
  [
    'PUT',
    `S/groups/${GROUP}/settings/security/messages-admin-only`,
    { adminsOnly: true },
    'setGroupSettings',
    { settings: { onlyAdminsSend: true } },
    {},
  ],
  ...['participants', 'participants/v2'].map((path): LiveCall => [
    'GET',
    `S/groups/${GROUP}/${path}`,
    null,
    'getGroup',
    {},
    [{ id: CHAT, role: 'superadmin' }],
  ]),
  [
    'POST',
    `S/groups/${GROUP}/participants/add`,
    PEOPLE,
    'addGroupMembers',
    { members: [CHAT] },
    { results: expect.any(Array) },
  ],
  [
    'POST',
    `S/groups/${GROUP}/participants/remove`,
    PEOPLE,
    'changeGroupMembers',
    { change: 'remove' },
    ANY_OBJECT,
  ],
  [
    'POST',
    `S/groups/${GROUP}/admin/promote`,
    PEOPLE,
    'changeGroupMembers',
    { change: 'promote' },
    ANY_OBJECT,
  ],
  [
    'POST',
    `S/groups/${GROUP}/admin/demote`,
    PEOPLE,
    'changeGroupMembers',
    { change: 'demote' },
    ANY_OBJECT,
  ],
];
