import type { EdgeEnv } from '../env.ts';
import type { Mailer } from './port.ts';

const TIMEOUT_MS = 10_000;

export type HttpMailerDeps = {
  env: Pick<EdgeEnv, 'MAIL_URL' | 'MAIL_TOKEN' | 'MAIL_FROM'>;
  fetch?: typeof fetch;
};

/**
 * Mail by `POST {MAIL_URL}/emails`, as Resend's API has it.
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export function createHttpMailer({ env, ...options }: HttpMailerDeps): Mailer {
  // Called through a closure: workerd's fetch refuses to be a method of another object.
  const send = options.fetch ?? ((request, init) => fetch(request, init));
  const url = `${env.MAIL_URL.replace(/\/+$/, '')}/emails`;
  return {
    send: async ({ to, subject, text, html, idempotencyKey }) => {
      const response = await send(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${env.MAIL_TOKEN}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify({ from: env.MAIL_FROM, to: [to], subject, text, html }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'manual',
      });
      await response.body?.cancel();
      // The answer's text may repeat the address.
      if (!response.ok) throw new Error(`the mail provider answered ${response.status}`);
    },
  };
}
