/** What the simulated phone shows. The API passes on the sandbox's own answer, so that its fields are checked here. */
export type PhoneChat = { id: string; name: string; isGroup: boolean; unread: number; at: number };
export type PhoneMessage = {
  wireId: string;
  chat: string;
  fromMe: boolean;
  author: string;
  type: string;
  text: string;
  filename: string | null;
  quotedWireId: string | null;
  /** −1 failed, 0 waiting, 1 server, 2 delivered, 3 read, 4 played. */
  ack: number;
  at: number;
  reactions: string[];
};
export type PhoneState = {
  account: string;
  name: string;
  hasNetwork: boolean;
  isLinked: boolean;
  chats: PhoneChat[];
  messages: PhoneMessage[];
};

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const rows = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const SECOND_MS = 1_000;

export const numberOf = (id: string): string => id.replace(/@.*$/, '');

/** Reads the sandbox's answer. What is missing is empty, so that a newer sandbox does not break the page. Pure. */
export function phoneStateOf(answer: Fields): PhoneState {
  return {
    account: numberOf(text(answer['account'])),
    name: text(answer['pushname']),
    hasNetwork: answer['network'] !== false,
    isLinked: rows(answer['devices']).some(({ unlinkedAt }) => unlinkedAt === null),
    chats: rows(answer['chats'])
      .map((chat) => ({
        id: text(chat['id']),
        name: text(chat['name']),
        isGroup: chat['group'] === true,
        unread: number(chat['unread']),
        at: number(chat['t']) * SECOND_MS,
      }))
      .toSorted((one, other) => other.at - one.at),
    messages: rows(answer['messages']).map((message) => ({
      wireId: text(message['wireId']),
      chat: text(message['chat']),
      fromMe: message['fromMe'] === true,
      author: numberOf(text(message['author'])),
      type: text(message['type']),
      text: text(message['caption']) || text(message['body']),
      filename: textOrNull(message['filename']),
      quotedWireId: textOrNull(message['quotedWireId']),
      ack: number(message['ack']),
      at: number(message['t']) * SECOND_MS,
      reactions: rows(message['reactions'])
        .map((reaction) => text(reaction['text']))
        .filter((emoji) => emoji !== ''),
    })),
  };
}
