import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  HttpError,
  parseJson,
  readBody,
  refuseForeignSites,
  sendHtml,
  sendJson,
  startServer,
  urlOf,
} from '../http.ts';
import { type Log, stderrLog } from '../log.ts';
import { sendPage } from '../page.ts';
import type { RunningService } from '../service-process.ts';
import { admitVisitor, sameSecret } from '../visitors.ts';
import { outboxPage } from './page.ts';
import { emailSchema, openMailStore, type Email, type StoredEmail } from './store.ts';

export const mailConfigSchema = z.object({
  port: z.number().int().min(0).max(65_535),
  /** Folder of the database; made when missing. */
  dataDir: z.string().min(1),
  /** Bearer token senders must show. */
  token: z.string().min(1),
  /** Lets visitors in: what they read holds sign-in links. */
  secret: z.string().min(1),
  /** Keep who was written to about what, without the text and its links. */
  withoutText: z.boolean().default(false),
});
export type MailConfig = z.input<typeof mailConfigSchema>;

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const SHOWN_MESSAGES = 200;

type Context = { config: MailConfig; store: ReturnType<typeof openMailStore>; now: () => number };

/** Error names as Resend gives them: resend.com/docs/api-reference/errors. */
const ERROR_NAMES: Record<number, string> = {
  401: 'missing_api_key',
  403: 'invalid_api_key',
  404: 'not_found',
  409: 'invalid_idempotent_request',
  422: 'validation_error',
};

function checkToken(authorization: string | undefined, token: string): void {
  if (authorization === undefined)
    throw new HttpError(401, 'Send the token as "Authorization: Bearer <token>".');
  if (!sameSecret(authorization, `Bearer ${token}`))
    throw new HttpError(403, 'The token is not valid.');
}

/** `POST /emails`: stored, on disk, and answered with its id. */
async function receiveEmail(context: Context, request: IncomingMessage): Promise<{ id: string }> {
  checkToken(request.headers.authorization, context.config.token);
  const input = parseJson(await readBody(request, MAX_BODY_BYTES));
  const parsed = emailSchema.safeParse(input);
  if (!parsed.success) throw new HttpError(422, z.prettifyError(parsed.error));
  const key = request.headers['idempotency-key'];
  const idempotencyKey = typeof key === 'string' ? key : null;
  const email = context.config.withoutText ? withoutText(parsed.data) : parsed.data;
  const message = { id: randomUUID(), email, idempotencyKey };
  const added = context.store.add(message, context.now());
  if (added === 'conflict') {
    throw new HttpError(409, 'This Idempotency-Key was used for another message.');
  }
  return added;
}

function withoutText({ html: _html, ...email }: Email): Email {
  return { ...email, text: '(The text is not kept: MAIL_OUTBOX=subjects.)' };
}

/** The message's own HTML, shut in: no script, no origin, nothing loaded; links open elsewhere. */
function sendEmailHtml(email: StoredEmail, response: ServerResponse): void {
  const policy =
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  sendHtml(response, email.html ?? '', { 'content-security-policy': policy });
}

async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { store } = context;
  const url = urlOf(request);
  const route = `${request.method ?? ''} ${url.pathname}`;
  refuseForeignSites(request, url);
  if (route === 'POST /emails') {
    sendJson(response, 200, await receiveEmail(context, request));
    return;
  }
  if (!admitVisitor(request, response, url, context.config.secret)) return;
  if (route === 'GET /') {
    sendPage(response, outboxPage(store.list(null, SHOWN_MESSAGES)));
    return;
  }
  if (route === 'GET /api/messages') {
    const messages = store.list(url.searchParams.get('to'), SHOWN_MESSAGES);
    sendJson(response, 200, { messages });
    return;
  }
  const id = /^GET \/messages\/([\w-]+)\/html$/.exec(route)?.[1];
  const email = id === undefined ? undefined : store.get(id);
  if (email === undefined) throw new HttpError(404, 'There is no such message or page.');
  sendEmailHtml(email, response);
}

/**
 * A mail provider that delivers nowhere: `POST /emails` in the shape of Resend's API; `/` and
 * `GET /api/messages?to=` show what was sent to those who have the secret.
 */
export async function startMail(
  config: MailConfig,
  { now = Date.now, log = stderrLog('mail') }: { now?: () => number; log?: Log } = {},
): Promise<RunningService> {
  const store = openMailStore(config.dataDir);
  return startServer({
    port: config.port,
    log,
    handle: (request, response) => handle({ config, store, now }, request, response),
    refuse: (response, { status, message }) =>
      sendJson(response, status, {
        statusCode: status,
        name: ERROR_NAMES[status] ?? (status < 500 ? 'invalid_request' : 'application_error'),
        message,
      }),
    release: async (closed) => {
      await closed;
      store.close();
    },
  });
}
