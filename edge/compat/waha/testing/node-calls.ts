/** A call, the fields of its body and the names of its query, separated by spaces. What a caller may leave out ends with `?`. */
export type NodeCall = readonly [call: string, body?: string, query?: string];

const S = '/api/{session}';
const CHAT = `${S}/chats/{chatId}`;
const MESSAGE = `${CHAT}/messages/{messageId}`;
const CHANNEL = `${S}/channels/{id}`;
const GROUP = `${S}/groups/{id}`;
const ONLY_ADMINS = `${GROUP}/settings/security`;

const PART = 'limit? offset?';
const SORTED = `sortBy? sortOrder? ${PART}`;
const MESSAGES = `limit sortBy? sortOrder? downloadMedia? offset? filter.timestamp.lte? filter.timestamp.gte? filter.fromMe? filter.ack?`;
const TEXT = 'session chatId text reply_to? linkPreview? linkPreviewHighQuality?';
const POSTED = 'id? contacts?';

/**
 * What n8n's node for WAHA can call. Its authors generate it from an OpenAPI document, and these are the facts of that one:
 * `nodes/WAHA/v202602/openapi.json` of devlikeapro/n8n-nodes-waha, which describes WAHA 2026.1.4.
 */
const CALLS: readonly NodeCall[] = [
  [`GET ${S}/auth/qr`, '', 'format'],
  [`POST ${S}/auth/request-code`, 'phoneNumber method?'],
  ['GET /api/screenshot', '', 'session'],
  ['GET /api/keys'],
  ['POST /api/keys', 'isAdmin session isActive'],
  ['PUT /api/keys/{id}', 'isAdmin session isActive'],
  ['DELETE /api/keys/{id}'],

  ['GET /api/sessions', '', 'expand? all?'],
  ['POST /api/sessions', 'name? apps? start? config?'],
  ['GET /api/sessions/{session}', '', 'expand?'],
  ['PUT /api/sessions/{session}', 'apps? config?'],
  ['DELETE /api/sessions/{session}'],
  ['GET /api/sessions/{session}/me'],
  ['POST /api/sessions/{session}/start'],
  ['POST /api/sessions/{session}/stop'],
  ['POST /api/sessions/{session}/logout'],
  ['POST /api/sessions/{session}/restart'],
  ['POST /api/sessions/start', 'name config?'],
  ['POST /api/sessions/stop', 'name logout?'],
  ['POST /api/sessions/logout', 'name'],

  [`GET ${S}/profile`],
  [`PUT ${S}/profile/name`, 'name'],
  [`PUT ${S}/profile/status`, 'status'],
  [`PUT ${S}/profile/picture`, 'file'],
  [`DELETE ${S}/profile/picture`],

  ['POST /api/sendText', TEXT],
  ['GET /api/sendText', '', 'session phone text'],
  ['POST /api/sendImage', 'session chatId file caption? reply_to?'],
  ['POST /api/sendFile', 'session chatId file caption? reply_to?'],
  ['POST /api/sendVoice', 'session chatId file convert reply_to?'],
  ['POST /api/sendVideo', 'session chatId file convert caption? asNote? reply_to?'],
  [
    'POST /api/send/link-custom-preview',
    'session chatId text preview reply_to? linkPreviewHighQuality?',
  ],
  ['POST /api/sendButtons', 'session chatId header body footer buttons headerImage?'],
  ['POST /api/send/buttons/reply', 'session chatId selectedDisplayText selectedButtonID replyTo?'],
  ['POST /api/sendList', 'session chatId message reply_to?'],
  ['POST /api/forwardMessage', 'session chatId messageId'],
  ['POST /api/sendSeen', 'session chatId messageId? messageIds? participant?'],
  ['POST /api/startTyping', 'session chatId'],
  ['POST /api/stopTyping', 'session chatId'],
  ['PUT /api/reaction', 'session messageId reaction'],
  ['PUT /api/star', 'session chatId messageId star'],
  ['POST /api/sendPoll', 'session chatId poll reply_to?'],
  ['POST /api/sendPollVote', 'session chatId pollMessageId votes pollServerId?'],
  ['POST /api/sendLocation', 'session chatId latitude longitude title reply_to?'],
  ['POST /api/sendContactVcard', 'session chatId contacts reply_to?'],
  ['GET /api/messages', '', `session chatId ${MESSAGES}`],
  ['GET /api/checkNumberStatus', '', 'session phone'],
  ['POST /api/reply', TEXT],
  ['POST /api/sendLinkPreview', 'session chatId url title'],

  [`GET ${S}/chats`, '', SORTED],
  [`GET ${S}/chats/overview`, '', `${PART} ids?`],
  [`POST ${S}/chats/overview`, 'pagination filter'],
  [`DELETE ${CHAT}`],
  [`GET ${CHAT}/picture`, '', 'refresh?'],
  [`GET ${CHAT}/messages`, '', MESSAGES],
  [`DELETE ${CHAT}/messages`],
  [`POST ${CHAT}/messages/read`, '', 'messages? days?'],
  [`GET ${MESSAGE}`, '', 'downloadMedia?'],
  [`PUT ${MESSAGE}`, 'text linkPreview? linkPreviewHighQuality?'],
  [`DELETE ${MESSAGE}`],
  [`POST ${MESSAGE}/pin`, 'duration'],
  [`POST ${MESSAGE}/unpin`],
  [`POST ${CHAT}/archive`],
  [`POST ${CHAT}/unarchive`],
  [`POST ${CHAT}/unread`],
  [`POST ${S}/calls/reject`, 'id from'],

  [`GET ${S}/channels`, '', 'role?'],
  [`POST ${S}/channels`, 'name description? picture?'],
  [`GET ${CHANNEL}`],
  [`DELETE ${CHANNEL}`],
  [`GET ${CHANNEL}/messages/preview`, '', 'downloadMedia limit'],
  [`POST ${CHANNEL}/follow`],
  [`POST ${CHANNEL}/unfollow`],
  [`POST ${CHANNEL}/mute`],
  [`POST ${CHANNEL}/unmute`],
  [`POST ${S}/channels/search/by-view`, 'view countries categories limit startCursor'],
  [`POST ${S}/channels/search/by-text`, 'text categories limit startCursor'],
  [`GET ${S}/channels/search/views`],
  [`GET ${S}/channels/search/countries`],
  [`GET ${S}/channels/search/categories`],

  [
    `POST ${S}/status/text`,
    `text backgroundColor font ${POSTED} linkPreview? linkPreviewHighQuality?`,
  ],
  [`POST ${S}/status/image`, `file caption? ${POSTED}`],
  [`POST ${S}/status/voice`, `file convert backgroundColor ${POSTED}`],
  [`POST ${S}/status/video`, `file convert caption? ${POSTED}`],
  [`POST ${S}/status/delete`, POSTED],
  [`GET ${S}/status/new-message-id`],

  [`GET ${S}/labels`],
  [`POST ${S}/labels`, 'name color? colorHex?'],
  [`PUT ${S}/labels/{labelId}`, 'name color? colorHex?'],
  [`DELETE ${S}/labels/{labelId}`],
  [`GET ${S}/labels/chats/{chatId}`],
  [`PUT ${S}/labels/chats/{chatId}`, 'labels'],
  [`GET ${S}/labels/{labelId}/chats`],

  ['GET /api/contacts/all', '', `session ${SORTED}`],
  ['GET /api/contacts', '', 'session contactId'],
  ['GET /api/contacts/check-exists', '', 'session phone'],
  ['GET /api/contacts/about', '', 'session contactId'],
  ['GET /api/contacts/profile-picture', '', 'session contactId refresh?'],
  ['POST /api/contacts/block', 'session contactId'],
  ['POST /api/contacts/unblock', 'session contactId'],
  [`PUT ${S}/contacts/{chatId}`, 'firstName lastName'],
  [`GET ${S}/lids`, '', PART],
  [`GET ${S}/lids/count`],
  [`GET ${S}/lids/{lid}`],
  [`GET ${S}/lids/pn/{phoneNumber}`],

  [`GET ${S}/groups`, '', `${SORTED} exclude?`],
  [`POST ${S}/groups`, 'name participants'],
  [`GET ${S}/groups/join-info`, '', 'code'],
  [`POST ${S}/groups/join`, 'code'],
  [`GET ${S}/groups/count`],
  [`POST ${S}/groups/refresh`],
  [`GET ${GROUP}`],
  [`DELETE ${GROUP}`],
  [`POST ${GROUP}/leave`],
  [`GET ${GROUP}/picture`, '', 'refresh?'],
  [`PUT ${GROUP}/picture`, 'file'],
  [`DELETE ${GROUP}/picture`],
  [`PUT ${GROUP}/description`, 'description'],
  [`PUT ${GROUP}/subject`, 'subject'],
  [`GET ${ONLY_ADMINS}/info-admin-only`],
  [`PUT ${ONLY_ADMINS}/info-admin-only`, 'adminsOnly'],
  [`GET ${ONLY_ADMINS}/messages-admin-only`],
  [`PUT ${ONLY_ADMINS}/messages-admin-only`, 'adminsOnly'],
  [`GET ${GROUP}/invite-code`],
  [`POST ${GROUP}/invite-code/revoke`],
  [`GET ${GROUP}/participants`],
  [`GET ${GROUP}/participants/v2`],
  [`POST ${GROUP}/participants/add`, 'participants'],
  [`POST ${GROUP}/participants/remove`, 'participants'],
  [`POST ${GROUP}/admin/promote`, 'participants'],
  [`POST ${GROUP}/admin/demote`, 'participants'],

  [`GET ${S}/presence`],
  [`POST ${S}/presence`, 'chatId presence'],
  [`GET ${S}/presence/{chatId}`],
  [`POST ${S}/presence/{chatId}/subscribe`],
  [`POST ${S}/events`, 'chatId event reply_to?'],
  [`POST ${S}/media/convert/voice`, 'url? data?'],
  [`POST ${S}/media/convert/video`, 'url? data?'],

  ['GET /ping'],
  ['GET /health'],
  ['GET /api/version'],
  ['GET /api/server/version'],
  ['GET /api/server/environment', '', 'all?'],
  ['GET /api/server/status'],
  ['POST /api/server/stop', 'force?'],
  ['GET /api/server/debug/cpu', '', 'seconds?'],
  ['GET /api/server/debug/heapsnapshot'],
  ['GET /api/server/debug/browser/trace/{session}', '', 'seconds categories'],
  ['GET /api/apps', '', 'session'],
  ['POST /api/apps', 'id session app config enabled?'],
  ['GET /api/apps/{id}'],
  ['PUT /api/apps/{id}', 'id session app config enabled?'],
  ['DELETE /api/apps/{id}'],
  ['GET /api/apps/chatwoot/locales'],
];

/** What only its version before can call, by `nodes/WAHA/v202409/openapi.json`; the calls on channels have lost their id there. */
const FORMER_CALLS: readonly NodeCall[] = [
  [`POST ${S}/auth/authorize-code`, 'code'],
  [`GET ${S}/auth/captcha`],
  [`POST ${S}/auth/captcha`, 'code'],
  [`POST ${S}/channels/follow`],
  [`POST ${S}/channels/unfollow`],
  [`POST ${S}/channels/mute`],
  [`POST ${S}/channels/unmute`],
];

export const NODE_CALLS: readonly NodeCall[] = [...CALLS, ...FORMER_CALLS];
