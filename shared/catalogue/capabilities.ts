import type { SessionEngine } from '../session-status.ts';
import type { LiveOperation } from './live-operations.ts';
import type { MessageKind } from './message-kinds.ts';

/** What can be asked of a session: to send each kind, each live operation, and what no engine of ours can do yet. */
export type Capability = `send.${MessageKind}` | 'send.album' | 'send.video.asNote' | LiveOperation;

/** `account`: only some accounts have it, such as those of businesses; WhatsApp decides when it is asked. */
export type Support = 'yes' | 'account' | { no: string };

type Table = { readonly [Name in Capability]: Support };

const WWEBJS = {
  'send.text': 'yes',
  'send.location': 'yes',
  'send.contact': 'yes',
  'send.poll': 'yes',
  'send.image': 'yes',
  'send.video': 'yes',
  'send.audio': 'yes',
  'send.voice': 'yes',
  'send.document': 'yes',
  'send.sticker': 'yes',
  'send.video.asNote': { no: 'The engine has no way to send a video note.' },
  'send.album': { no: 'The engine has no albums; send each picture as a message of its own.' },
  rejectCall: 'yes',
  listChannels: 'yes',
  getChannel: 'yes',
  previewChannel: 'yes',
  followChannel: 'yes',
  listChats: 'yes',
  getChat: 'yes',
  updateChat: 'yes',
  markChatSeen: 'yes',
  showChatState: 'yes',
  listChatMessages: 'yes',
  deleteChat: 'yes',
  isOnWhatsApp: 'yes',
  checkContacts: 'yes',
  listContacts: 'yes',
  getContact: 'yes',
  getContactIds: 'yes',
  getPresence: 'yes',
  subscribePresence: 'yes',
  blockContact: 'yes',
  listGroups: 'yes',
  getGroup: 'yes',
  createGroup: 'yes',
  addGroupMembers: 'yes',
  changeGroupMembers: 'yes',
  updateGroup: 'yes',
  setGroupSettings: 'yes',
  setGroupPicture: 'yes',
  getGroupInvite: 'yes',
  revokeGroupInvite: 'yes',
  previewGroupInvite: 'yes',
  joinGroup: 'yes',
  leaveGroup: 'yes',
  listGroupJoinRequests: 'yes',
  answerGroupJoinRequests: 'yes',
  listLabels: 'account',
  getChatLabels: 'account',
  setChatLabels: 'account',
  reactToMessage: 'yes',
  editMessage: 'yes',
  deleteMessage: 'yes',
  downloadMedia: 'yes',
  starMessage: 'yes',
  pinMessage: 'yes',
  listStatus: 'yes',
  postStatus: 'yes',
  deleteStatus: 'yes',
  screenshot: 'yes',
  getProfile: 'yes',
  updateProfile: 'yes',
  setProfilePicture: 'yes',
} as const satisfies Table;

/** What each engine can do. A kind or an operation without a line here does not compile. */
export const CAPABILITIES = { wwebjs: WWEBJS } as const satisfies Record<SessionEngine, Table>;
