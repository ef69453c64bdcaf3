import { z } from '@hono/zod-openapi';
import { channels } from '../../api/channels.ts';
import { chats } from '../../api/chats.ts';
import { contacts } from '../../api/contacts.ts';
import { groups } from '../../api/groups.ts';
import { keys } from '../../api/keys.ts';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { status } from '../../api/status.ts';
import { operationOf } from '../alias.ts';
import { OfGroup } from './group-changes.ts';
import { refused } from './relayed.ts';
import { Session } from './session-view.ts';

const ofSession = <Name extends string>(name: Name, example: string) =>
  Session.extend({
    [name]: z
      .string()
      .max(200)
      .openapi({ param: { name, in: 'path' }, example }),
  });
const OfChannel = ofSession('id', '120363099999999999@newsletter');
const OfLabel = ofSession('labelId', '1');

const PASSKEY = 'The engine cannot pass a passkey on to WhatsApp.';
const SEARCH = 'The engine does not search WhatsApp’s directory of channels.';
const LABELS = 'The engine does not change labels; change them on the phone.';
const MUTE = 'The engine does not mute channels.';
const BY_SMS = 'WhatsApp Web links a phone by QR code or pairing code, and never by SMS.';
const KEYS = 'Make such a key with `POST /v1/keys`, which takes scopes and a session.';

const linking = operationOf(sessions, 'requestPairingCode');
const lookAtQr = operationOf(sessions, 'getSessionQr');
const readChannel = operationOf(channels, 'getChannel');
const followChannel = operationOf(channels, 'followChannel');
const setLabels = operationOf(chats, 'setChatLabels');
const createKey = operationOf(keys, 'createKey');
const send = operationOf(messages, 'reactToMessage');

type Refused = readonly [
  id: string,
  method: 'get' | 'post' | 'put' | 'delete',
  path: `/${string}`,
  summary: string,
  reason: string,
  params: z.ZodObject,
  /** Whose scope it takes. */
  like: Row,
];

const none = z.object({});

/** What WAHA’s clients can ask for, and this engine or this gateway cannot do. */
const REFUSED: readonly Refused[] = [
  [
    'wahaAuthorizeCode',
    'post',
    '/{session}/auth/authorize-code',
    'Answer with the code of an SMS',
    BY_SMS,
    Session,
    linking,
  ],
  ['wahaGetCaptcha', 'get', '/{session}/auth/captcha', 'Get a captcha', BY_SMS, Session, lookAtQr],
  [
    'wahaAnswerCaptcha',
    'post',
    '/{session}/auth/captcha',
    'Answer a captcha',
    BY_SMS,
    Session,
    linking,
  ],
  [
    'wahaSendTextByGet',
    'get',
    '/sendText',
    'Send a text, by WAHA’s earlier call',
    'A `GET` sends nothing: browsers and proxies repeat it, and logs keep its address. Call `POST /compat/waha/api/sendText`.',
    none,
    send,
  ],
  [
    'wahaListPresences',
    'get',
    '/{session}/presence',
    'List who is online',
    'The engine keeps no list of presences; ask for one person.',
    Session,
    operationOf(contacts, 'getPresence'),
  ],
  [
    'wahaGetGroupPicture',
    'get',
    '/{session}/groups/{id}/picture',
    'Get the picture of a group',
    'The engine does not read the pictures of groups.',
    OfGroup,
    operationOf(groups, 'getGroup'),
  ],
  [
    'wahaChangeUnnamedChannel',
    'post',
    '/{session}/channels/{id}',
    'Follow, leave, mute or unmute a channel, by WAHA’s earlier call',
    'The call names no channel; put its id before the last part of the address.',
    OfChannel,
    followChannel,
  ],
  [
    'wahaGetPasskey',
    'get',
    '/{session}/auth/passkey/{step}',
    'Get what a passkey is asked for',
    PASSKEY,
    ofSession('step', 'challenge'),
    lookAtQr,
  ],
  [
    'wahaAnswerPasskey',
    'post',
    '/{session}/auth/passkey',
    'Answer with a passkey',
    PASSKEY,
    Session,
    linking,
  ],
  [
    'wahaConfirmPasskey',
    'post',
    '/{session}/auth/passkey/confirm',
    'Confirm a passkey',
    PASSKEY,
    Session,
    linking,
  ],
  [
    'wahaUpdateLabel',
    'put',
    '/{session}/labels/{labelId}',
    'Change a label',
    LABELS,
    OfLabel,
    setLabels,
  ],
  [
    'wahaDeleteLabel',
    'delete',
    '/{session}/labels/{labelId}',
    'Delete a label',
    LABELS,
    OfLabel,
    setLabels,
  ],
  [
    'wahaDeleteChannel',
    'delete',
    '/{session}/channels/{id}',
    'Delete a channel',
    'The engine deletes no channels; delete them on the phone.',
    OfChannel,
    followChannel,
  ],
  [
    'wahaMuteChannel',
    'post',
    '/{session}/channels/{id}/mute',
    'Mute a channel',
    MUTE,
    OfChannel,
    followChannel,
  ],
  [
    'wahaUnmuteChannel',
    'post',
    '/{session}/channels/{id}/unmute',
    'Unmute a channel',
    MUTE,
    OfChannel,
    followChannel,
  ],
  [
    'wahaPreviewChannel',
    'get',
    '/{session}/channels/{id}/messages/preview',
    'Preview the posts of a channel',
    'The engine does not read the posts of a channel before they arrive.',
    OfChannel,
    readChannel,
  ],
  [
    'wahaSearchChannels',
    'post',
    '/{session}/channels/search/{by}',
    'Search for channels by text or by view',
    SEARCH,
    ofSession('by', 'by-text'),
    readChannel,
  ],
  [
    'wahaListChannelFilters',
    'get',
    '/{session}/channels/search/{by}',
    'List the views, countries or categories to search channels by',
    SEARCH,
    ofSession('by', 'views'),
    readChannel,
  ],
  [
    'wahaNewStatusId',
    'get',
    '/{session}/status/new-message-id',
    'Get an id for a status post',
    'WhatsApp Web gives a status post its id. Post it without one: the answer has its id.',
    Session,
    operationOf(status, 'postStatus'),
  ],
  [
    'wahaSendEvent',
    'post',
    '/{session}/events',
    'Send a calendar event',
    'The engine has no way to send an event.',
    Session,
    send,
  ],
  [
    'wahaConvertFile',
    'post',
    '/{session}/media/convert/{kind}',
    'Convert a file to a voice message or a video',
    'A file is converted when it is sent, where that is needed.',
    ofSession('kind', 'voice'),
    send,
  ],
  [
    'wahaCreateMediaKey',
    'post',
    '/keys/media',
    'Create an API key for files',
    'A link to a file works without a key.',
    none,
    createKey,
  ],
  [
    'wahaCreateControlKey',
    'post',
    '/keys/control',
    'Create an API key for sessions',
    KEYS,
    none,
    createKey,
  ],
];

export const wahaRefusals: readonly Row[] = REFUSED.map(
  ([id, method, path, summary, reason, params, like]) =>
    refused({ id, method, path, summary, reason, params }, like),
);
