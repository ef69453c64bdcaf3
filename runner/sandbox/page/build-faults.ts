import { PAGE_FAULT_NAMES, type PageFault } from '../protocol/page-faults.ts';
import type { Core } from './core.ts';
import type { ChatModel } from './models/chat.ts';
import type { ContactModel } from './models/contact.ts';
import type { Attributes } from './model.ts';
import { toWid } from './wid.ts';
import type { Wid } from './wid.ts';

// The members below are those of modules/*.ts; the registry forgets their types.
type Member = (...args: never[]) => unknown;
type Exports = Record<string, Member>;

/** Puts another function in a member's place; `make` gets the one that was there. */
function replace<Was extends Member>(
  core: Core,
  path: [module: string, ...members: string[], name: string],
  make: (was: Was) => Member,
): void {
  const [module, ...members] = path;
  const name = members.pop() ?? '';
  const exports = members.reduce<unknown>(
    (at, member) => Reflect.get(Object(at), member),
    core.registry.require(module),
  ) as Exports;
  exports[name] = make(exports[name] as Was);
}

type Send = (chat: ChatModel, message: Attributes) => unknown;
type Describe = (id: Wid, description: string, newId: string, previousId: string | null) => unknown;
type Description = { groupWid: Wid; desc: string; newDescId: string };
type Prepare = (...args: unknown[]) => { waitForPrep: () => Promise<object> };
type Block = (of: { contact: ContactModel }) => Promise<unknown>;
type Unblock = (contact: ContactModel) => Promise<unknown>;

const added = {
  name: 'AddParticipantsResponseSuccess',
  value: {
    addParticipant: [
      {
        addParticipantsParticipantAddedOrNonRegisteredWaUserParticipantErrorLidResponseMixinGroup: {
          value: { addParticipantsParticipantMixins: undefined },
        },
      },
    ],
  },
};

/** How the page plays each fault, once its modules are there. */
const PLAY: Record<PageFault, (core: Core) => void> = {
  // The class was made with it, see msg-key.ts.
  'message-key-field': () => undefined,
  'media-own-id': (core) =>
    replace<Prepare>(core, ['WAWebPrepRawMedia', 'prepRawMedia'], (prepare) => (...args) => ({
      waitForPrep: async () =>
        Object.assign(await prepare(...args).waitForPrep(), { __x_id: undefined }),
    })),
  'sent-under-sibling': (core) =>
    replace<Send>(
      core,
      ['WAWebSendMsgChatAction', 'addAndSendMsgToChat'],
      (send) => (chat: ChatModel, message: Attributes) => {
        const { id } = message as { id: { id: string } };
        const remote = core.directory.lidOf(chat.id) ?? chat.id;
        const key = new core.MsgKey({ fromMe: true, remote, id: id.id });
        return send(chat, { ...message, id: key });
      },
    ),
  'download-mimetype': (core) =>
    replace<(request: object) => unknown>(
      core,
      ['WAWebDownloadManager', 'downloadManager', 'downloadAndMaybeDecrypt'],
      (download) => (request: { mimetype?: string }) => {
        if (request.mimetype === undefined) throw new TypeError('mimetype is undefined');
        return download(request);
      },
    ),
  'status-gating': (core) => {
    const gating = core.registry.require('WAWebStatusGatingUtils');
    Reflect.deleteProperty(Object(gating), 'canCheckStatusRankingPosterGating');
  },
  'group-description': (core) =>
    replace<Describe>(
      core,
      ['WAWebGroupModifyInfoJob', 'setGroupDescription'],
      (set) =>
        ({ groupWid, desc, newDescId }: Description) =>
          set(groupWid, desc, newDescId, null),
    ),
  'participants-dropped': (core) => {
    const module = 'WAWebModifyParticipantsGroupAction';
    for (const name of ['removeParticipants', 'promoteParticipants', 'demoteParticipants'])
      replace(core, [module, name], () => () => Promise.resolve({ status: 200 }));
    replace(
      core,
      ['WASmaxGroupsAddParticipantsRPC', 'sendAddParticipantsRPC'],
      () => () => Promise.resolve(added),
    );
  },
  'block-by-lid': (core) => {
    const { Contact } = core.collections;
    const find = Contact.find.bind(Contact);
    Contact.find = (id) =>
      toWid(id).isLid() ? Promise.resolve(Contact.gadd(id, { silent: true })) : find(id);
    const module = 'WAWebBlockContactAction';
    replace<Block>(
      core,
      [module, 'blockContact'],
      (block) => (of: { contact: ContactModel }) =>
        of.contact.id.isLid() ? block(of) : Promise.resolve(),
    );
    replace<Unblock>(
      core,
      [module, 'unblockContact'],
      (unblock) => (contact: ContactModel) =>
        contact.id.isLid() ? unblock(contact) : Promise.resolve(),
    );
  },
  'preview-needs-chat': (core) =>
    replace<(...args: unknown[]) => unknown>(
      core,
      ['WAWebLinkPreviewChatAction', 'getLinkPreview'],
      (preview) => (link: unknown, chat?: ChatModel) => {
        if (chat?.id === undefined)
          throw new TypeError("Cannot read properties of undefined (reading 'id')");
        return preview(link, chat);
      },
    ),
  'pairing-after-qr': (core) =>
    replace<(phone: string) => Promise<string>>(
      core,
      ['WAWebAltDeviceLinkingApi', 'startAltLinkingFlow'],
      (start) => (phone: string) =>
        core.conn.listenerCount('change:ref') === 0 ? start(phone) : new Promise(() => undefined),
    ),
  'listener-dies': (core) =>
    replace(core, ['WALinkify', 'findLinks'], () => () => {
      throw new TypeError('e.avParams is not a function');
    }),
  'errors-minified': (core) =>
    replace(core, ['WAWebSendMsgChatAction', 'addAndSendMsgToChat'], () => () => {
      class t extends Error {}
      throw new t('t');
    }),
};

export function playFaults(core: Core): void {
  for (const name of PAGE_FAULT_NAMES) if (core.profile.faults.includes(name)) PLAY[name](core);
}
