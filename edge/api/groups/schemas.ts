import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { GroupSettings } from '../../../shared/catalogue/live/groups.ts';
import { LivePageQuery } from '../../http/live-cursor.ts';
import { GroupId } from '../chat-ids.ts';
import { nameOf } from '../name-fields.ts';
import { Person } from '../recipient-fields.ts';
import { SessionChoice, sessionField } from '../session-choice.ts';

const GROUP_EXAMPLE = '120363012345678901@g.us';
export const PEOPLE_EXAMPLE = ['+15550100001', '+15550100002'];

export const GroupRef = z.object({
  id: GroupId.openapi({
    type: 'string',
    param: { name: 'id', in: 'path' },
    description: 'The chat id of the group.',
    example: GROUP_EXAMPLE,
  }),
});

export const GroupListQuery = SessionChoice.extend(LivePageQuery);

const people = z.array(Person).min(1).max(LIMITS.groupPeople.limit).openapi({
  description: 'People, each by phone number, phone id or LID. One named twice counts once.',
});
const subject = nameOf(100);

export const CreateGroup = z.strictObject({ ...sessionField, subject, members: people });
export const UpdateGroup = z
  .strictObject({
    ...sessionField,
    subject: subject.optional(),
    description: z
      .string()
      .max(2_048)
      .nullable()
      .optional()
      .openapi({ description: '`null` removes it.' }),
  })
  .refine(
    (changes) => changes.subject !== undefined || changes.description !== undefined,
    'name a subject or a description',
  );
export const AddMembers = z.strictObject({
  ...sessionField,
  members: people,
  invite: z.boolean().default(true).openapi({
    description: 'Sends an invitation to people whose privacy settings let nobody add them.',
  }),
});
export const NamedMembers = z
  .strictObject({ ...sessionField, members: people })
  .openapi('NamedMembers');
export const ChangeSettings = z.strictObject({ ...sessionField, ...GroupSettings.partial().shape });
/** To join by a link, or to look at where it leads. */
export const JoinGroup = z
  .strictObject({
    ...sessionField,
    invite: z
      .string()
      .max(200)
      .transform((text) => /([\w-]{10,40})\/?(?:\?.*)?$/.exec(text.trim())?.[1] ?? '')
      .refine((code) => code !== '', 'an invite link, or the code at its end')
      .openapi({
        type: 'string',
        description: 'An invite link, or the code at its end.',
        example: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv',
      }),
  })
  .openapi('GroupLink');
export const AnswerRequests = z.strictObject({
  ...sessionField,
  members: people,
  approve: z.boolean().openapi({ description: '`false` rejects them.' }),
});
