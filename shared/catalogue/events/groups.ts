import { z } from 'zod';
import { ADA, KnownPerson } from '../person.ts';
import { event } from './row.ts';

const groupId = z.string().describe('The group.');
const by = KnownPerson.nullable().describe('Who did it; null if WhatsApp does not say.');
const GROUP = '120363012345678901@g.us';

/** Made of the notices that WhatsApp puts into the chat of a group. */
export const GROUP_EVENTS = {
  'group.members': event({
    when: 'Somebody joined or left a group of the number, or was made an admin or a plain member; the number itself included.',
    data: {
      groupId,
      change: z
        .enum(['added', 'joined', 'removed', 'left', 'promoted', 'demoted'])
        .describe('What happened; `joined` is by an invite link or an approved request.'),
      members: z.array(KnownPerson).describe('To whom.'),
      by,
    },
    example: { groupId: GROUP, change: 'added', members: [ADA], by: null },
  }),
  'group.updated': event({
    when: 'A group was created with the number in it, or its subject, description, picture, invite link or settings changed.',
    content: ['text'],
    data: {
      groupId,
      change: z
        .enum([
          'created',
          'subject',
          'description',
          'picture',
          'invite_link',
          'only_admins_send',
          'only_admins_edit',
          'only_admins_add',
          'approves_members',
        ])
        .describe('What changed.'),
      text: z
        .string()
        .nullable()
        .describe('The subject or description from now on; null if there is none.'),
      on: z.boolean().nullable().describe('Whether the setting is on; null if it is no setting.'),
      by,
    },
    example: { groupId: GROUP, change: 'subject', text: 'Book club', on: null, by: ADA },
  }),
  'group.join_request': event({
    when: 'Somebody asked to join a group of which the number is an admin.',
    data: { groupId, from: KnownPerson.describe('Who asked.') },
    example: { groupId: GROUP, from: ADA },
  }),
};
