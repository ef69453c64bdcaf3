import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { jsonIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { evolutionGroupRoutes } from './evolution-groups.ts';
import { evolutionRefusals } from './evolution-refusals.ts';

const NUMBER = '15550100001';
const JID = `${NUMBER}@s.whatsapp.net`;
const BASE = '/compat/evolution';

const Key = z.looseObject({ id: z.string(), remoteJid: z.string(), fromMe: z.boolean() });
const Message = z.looseObject({ key: Key, messageType: z.string() });
const Code = z.looseObject({ count: z.number(), base64: z.string().nullable() });
const Found = z.object({ messages: z.looseObject({ records: z.array(Message) }) });

const steps = await readGuide('migrate/evolution.md');

/** The routes of Evolution. */
export function evolutionRoutes(
  running: () => Deployment,
  fileUrl: (name: string) => string,
): void {
  covers(
    'POST /compat/evolution/instance/create',
    'GET /compat/evolution/instance/connect/{instance}',
    'GET /compat/evolution/instance/connectionState/{instance}',
    'GET /compat/evolution/instance/fetchInstances',
    'POST /compat/evolution/instance/restart/{instance}',
    'DELETE /compat/evolution/instance/logout/{instance}',
    'DELETE /compat/evolution/instance/delete/{instance}',
    'POST /compat/evolution/settings/set/{instance}',
    'GET /compat/evolution/settings/find/{instance}',
    'POST /compat/evolution/proxy/set/{instance}',
    'GET /compat/evolution/proxy/find/{instance}',
    'POST /compat/evolution/message/sendText/{instance}',
    'POST /compat/evolution/message/sendMedia/{instance}',
    'POST /compat/evolution/message/sendWhatsAppAudio/{instance}',
    'POST /compat/evolution/message/sendSticker/{instance}',
    'POST /compat/evolution/message/sendLocation/{instance}',
    'POST /compat/evolution/message/sendContact/{instance}',
    'POST /compat/evolution/message/sendPoll/{instance}',
    'POST /compat/evolution/message/sendReaction/{instance}',
    'POST /compat/evolution/message/sendStatus/{instance}',
    'POST /compat/evolution/chat/whatsappNumbers/{instance}',
    'POST /compat/evolution/chat/markMessageAsRead/{instance}',
    'POST /compat/evolution/chat/sendPresence/{instance}',
    'POST /compat/evolution/chat/archiveChat/{instance}',
    'POST /compat/evolution/chat/markChatUnread/{instance}',
    'DELETE /compat/evolution/chat/deleteMessageForEveryone/{instance}',
    'POST /compat/evolution/chat/updateMessage/{instance}',
    'POST /compat/evolution/chat/updateBlockStatus/{instance}',
    'POST /compat/evolution/chat/findContacts/{instance}',
    'POST /compat/evolution/chat/findChats/{instance}',
    'GET /compat/evolution/chat/findChatByRemoteJid/{instance}',
    'POST /compat/evolution/chat/findMessages/{instance}',
    'POST /compat/evolution/chat/getBase64FromMediaMessage/{instance}',
    'POST /compat/evolution/chat/fetchProfilePictureUrl/{instance}',
    'POST /compat/evolution/chat/fetchProfile/{instance}',
    'POST /compat/evolution/chat/updateProfileName/{instance}',
    'POST /compat/evolution/chat/updateProfileStatus/{instance}',
    'POST /compat/evolution/chat/updateProfilePicture/{instance}',
    'DELETE /compat/evolution/chat/removeProfilePicture/{instance}',
    'POST /compat/evolution/chat/findStatusMessage/{instance}',
  );
  /** As Evolution's clients call it: with the key in its own header. */
  async function call(method: string, path: string, body?: unknown, status = 200) {
    const { apiKey } = await running().facts();
    const answer = await running().api.call(method, `${BASE}/${path}`, {
      key: null,
      headers: { apikey: apiKey },
      ...(body === undefined ? {} : { body }),
    });
    return jsonIn(answer, status);
  }
  const get = (path: string) => call('GET', path);
  const post = (path: string, body: unknown, status = 201) => call('POST', path, body, status);
  const send = async (path: string, said: Record<string, unknown>) =>
    Message.parse(await post(`message/${path}/evolution`, { number: NUMBER, ...said }));
  /** Once it has left: only then can anything be done to it. */
  const sent = async (text: string) => {
    const { key } = await send('sendText', { text });
    await until(`${text} to have left`, async () => {
      const found = await call('POST', 'chat/findMessages/evolution', {
        where: { key: { remoteJid: JID, fromMe: true } },
      });
      return Found.parse(found).messages.records.find(
        (one) => one.key.id === key.id && one['status'] !== 'PENDING',
      );
    });
    return key;
  };
  const isOpen = (name: string) =>
    until(`${name} to be open`, async () => {
      const { instance } = z
        .object({ instance: z.object({ state: z.string() }) })
        .parse(await get(`instance/connectionState/${name}`));
      return instance.state === 'open' ? true : undefined;
    });

  let session: { id: string; phoneNumber: string };
  beforeAll(async () => {
    session = await onlineSession(running(), 'evolution');
    await running().api.call('POST', `/v1/sessions/${session.id}/sandbox/messages`, {
      body: {
        from: `+${NUMBER}`,
        type: 'image',
        text: 'Look',
        media: { base64: PIXEL, mimetype: 'image/png' },
      },
    });
  });

  it('an instance is created with its first code and a token, and is gone', async () => {
    const body = { instanceName: 'evolution-new', mode: 'sandbox', qrcode: true };
    const made = z
      .looseObject({ hash: z.string(), qrcode: z.looseObject({ count: z.number() }) })
      .parse(await post('instance/create', body));
    const state = await running().api.call(
      'GET',
      `${BASE}/instance/connectionState/evolution-new`,
      {
        key: null,
        headers: { apikey: made.hash },
      },
    );
    expect(jsonIn(state)).toMatchObject({ instance: { state: 'connecting' } });
    // A runner may have to be started for it, which takes longer than any call waits.
    const code = await until('its code', async () => {
      const shown = Code.parse(await get('instance/connect/evolution-new'));
      return shown.count === 1 ? shown : undefined;
    });
    expect(code.base64).toMatch(/^data:image/);
    await call('DELETE', 'instance/logout/evolution-new');
    expect(await call('DELETE', 'instance/delete/evolution-new')).toMatchObject({ error: false });
  });

  it('an instance is found, restarts, and has settings', async () => {
    expect(await get('instance/fetchInstances?instanceName=evolution')).toMatchObject([
      { id: session.id, connectionStatus: 'open', number: session.phoneNumber },
    ]);
    const settings = { rejectCall: true, msgCall: 'No calls' };
    await post('settings/set/evolution', settings);
    expect(await get('settings/find/evolution')).toMatchObject(settings);
    const off = await post('proxy/set/evolution', { enabled: false });
    expect(await get('proxy/find/evolution')).toEqual(off);
    await post('instance/restart/evolution', undefined, 200);
    await isOpen('evolution');
  });

  it.each<[string, string, () => Record<string, unknown>]>([
    ['sendText', 'conversation', () => ({ text: 'Hello' })],
    ['sendText', 'conversation', () => ({ textMessage: { text: 'As v1' }, options: {} })],
    ['sendMedia', 'imageMessage', () => ({ mediatype: 'image', media: fileUrl('dot.png') })],
    ['sendWhatsAppAudio', 'audioMessage', () => ({ audio: EXAMPLE_FILES.speech })],
    ['sendSticker', 'stickerMessage', () => ({ sticker: EXAMPLE_FILES.picture })],
    ['sendLocation', 'locationMessage', () => ({ latitude: 52.5, longitude: 13.4, name: 'Gate' })],
    [
      'sendContact',
      'contactMessage',
      () => ({ contact: [{ fullName: 'Ada', phoneNumber: '15550100002' }] }),
    ],
    [
      'sendPoll',
      'pollCreationMessage',
      () => ({ name: 'Lunch?', selectableCount: 1, values: ['Pizza', 'Salad'] }),
    ],
  ])('%s sends a %s', async (path, messageType, said) => {
    const message = await send(path, said());
    expect(message).toMatchObject({ messageType, key: { remoteJid: JID, fromMe: true } });
  });

  it('a message is reacted to, edited and deleted, and a status is posted', async () => {
    const key = await sent('First');
    expect(await post('message/sendReaction/evolution', { key, reaction: '👍' })).toMatchObject({
      message: { reactionMessage: { text: '👍' } },
    });
    const change = { number: NUMBER, key, text: 'Changed' };
    expect(await post('chat/updateMessage/evolution', change, 200)).toMatchObject({
      message: { conversation: 'Changed' },
    });
    await call('DELETE', 'chat/deleteMessageForEveryone/evolution', key, 201);
    const posted = { type: 'text', content: 'Open on Sunday', allContacts: true };
    await post('message/sendStatus/evolution', posted);
    expect(await post('chat/findStatusMessage/evolution', {}, 200)).toMatchObject([
      { message: { conversation: 'Open on Sunday' } },
    ]);
  });

  it('chats, contacts and messages are found, and a file comes as base64', async () => {
    const image = await until('the picture', async () => {
      const where = { key: { remoteJid: JID, fromMe: false } };
      const found = Found.parse(await post('chat/findMessages/evolution', { where }, 200));
      const [one] = found.messages.records;
      return one?.messageType === 'imageMessage' ? one : undefined;
    });
    const file = await until('its file', async () => {
      const { apiKey: key } = await running().facts();
      const path = `${BASE}/chat/getBase64FromMediaMessage/evolution`;
      const body = { message: { key: image.key } };
      const answer = await running().api.call('POST', path, { key, body });
      return answer.status === 201 ? jsonIn(answer, 201) : undefined;
    });
    expect(file).toMatchObject({ mimetype: 'image/png', base64: PIXEL });
    const one = expect.arrayContaining([expect.objectContaining({ remoteJid: JID })]);
    expect(await post('chat/findChats/evolution', {}, 200)).toEqual(one);
    expect(await post('chat/findContacts/evolution', {}, 200)).toEqual(one);
    const path = `chat/findChatByRemoteJid/evolution?remoteJid=${JID}`;
    expect(await get(path)).toMatchObject({ remoteJid: JID });
    const numbers = { numbers: [NUMBER] };
    expect(await post('chat/whatsappNumbers/evolution', numbers, 200)).toMatchObject([
      { jid: JID, exists: true, number: NUMBER },
    ]);
  });

  it('a chat is read, archived and marked, and a contact is blocked', async () => {
    await post('chat/markMessageAsRead/evolution', { readMessages: [{ remoteJid: JID, id: 'X' }] });
    const typing = { number: NUMBER, presence: 'composing', delay: 1_000 };
    await post('chat/sendPresence/evolution', typing);
    for (const archive of [true, false])
      await post('chat/archiveChat/evolution', { chat: JID, archive });
    await post('chat/markChatUnread/evolution', { chat: JID });
    for (const status of ['block', 'unblock'])
      expect(await post('chat/updateBlockStatus/evolution', { number: NUMBER, status })).toEqual({
        block: 'success',
      });
  });

  it('a profile is shown and changed', async () => {
    const person = { number: NUMBER };
    expect(await post('chat/fetchProfilePictureUrl/evolution', person, 200)).toMatchObject({
      wuid: JID,
    });
    expect(await post('chat/fetchProfile/evolution', person, 200)).toMatchObject({ wuid: JID });
    await post('chat/updateProfileName/evolution', { name: 'Desk' }, 200);
    await post('chat/updateProfileStatus/evolution', { status: 'At the desk' }, 200);
    await post('chat/updateProfilePicture/evolution', { picture: PIXEL }, 200);
    await call('DELETE', 'chat/removeProfilePicture/evolution');
  });

  evolutionGroupRoutes(call);
  evolutionRefusals(call);

  followsGuide(steps, 5, async () => {
    const { apiUrl, apiKey } = await running().facts();
    return { URL: new URL(apiUrl).origin, KEY: apiKey };
  });
}
