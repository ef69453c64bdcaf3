import { join } from 'node:path';
import wwebjs from 'whatsapp-web.js';
import type { Client, Message } from 'whatsapp-web.js';
import { chromiumPath, rootArgs } from '../env.ts';
import type { ProfileName } from '../protocol/profile.ts';
import type { TestSandbox } from './sandbox.ts';

export const { MessageMedia, Location, Poll } = wwebjs;

/** Fewer processes and less memory; none of it is seen by the page. */
const leanArgs = [
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess',
];

/** The production library on a real Chromium; only where WhatsApp's names lead differs. */
export function createEngine(here: TestSandbox, profile: ProfileName, clientId: string): Client {
  const client = new wwebjs.Client({
    authStrategy: new wwebjs.LocalAuth({ dataPath: join(here.dir, 'auth'), clientId }),
    webVersionCache: { type: 'none' },
    // The library takes false for "leave the browser's own"; its types say string.
    userAgent: false as unknown as string,
    puppeteer: {
      headless: true,
      pipe: true,
      executablePath: chromiumPath(),
      protocolTimeout: 30_000,
      args: [...rootArgs(), ...leanArgs, ...here.sandbox.info.profiles[profile].chromiumArgs],
    },
  });
  return client;
}

/** The first event of this name, from now on. */
export const next = <T = unknown>(client: Client, event: string): Promise<T> =>
  new Promise((resolve) => {
    client.once(event, resolve);
  });

/** The next incoming message that passes the test. */
export const nextMessage = (
  client: Client,
  test: (message: Message) => boolean,
): Promise<Message> =>
  new Promise((resolve) => {
    const listener = (message: Message): void => {
      if (!test(message)) return;
      client.off('message', listener);
      resolve(message);
    };
    client.on('message', listener);
  });

export async function evaluate<T>(client: Client, script: string): Promise<T> {
  if (client.pupPage === undefined) throw new Error('the engine has no page yet');
  return (await client.pupPage.evaluate(script)) as T;
}

/**
 * What a gateway must mend on builds since July 2026, as small as can be: MsgKey's renamed field, and the media id
 * that overwrites the message's. On a stock page it changes nothing.
 */
export const mendPage = (client: Client): Promise<void> =>
  evaluate(
    client,
    `(() => {
      const Key = window.require('WAWebMsgKey');
      const probe = new Key({ fromMe: true, remote: '1@c.us', id: 'X' });
      if (probe._serialized === undefined) {
        Object.defineProperty(Key.prototype, '_serialized', { get() { return this.toString(); }, set() {} });
      }
      const door = window.require('WAWebSendMsgChatAction');
      const send = door.addAndSendMsgToChat;
      door.addAndSendMsgToChat = (chat, message) => { delete message.__x_id; return send(chat, message); };
    })()`,
  );

/** The part of an id that names a message on the wire; it is there on every build. */
export const wireIdOf = (message: Message | undefined): string => message?.id.id ?? '';

/** A message's key as text, which a renamed build does not carry to Node. */
export const keyText = ({ id, from, fromMe, author }: Message): string =>
  [String(fromMe), from, id.id, ...(author === undefined ? [] : [author])].join('_');
