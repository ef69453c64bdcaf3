/** A number of requests per window. The name appears in the RateLimit headers. */
export type Rate = { name: string; limit: number; windowSeconds: number; who: string };

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** The rate limits. The limiters use them; docs/limits-and-origins.md and OpenAPI show them. */
export const RATES = {
  keyMinute: { name: 'minute', limit: 60, windowSeconds: MINUTE, who: 'an API key' },
  keyHour: { name: 'hour', limit: 1_000, windowSeconds: HOUR, who: 'an API key' },
  user: {
    name: 'user',
    limit: 300,
    windowSeconds: MINUTE,
    who: 'a person, with all their credentials together',
  },
  login: {
    name: 'login',
    limit: 300,
    windowSeconds: MINUTE,
    who: 'a login: requests about the login itself',
  },
  address: {
    name: 'address',
    limit: 100,
    windowSeconds: 15 * MINUTE,
    who: 'a client address: API requests whose credential is missing or refused',
  },
  page: {
    name: 'page',
    limit: 300,
    windowSeconds: MINUTE,
    who: 'a client address: pages and their files, links to stored files, `/ready`, and unknown paths',
  },
  signIn: {
    name: 'sign-in',
    limit: 100,
    windowSeconds: 15 * MINUTE,
    who: 'a client address, or the browsers that signed in to an account before: sign-up, sign-in and the rest of `/auth` that needs no login',
  },
  accountClient: {
    name: 'account-client',
    limit: 20,
    windowSeconds: 15 * MINUTE,
    who: 'an account, from one client address or one browser that signed in to it before: sign-ins with its password',
  },
  account: {
    name: 'account',
    limit: 100,
    windowSeconds: HOUR,
    who: 'an account, from everybody else together: sign-ins with its password',
  },
  adminPasswordClient: {
    name: 'admin-password-client',
    limit: 100,
    windowSeconds: 15 * MINUTE,
    who: '`ADMIN_PASSWORD`, from one client address: requests with a password, right or wrong',
  },
  adminPassword: {
    name: 'admin-password',
    limit: 500,
    windowSeconds: HOUR,
    who: '`ADMIN_PASSWORD`, from everybody together: requests with a password, right or wrong',
  },
  mailsClient: {
    name: 'mails-client',
    limit: 5,
    windowSeconds: HOUR,
    who: 'an e-mail address, from one client address, one browser that signed in to its account before, or one workspace: mails to it',
  },
  mails: {
    name: 'mails',
    limit: 10,
    windowSeconds: HOUR,
    who: 'an e-mail address, from everybody but those browsers together: mails to it',
  },
  invitations: {
    name: 'invitations',
    limit: 200,
    windowSeconds: DAY,
    who: 'a workspace: invitations by mail',
  },
} as const satisfies Record<string, Rate>;

/** The other limits. */
export const LIMITS = {
  queuedMessages: { limit: 1_000, what: 'queued messages of a session' },
  bulkRecipients: { limit: 1_000, what: 'recipients of a bulk' },
  bulkVariables: { limit: 20, what: 'variables that a bulk may name' },
  bulkMessages: { limit: 5_000, what: 'messages of bulks of a session that are still to be sent' },
  bulkMebibytes: { limit: 8, what: 'MB of the content of a bulk, all messages together' },
  apiKeys: { limit: 200, what: 'API keys of a workspace' },
  webhookEndpoints: { limit: 50, what: 'webhook endpoints of a workspace' },
  deliveriesAtOnce: {
    limit: 16,
    what: 'batches of webhook deliveries of a workspace in progress at once',
  },
  pendingDeliveries: { limit: 10_000, what: 'pending deliveries of a webhook endpoint' },
  redeliveries: { limit: 1_000, what: 'deliveries in one request to redeliver' },
  pendingTests: { limit: 10, what: 'pending test deliveries of a webhook endpoint' },
  openInvitations: { limit: 50, what: 'open invitations of a workspace' },
  pageRows: { limit: 100, what: 'rows of a page' },
  groupPeople: { limit: 50, what: 'people in one change of the members of a group' },
  checkedNumbers: { limit: 100, what: 'numbers in one check of contacts' },
  presenceSubscriptions: {
    limit: 100,
    what: 'people whose presence a session is subscribed to',
  },
  scheduleDays: { limit: 30, what: 'days that a message can be scheduled ahead' },
  waitSeconds: { limit: 60, what: 'seconds of `Prefer: wait`' },
  pollSeconds: { limit: 25, what: 'seconds of `wait` in `GET /v1/events`' },
  realtimeBasic: { limit: 20, what: 'realtime connections of a workspace, tier Basic' },
  realtimePro: { limit: 200, what: 'realtime connections of a workspace, tier Pro' },
  realtimeMax: { limit: 2_000, what: 'realtime connections of a workspace, tier Max' },
  socketTypes: { limit: 50, what: 'types in the subscription of a realtime connection' },
  socketSessions: { limit: 20, what: 'sessions in the subscription of a realtime connection' },
  socketFrames: { limit: 120, what: 'frames a minute that a realtime connection may send' },
  socketFrameKibibytes: { limit: 64, what: 'KiB of a frame that a realtime connection sends' },
  base64Mebibytes: { limit: 8, what: 'MB of a file that comes as base64' },
  storedMedia: { limit: 1_000, what: 'uploaded files of a workspace that have not expired' },
  largeUploadMebibytes: {
    limit: 256,
    what: 'MB of a file that is uploaded directly to the storage',
  },
  openUploads: {
    limit: 20,
    what: 'uploads directly to the storage that a workspace has begun and not completed',
  },
  mediaBasic: {
    limit: 1,
    what: 'GB of files that a workspace has uploaded or sent and that are kept, tier Basic',
  },
  mediaPro: {
    limit: 10,
    what: 'GB of files that a workspace has uploaded or sent and that are kept, tier Pro',
  },
  mediaMax: {
    limit: 50,
    what: 'GB of files that a workspace has uploaded or sent and that are kept, tier Max',
  },
  exportRows: { limit: 1_000_000, what: 'rows of one file of an export' },
  statsDays: { limit: 366, what: 'days of a period of the statistics' },
  bodyKibibytes: { limit: 64, what: 'KiB of a request body, unless the route allows more' },
} as const satisfies Record<string, { limit: number; what: string }>;

/** A number in the documentation's format. */
export const shown = (limit: number): string => limit.toLocaleString('en-US');

/** `60 requests a minute`, for the documentation. */
export function shownRate({ limit, windowSeconds }: Pick<Rate, 'limit' | 'windowSeconds'>): string {
  const windows: Readonly<Record<number, string>> = {
    [MINUTE]: 'a minute',
    [HOUR]: 'an hour',
    [DAY]: 'a day',
  };
  return `${shown(limit)} ${windows[windowSeconds] ?? `in ${windowSeconds / MINUTE} minutes`}`;
}
