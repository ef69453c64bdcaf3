import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { GroupSettings } from '../../../shared/catalogue/live/groups.ts';
import { chatSortOf } from '../../../shared/catalogue/kinds/kind.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseRecipient } from '../../../shared/recipient.ts';
import { LivePageQuery } from '../../http/live-cursor.ts';
import { readBy } from '../../http/read-by.ts';
import { SessionIdOrName, SessionLookup } from '../name-fields.ts';
import { Recipient } from '../recipient-fields.ts';

const GROUP_EXAMPLE = '120363012345678901@g.us';
export const PEOPLE_EXAMPLE = ['+15550100001', '+15550100002'];
const NO_SESSION =
  "Id or name. Without it, the session that the key is pinned to, otherwise the workspace's default session.";

const GroupId = readBy(z.string().max(100), (text) => {
  const id = parseRecipient(text);
  if (chatSortOf(id) === 'group') return id;
  throw new AppError('VALIDATION_ERROR', 'A group id is <digits>@g.us.');
});

export const GroupRef = z.object({
  id: GroupId.openapi({
    type: 'string',
    param: { name: 'id', in: 'path' },
    description: 'The chat id of the group.',
    example: GROUP_EXAMPLE,
  }),
});

/** For what has no body. */
export const SessionChoice = z.object({
  sessionId: SessionLookup.optional().openapi({ description: NO_SESSION }),
});
/** The same in a body. */
const session = { sessionId: SessionIdOrName.optional().openapi({ description: NO_SESSION }) };

export const GroupListQuery = SessionChoice.extend(LivePageQuery);

const people = z.array(Recipient).min(1).max(LIMITS.groupPeople.limit).openapi({
  description: 'People, each by phone number, phone id or LID. One named twice counts once.',
});
const subject = z.string().trim().min(1).max(100);

export const CreateGroup = z.strictObject({ ...session, subject, members: people });
export const UpdateGroup = z
  .strictObject({
    ...session,
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
  ...session,
  members: people,
  invite: z.boolean().default(true).openapi({
    description: 'Sends an invitation to people whose privacy settings let nobody add them.',
  }),
});
export const NamedMembers = z.strictObject({ ...session, members: people });
export const ChangeSettings = z.strictObject({ ...session, ...GroupSettings.partial().shape });
export const SetPicture = z.strictObject({
  ...session,
  base64: z
    .string()
    .max(1_400_000)
    .transform((text) => text.replace(/^data:[^,]*,/, '').replaceAll(/\s/g, ''))
    .pipe(z.base64().min(1))
    .openapi({
      type: 'string',
      description:
        'A JPEG or PNG of 1 MiB at most, as base64 or a data URI. It is cut to a square.',
    }),
});
export const JoinGroup = z.strictObject({
  ...session,
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
});
export const PreviewQuery = SessionChoice.extend({ invite: JoinGroup.shape.invite });
export const AnswerRequests = z.strictObject({
  ...session,
  members: people,
  approve: z.boolean().openapi({ description: '`false` rejects them.' }),
});
