import type { PageProfile, PageSettings } from '../protocol/profile.ts';
import { createCollections } from './collections.ts';
import type { Core } from './core.ts';
import { Directory } from './directory.ts';
import { createMsgKeyClass } from './msg-key.ts';
import { playFaults } from './build-faults.ts';
import { defineAddons } from './modules/addons.ts';
import { authModules } from './modules/auth.ts';
import { callModules } from './modules/calls.ts';
import { channelModules } from './modules/channels.ts';
import { chatModules } from './modules/chats.ts';
import { collectionModules } from './modules/collections.ts';
import { commandModules } from './modules/commands.ts';
import { contactModules } from './modules/contacts.ts';
import { groupModules } from './modules/groups.ts';
import { idModules } from './modules/ids.ts';
import { limitModules } from './modules/limits.ts';
import { mediaModules } from './modules/media.ts';
import { messageModules } from './modules/messages.ts';
import { presenceModules } from './modules/presence.ts';
import { settingModules } from './modules/settings.ts';
import { findOrCreateChat, refreshGroup } from './chats.ts';
import { findContact } from './people.ts';
import { loadMessage, loadMessageByWireId, Places } from './records.ts';
import { Registry } from './registry.ts';
import { Inbox } from './session/inbox.ts';
import { loadCounter, loadKeys } from './session/keys.ts';
import { CmdModel, ConnModel, SocketModel, StreamModel } from './session/models.ts';
import { Outbox } from './session/outbox.ts';
import { Ratchet } from './session/ratchet.ts';
import { Session } from './session/session.ts';
import { Storage } from './storage.ts';
import { Transport } from './transport.ts';

const registry = new Registry();
// First of all, and by plain assignment: a hook may have put an accessor here.
window.require = registry.require;

/** Until the first hello. */
const defaultSettings: PageSettings = {
  syncMs: 150,
  hasSynced: 'normal',
  connects: 'normal',
  offlineDelivery: 'beforeSync',
  modal: 'auto',
  modalLanguage: 'en',
  modalLogoutMs: 300_000,
};

function readProfile(): PageProfile {
  const text = document.getElementById('profile')?.textContent;
  if (text === undefined || text === null) throw new Error('this document names no profile');
  // Written into the document by the sandbox's web server.
  return JSON.parse(text) as PageProfile;
}

/** Through the module, as all of WhatsApp Web does: what replaces its functions there is obeyed. */
function sayPresence(available: boolean): void {
  // Defined by modules/chats.ts.
  const module = registry.require('WAWebPresenceChatAction') as {
    sendPresenceAvailable: () => Promise<void>;
    sendPresenceUnavailable: () => Promise<void>;
  };
  const said = available ? module.sendPresenceAvailable() : module.sendPresenceUnavailable();
  said.catch(reportError);
}

async function createCore(profile: PageProfile): Promise<{ core: Core; session: Session }> {
  const storage = await Storage.open();
  const directory = new Directory(profile);
  const places = new Places();
  const ratchet = new Ratchet();
  ratchet.restore(await loadCounter(storage));
  const use = (): Core => core;
  const { addons, modules: addonModules } = defineAddons(use);
  const inbox = new Inbox(use, places, () => addons);
  // Read anew each time: the library replaces the function to name the device.
  const browserUtils = { info: () => ({ os: 'Linux', name: 'Chrome', version: '143' }) };
  const session = new Session(use, inbox, () => browserUtils.info());
  const collections = createCollections({
    message: (key) => loadMessage(core, key),
    messageByWireId: (wireId) => loadMessageByWireId(core, wireId),
    chat: async (id) => (await findOrCreateChat(core, id))?.chat ?? null,
    contact: (id) => findContact(core, id),
    refreshGroup: (id) => refreshGroup(core, id),
    picture: (id) => {
      const picture = directory.person(id)?.picture ?? null;
      return picture === null ? undefined : `https://pps.whatsapp.net${picture}`;
    },
    address: (id) => directory.address(id),
  });
  const core: Core = {
    profile,
    registry,
    storage,
    directory,
    collections,
    ratchet,
    places,
    transport: new Transport({
      onPush: (push) => session.onPush(push),
      onStanzas: (stanzas) => inbox.receive(stanzas),
      onClose: () => session.onClose(),
    }),
    MsgKey: createMsgKeyClass(profile),
    outbox: new Outbox(use, places),
    socket: new SocketModel({
      logout: () => session.logout(),
      takeover: () => session.takeover(),
      reconnect: () => session.reconnect(),
    }),
    conn: new ConnModel(),
    stream: new StreamModel((available) => sayPresence(available)),
    cmd: new CmdModel(),
    me: { pn: undefined, lid: undefined, deviceId: 0 },
    settings: defaultSettings,
    keys: await loadKeys(storage),
    forget: () => {
      ratchet.restore(0);
      for (const collection of Object.values(collections)) collection.reset();
    },
  };
  registry.define(addonModules);
  registry.define({ WAWebMiscBrowserUtils: browserUtils });
  return { core, session };
}

function defineModules(core: Core, session: Session): void {
  const auth = authModules(core, session);
  registry.define(auth.modules);
  registry.define(commandModules(core, auth.refreshRef));
  const areas = [
    idModules,
    collectionModules,
    chatModules,
    messageModules,
    contactModules,
    groupModules,
    limitModules,
    mediaModules,
    channelModules,
    callModules,
    presenceModules,
    settingModules,
  ];
  for (const area of areas) registry.define(area(core));
  playFaults(core);
}

async function boot(): Promise<void> {
  const profile = readProfile();
  const { core, session } = await createCore(profile);
  defineModules(core, session);
  const started = session.start();
  // The library begins to look at the page once this is there.
  window.Debug = { VERSION: profile.version };
  await started;
}

boot().catch(reportError);
